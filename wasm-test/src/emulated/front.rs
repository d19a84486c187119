//! What Envoy's connection manager does to a request before the first filter sees it.
//!
//! As the shipped `envoy.yaml` sets it up: `use_remote_address`, no path normalisation.

use super::stream::Stream;
use crate::message::{Fields, Peer, Request, Version};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Headers that Envoy keeps in one place each: a repetition is joined to the first by a comma, without a space. All
/// others stay apart. Seen on 1.36.4 and 1.40.0.
const JOINED: [&str; 18] = [
    "accept",
    "accept-encoding",
    "access-control-request-method",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-timeout",
    "if-match",
    "origin",
    "pragma",
    "referer",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-forwarded-for",
    "x-forwarded-host",
];

/// Fields of one connection, which end at the connection manager.
const HOP_BY_HOP: [&str; 5] =
    ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/// The port that Envoy shows for a connection; for an address out of `x-forwarded-for` it shows 0.
const CLIENT_PORT: u16 = 50_000;

/// The stream as the first filter finds it, under the root context `root`.
pub(crate) fn stream_of(root: u32, request: &Request) -> Stream {
    let peer = match request.peer {
        Peer::Direct(address) => SocketAddr::new(address, CLIENT_PORT),
        Peer::Forwarded(address) => SocketAddr::new(address, 0),
    };
    let protocol = match request.version {
        Version::Http1 => "HTTP/1.1",
        Version::Http2 => "HTTP/2",
    };
    let mut stream = Stream::new(root, peer, protocol);
    stream.request_headers.fields = headers_of(request);
    stream
}

/// The same stream on a connection with TLS.
pub(crate) fn over_tls(mut stream: Stream) -> Stream {
    stream.tls_version = Some("TLSv1.3");
    stream.request_headers.fields.set("x-forwarded-proto", "https");
    stream.request_headers.fields.set(":scheme", "https");
    stream
}

fn headers_of(request: &Request) -> Fields {
    let scheme = scheme_of(request);
    let (authority, path) = target_of(request);
    let mut headers = Fields::new();
    headers.push(":authority", authority);
    headers.push(":path", path);
    headers.push(":method", &request.method);
    headers.push(":scheme", &scheme);
    let lines = request.fields.clone().into_iter().chain(request.framing());
    for (name, value) in lines.filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str())) {
        add(&mut headers, &name, value, request.version);
    }
    for address in forwarded_for(request) {
        add(&mut headers, "x-forwarded-for", address.to_string().into_bytes(), request.version);
    }
    headers.set("x-forwarded-proto", scheme);
    headers.set("x-request-id", "00000000-0000-4000-8000-000000000000");
    headers
}

/// What proxies add to `x-forwarded-for`: a trusted one its client, and Envoy who called it.
fn forwarded_for(request: &Request) -> Vec<IpAddr> {
    match request.peer {
        Peer::Direct(client) => vec![client],
        Peer::Forwarded(client) => vec![client, IpAddr::V4(Ipv4Addr::LOCALHOST)],
    }
}

/// A line joins its forerunner where Envoy keeps one only; HTTP/2 cookie crumbs join by `; ` (RFC 9113, 8.2.3).
fn add(headers: &mut Fields, name: &str, value: Vec<u8>, version: Version) {
    let separator: &[u8] = match name {
        "cookie" if version == Version::Http2 => b"; ",
        _ if JOINED.contains(&name) => b",",
        _ => return headers.push(name, value),
    };
    match headers.first(name) {
        Some(known) => headers.set(name, [known, separator, &value].concat()),
        None => headers.push(name, value),
    }
}

/// `x-forwarded-proto` is believed when a trusted proxy forwards the request, and else says what the connection is.
fn scheme_of(request: &Request) -> String {
    let claimed = request.fields.text("x-forwarded-proto");
    match request.peer {
        Peer::Forwarded(_) => claimed.unwrap_or_else(|| "http".to_owned()),
        Peer::Direct(_) => "http".to_owned(),
    }
}

/// The absolute form names the authority itself (RFC 9112, 3.2.2).
fn target_of(request: &Request) -> (String, String) {
    let absolute = request.target.split_once("://").filter(|_| !request.target.starts_with('/'));
    match absolute {
        Some((_, rest)) => {
            let path_at = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(path_at);
            (authority.to_owned(), if path.is_empty() { "/".to_owned() } else { path.to_owned() })
        }
        None => (request.authority.clone(), request.target.clone()),
    }
}
