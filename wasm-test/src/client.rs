//! Clients that send what they are told to, politely or not.
//!
//! HTTP/1.1 is written by hand onto the socket, because libraries refuse to send much of what a filter must survive.
//! HTTP/2 is framed by the `h2` crate, one frame for each piece of a body. No call waits longer than [`PATIENCE`].
//! [`ClosedLoop`] is load.

mod closed_loop;
mod h1;
mod h2;
#[cfg(feature = "tls")]
mod tls;

pub use closed_loop::{ClosedLoop, Trial};
pub use h1::{Http1, bytes_of};
pub use h2::Http2;
#[cfg(feature = "tls")]
pub use tls::Tls;

use crate::message::{Peer, Request, Response, Version};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};

/// No call waits longer than this for an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What HTTP is spoken on: a socket, or TLS on one.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends one request on a connection of its own.
///
/// # Errors
/// When there is no whole answer in time.
pub async fn send(address: SocketAddr, request: &Request) -> io::Result<Response> {
    match request.version {
        Version::Http1 => Http1::connect(address, source(request)).await?.send(request).await,
        Version::Http2 => Http2::connect(address, source(request)).await?.send(request).await,
    }
}

/// The address a request is sent from: that of its peer, or of the proxy that speaks for it.
pub fn source(request: &Request) -> IpAddr {
    match request.peer {
        Peer::Direct(address) => address,
        Peer::Forwarded(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

/// The address that a trusted proxy names in `x-forwarded-for`, where there is one.
fn forwarded_for(request: &Request) -> Option<String> {
    match request.peer {
        Peer::Direct(_) => None,
        Peer::Forwarded(address) => Some(address.to_string()),
    }
}

async fn connect(address: SocketAddr, source: IpAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind(SocketAddr::new(source, 0))?;
    in_time(socket.connect(address)).await
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {PATIENCE:?}")))
    })
}

fn broken(why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_string())
}
