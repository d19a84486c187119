//! The first words of TLS by hand (RFC 5246 section 7.4.1, RFC 8422): libraries that are safe to use no longer say what
//! must be refused here.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wasm_test::client::PATIENCE;

/// Versions as they stand on the wire.
pub(crate) const TLS_1_0: u16 = 0x0301;
pub(crate) const TLS_1_1: u16 = 0x0302;
pub(crate) const TLS_1_2: u16 = 0x0303;

/// Suites (IANA's registry "TLS Cipher Suites").
pub(crate) const ECDHE_ECDSA_AES128_CBC_SHA: u16 = 0xc009;
pub(crate) const ECDHE_ECDSA_AES128_GCM_SHA256: u16 = 0xc02b;

/// Alerts (RFC 5246 section 7.2).
pub(crate) const HANDSHAKE_FAILURE: u8 = 40;
pub(crate) const PROTOCOL_VERSION: u8 = 70;

/// What a server answers to a `ClientHello`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It goes on, in this version and with this suite.
    Hello { version: u16, suite: u16 },
    /// It refuses, and says why.
    Alert(u8),
    /// It closes without a word of TLS.
    Closed,
}

/// Says hello, with this version at most and these suites, and hears the answer.
pub(crate) async fn hello(address: SocketAddr, version: u16, suites: &[u16]) -> Answer {
    let conversation = async {
        let mut stream = TcpStream::connect(address).await.expect("Envoy takes connections");
        stream.write_all(&record(version, suites)).await.expect("it is open");
        let mut head = [0; 5];
        if stream.read_exact(&mut head).await.is_err() {
            return Answer::Closed;
        }
        let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        stream.read_exact(&mut body).await.expect("a whole record");
        parse(head[0], &body)
    };
    timeout(PATIENCE + Duration::from_secs(1), conversation).await.expect("an answer")
}

fn parse(kind: u8, body: &[u8]) -> Answer {
    match (kind, body) {
        (21, [_, alert]) => Answer::Alert(*alert),
        // A ServerHello: its type, its length, the version, 32 bytes of randomness, the session's name, the suite.
        (22, [2, _, _, _, major, minor, rest @ ..]) => {
            let session = usize::from(rest[32]);
            let suite = &rest[33 + session..];
            Answer::Hello {
                version: u16::from_be_bytes([*major, *minor]),
                suite: u16::from_be_bytes([suite[0], suite[1]]),
            }
        }
        _ => panic!("record {kind}: {}", body.escape_ascii()),
    }
}

/// A `ClientHello` in a record of its own.
fn record(version: u16, suites: &[u16]) -> Vec<u8> {
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let mut hello = version.to_be_bytes().to_vec();
    hello.extend([7; 32]); // randomness
    hello.push(0); // no session
    hello.extend(sized(&suites));
    hello.extend([1, 0]); // no compression
    hello.extend(sized(&extensions()));
    let mut handshake = vec![1, 0];
    handshake.extend(sized(&hello));
    [&[22, 3, 1], &*sized(&handshake)].concat()
}

/// P-256, written uncompressed; ECDSA with SHA-256, or with SHA-1 as versions before 1.2 have it.
fn extensions() -> Vec<u8> {
    let groups = extension(10, &[0, 2, 0, 23]);
    let formats = extension(11, &[1, 0]);
    let signatures = extension(13, &[0, 4, 4, 3, 2, 3]);
    [groups, formats, signatures].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &sized(data)].concat()
}

/// Bytes behind their length.
fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short");
    [&length.to_be_bytes()[..], bytes].concat()
}
