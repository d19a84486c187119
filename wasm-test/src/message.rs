//! What travels: requests as a client means them, answers as it gets them, and both as upstream knows them.
//!
//! Field values are bytes, never text: a client may send any byte from 0x80 to 0xff, and the tests do.

use std::net::{IpAddr, Ipv4Addr};

mod fields;

pub use fields::Fields;

/// The protocol a client speaks to Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2 by prior knowledge, without TLS.
    Http2,
}

/// Where a request comes from, as the filter will be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The address of the connection itself. On a real network it must be one of the loopback, such as 127.6.6.6.
    Direct(IpAddr),
    /// The address a trusted proxy before Envoy vouches for in `x-forwarded-for`. Any address can be played this way;
    /// Envoy hands it to the filter with port 0.
    Forwarded(IpAddr),
}

/// One request, as a client means it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The protocol it is sent in.
    pub version: Version,
    /// The method, as sent.
    pub method: String,
    /// The request target, as sent: a path with its query, or the absolute form.
    pub target: String,
    /// `Host` or `:authority`.
    pub authority: String,
    /// Field lines in the order sent, without `Host` and the framing ones.
    pub fields: Fields,
    /// The pieces in which the body is sent: HTTP/1.1 chunks (when `chunked`), or DATA frames.
    pub body: Vec<Vec<u8>>,
    /// HTTP/1.1 only: framed by `transfer-encoding: chunked` rather than `content-length`.
    pub chunked: bool,
    /// Fields after the body.
    pub trailers: Fields,
    /// Who sends it.
    pub peer: Peer,
}

impl Request {
    /// A request without a body, from 127.0.0.1, over HTTP/1.1.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            version: Version::Http1,
            method: method.to_owned(),
            target: target.to_owned(),
            authority: "api.example.com".to_owned(),
            fields: Fields::new(),
            body: Vec::new(),
            chunked: false,
            trailers: Fields::new(),
            peer: Peer::Direct(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        }
    }

    /// Adds a field line; the same name may be added again.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.fields.push(name, value);
        self
    }

    /// With this target.
    #[must_use]
    pub fn target(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// Sends it over HTTP/2.
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.version = Version::Http2;
        self
    }

    /// A body in one piece, of a declared length.
    #[must_use]
    pub fn body(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.body = vec![bytes.as_ref().to_vec()];
        self
    }

    /// A body in pieces, of undeclared length.
    #[must_use]
    pub fn chunks<T: AsRef<[u8]>>(mut self, pieces: impl IntoIterator<Item = T>) -> Self {
        self.body = pieces.into_iter().map(|piece| piece.as_ref().to_vec()).collect();
        self.chunked = true;
        self
    }

    /// A field after the body, which is then of undeclared length.
    #[must_use]
    pub fn trailer(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.trailers.push(name, value);
        self.chunked = true;
        self
    }

    /// Sent from this address. On a real network only loopback addresses can be sent from.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.peer = Peer::Direct(parsed(address));
        self
    }

    /// Sent through a trusted proxy, which names this client.
    #[must_use]
    pub fn forwarded_for(mut self, address: &str) -> Self {
        self.peer = Peer::Forwarded(parsed(address));
        self
    }

    /// The bytes of the body, put together.
    pub fn body_bytes(&self) -> Vec<u8> {
        self.body.concat()
    }

    /// The field lines that frame the body in HTTP/1.1, and declare its length in HTTP/2.
    pub fn framing(&self) -> Fields {
        let mut framing = Fields::new();
        if self.version == Version::Http1 && self.chunked {
            framing.push("transfer-encoding", "chunked");
        } else if !self.chunked && !self.body.is_empty() && !self.fields.has("content-length") {
            framing.push("content-length", self.body_bytes().len().to_string());
        }
        framing
    }
}

/// `address` as an [`IpAddr`].
fn parsed(address: &str) -> IpAddr {
    address.parse().unwrap_or_else(|_| panic!("{address} is not an IP address"))
}

/// One answer: what the client got, or what upstream is told to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Field lines, names in lower case.
    pub fields: Fields,
    /// The body, put together.
    pub body: Vec<u8>,
    /// Fields after the body.
    pub trailers: Fields,
}

impl Response {
    /// An answer with a status and nothing else.
    pub fn new(status: u16) -> Self {
        Self { status, fields: Fields::new(), body: Vec::new(), trailers: Fields::new() }
    }

    /// Adds a field line.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.fields.push(name, value);
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.body = bytes.as_ref().to_vec();
        self
    }

    /// The body as text, for people; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The name of the problem in an `application/problem+json` body: `missing-api-key`, say.
    pub fn problem(&self) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        body.get("type")?.as_str()?.strip_prefix(PROBLEM_TYPE_PREFIX).map(str::to_owned)
    }
}

/// What every problem `type` of Tollgate begins with.
pub const PROBLEM_TYPE_PREFIX: &str = "urn:tollgate:problem:";

/// One request as upstream got it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Field lines, names in lower case; without pseudo fields and `Host`.
    pub fields: Fields,
    /// What of the body arrived.
    pub body: Vec<u8>,
    /// Fields after the body.
    pub trailers: Fields,
    /// The whole request arrived, to the end of its body or trailers.
    pub complete: bool,
}
