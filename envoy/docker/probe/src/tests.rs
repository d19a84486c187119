use super::is_well;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};

/// Whether a server that answers so is well.
fn well(answer: &'static [u8]) -> bool {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut asked = [0; 512];
        let bytes = stream.read(&mut asked).expect("a request");
        stream.write_all(answer).expect("it listens");
        String::from_utf8_lossy(&asked[..bytes]).into_owned()
    });
    let well = is_well(port, "/ready").unwrap_or(false);
    let asked = server.join().expect("the server does not fail");
    assert!(asked.starts_with("GET /ready HTTP/1.1\r\nhost: localhost\r\n"), "{asked}");
    well
}

#[test]
fn only_200_is_well() {
    assert!(well(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nLIVE"));
    assert!(well(b"HTTP/1.0 200 OK\r\n\r\n"));
    assert!(!well(b"HTTP/1.1 503 Service Unavailable\r\n\r\nPRE_INITIALIZING"));
    assert!(!well(b"HTTP/1.1 2000 OK?\r\n\r\n") && !well(b"HTTP/1.1 20"));
}

#[test]
fn nobody_there_is_not_well() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    assert!(is_well(port, "/ready").is_err());
}
