//! `probe PORT PATH` asks a server of its own container whether it is well, as a health check does: it ends with 0 if
//! the answer to `GET PATH` is 200, else with 1. Images without a shell have nothing else to ask with.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

/// Connecting, sending and reading may each take so long.
const PATIENCE: Duration = Duration::from_secs(2);

/// How an answer begins that is good news, whatever the minor version.
const STATUS_LINES: [&[u8; 13]; 2] = [b"HTTP/1.1 200 ", b"HTTP/1.0 200 "];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [port, path] = arguments.as_slice() else {
        eprintln!("usage: probe PORT PATH");
        return ExitCode::from(2);
    };
    let Ok(port) = port.parse() else {
        eprintln!("probe: {port} is no port");
        return ExitCode::from(2);
    };
    match is_well(port, path) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("probe: {path} on port {port} does not answer 200");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("probe: port {port}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_well(port: u16, path: &str) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut status_line = [0; 13];
    stream.read_exact(&mut status_line)?;
    Ok(STATUS_LINES.contains(&&status_line))
}

#[cfg(test)]
mod tests;
