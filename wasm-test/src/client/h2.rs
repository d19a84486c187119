//! HTTP/2, its frames by the `h2` crate; without TLS by prior knowledge.

use super::{Stream, broken, connect, forwarded_for, in_time};
use crate::message::{Fields, Request, Response};
use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::task::JoinHandle;

/// One connection. It closes when dropped.
pub struct Http2 {
    streams: SendRequest<Bytes>,
    driver: JoinHandle<()>,
}

impl Http2 {
    /// Connects from an address of this machine.
    ///
    /// # Errors
    /// When there is no connection, or the other side does not speak HTTP/2.
    pub async fn connect(address: SocketAddr, source: IpAddr) -> io::Result<Self> {
        Self::over(connect(address, source).await?).await
    }

    /// On a connection that is there.
    ///
    /// # Errors
    /// When the other side does not speak HTTP/2.
    pub async fn over(stream: impl Stream + 'static) -> io::Result<Self> {
        let (streams, connection) =
            in_time(async { h2::client::handshake(stream).await.map_err(broken) }).await?;
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { streams, driver })
    }

    /// Sends a request on a stream of its own and reads its answer.
    ///
    /// # Errors
    /// When there is no whole answer in time.
    pub async fn send(&mut self, request: &Request) -> io::Result<Response> {
        in_time(async {
            let (answer, mut sending) = self.open(request).await?;
            // A refusal may come, and reset the stream, while the body is still being sent.
            let unsent = send_body(&mut sending, request).map_err(broken);
            match answer.await {
                Ok(answer) => read(answer).await,
                Err(error) => Err(unsent.err().unwrap_or_else(|| broken(error))),
            }
        })
        .await
    }

    /// Sends the head of a request. The body is the caller's; dropping the stream resets it.
    ///
    /// # Errors
    /// When the connection takes no stream, or the request cannot be said in HTTP/2.
    pub async fn open(&mut self, request: &Request) -> io::Result<(ResponseFuture, SendStream<Bytes>)> {
        let mut streams = self.streams.clone().ready().await.map_err(broken)?;
        let ends_at_headers = request.body.is_empty() && request.trailers.is_empty();
        streams.send_request(head_of(request)?, ends_at_headers).map_err(broken)
    }
}

impl Drop for Http2 {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Each piece of the body is a DATA frame of its own; trailers end the stream.
fn send_body(sending: &mut SendStream<Bytes>, request: &Request) -> Result<(), h2::Error> {
    let trailers = !request.trailers.is_empty();
    let count = request.body.len();
    for (index, piece) in request.body.iter().enumerate() {
        let last = index + 1 == count && !trailers;
        sending.send_data(Bytes::copy_from_slice(piece), last)?;
    }
    if trailers {
        sending.send_trailers(header_map(&request.trailers).map_err(|_| h2::Reason::INTERNAL_ERROR)?)?;
    }
    Ok(())
}

fn head_of(request: &Request) -> io::Result<http::Request<()>> {
    let absolute = format!("http://{}{}", request.authority, request.target);
    let uri = if request.target.starts_with('/') { &absolute } else { &request.target };
    let mut head =
        http::Request::builder().method(request.method.as_str()).uri(uri).body(()).map_err(broken)?;
    *head.version_mut() = http::Version::HTTP_2;
    let mut fields = Fields::new();
    if let Some(client) = forwarded_for(request) {
        fields.push("x-forwarded-for", client);
    }
    fields.extend(request.fields.clone());
    fields.extend(request.framing());
    *head.headers_mut() = header_map(&fields)?;
    Ok(head)
}

fn header_map(fields: &Fields) -> io::Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in fields.iter() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(broken)?;
        map.append(name, HeaderValue::from_bytes(value).map_err(broken)?);
    }
    Ok(map)
}

async fn read(answer: http::Response<RecvStream>) -> io::Result<Response> {
    let (head, mut body) = answer.into_parts();
    let mut response =
        Response { fields: head.headers.iter().collect(), ..Response::new(head.status.as_u16()) };
    while let Some(data) = body.data().await {
        let data = data.map_err(broken)?;
        body.flow_control().release_capacity(data.len()).map_err(broken)?;
        response.body.extend(data);
    }
    if let Some(trailers) = body.trailers().await.map_err(broken)? {
        response.trailers = trailers.iter().collect();
    }
    Ok(response)
}
