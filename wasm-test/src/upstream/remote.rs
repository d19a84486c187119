//! An upstream in another process: it tells what reached it and is told what to answer, over HTTP, as JSON.
//!
//! | call | meaning |
//! |---|---|
//! | `GET /record/N/B` | all but the first `N` requests and `B` bytes |
//! | `PUT /answer` | what to answer from now on |
//! | `GET /healthz` | 200 |
//!
//! Bytes travel in base64, for they may be any.

use super::{Answer, Mark, Record, Upstream, as_http};
use crate::client::Http1;
use crate::message::{Fields, Request, Response, Seen};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Answers for this upstream until the listener fails.
pub async fn serve_record(upstream: Arc<Upstream>, listener: TcpListener) {
    while let Ok((socket, _)) = listener.accept().await {
        let upstream = upstream.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, upstream.clone()));
            drop(http1::Builder::new().serve_connection(TokioIo::new(socket), service).await);
        });
    }
}

async fn answer(request: http::Request<Incoming>, upstream: Arc<Upstream>) -> Result<Answer, Infallible> {
    let path = request.uri().path().to_owned();
    let answer = match (request.method().as_str(), path.strip_prefix("/record/").and_then(mark)) {
        ("GET", Some(mark)) => Response::new(200).body(record_to_json(&upstream.since(mark)).to_string()),
        ("PUT", None) if path == "/answer" => {
            let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
            let parsed = body.ok().and_then(|body| response_of(&serde_json::from_slice(&body).ok()?));
            match parsed {
                Some(answer) => {
                    upstream.answer_with(answer);
                    Response::new(204)
                }
                None => Response::new(400),
            }
        }
        ("GET", None) if path == "/healthz" => Response::new(200),
        _ => Response::new(404),
    };
    Ok(as_http(answer))
}

fn mark(text: &str) -> Option<Mark> {
    let (requests, bytes) = text.split_once('/')?;
    Some(Mark { requests: requests.parse().ok()?, bytes: bytes.parse().ok()? })
}

/// An upstream in another process, by the address where it tells what it saw.
#[derive(Clone, Copy, Debug)]
pub struct RemoteUpstream(SocketAddr);

impl RemoteUpstream {
    /// One that tells here what it saw.
    pub fn at(address: SocketAddr) -> Self {
        Self(address)
    }

    /// What to answer from now on.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn answer_with(&self, answer: &Response) -> io::Result<()> {
        let body = response_to_json(answer).to_string();
        match self.send(&Request::new("PUT", "/answer").body(body)).await?.status {
            204 => Ok(()),
            status => Err(io::Error::other(format!("the recorder answered {status}"))),
        }
    }

    /// From whatever address leads there: it need not be on the loopback.
    async fn send(&self, request: &Request) -> io::Result<Response> {
        Http1::connect(self.0, IpAddr::V4(Ipv4Addr::UNSPECIFIED)).await?.send(request).await
    }

    /// What came since a moment.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn since(&self, mark: Mark) -> io::Result<Record> {
        let target = format!("/record/{}/{}", mark.requests, mark.bytes);
        let answer = self.send(&Request::new("GET", &target)).await?;
        let record = serde_json::from_slice(&answer.body).ok().and_then(|record| record_of(&record));
        record.ok_or_else(|| io::Error::other("the recorder does not tell what it saw"))
    }
}

fn record_to_json(record: &Record) -> Value {
    let requests: Vec<_> = record.requests.iter().map(seen_to_json).collect();
    json!({"requests": requests, "bytes": record.bytes})
}

fn record_of(record: &Value) -> Option<Record> {
    let requests = record["requests"].as_array()?.iter().map(seen_of);
    Some(Record { requests: requests.collect::<Option<_>>()?, bytes: record["bytes"].as_u64()? })
}

fn seen_to_json(seen: &Seen) -> Value {
    json!({
        "method": seen.method,
        "path": seen.path,
        "fields": fields_to_json(&seen.fields),
        "body": STANDARD.encode(&seen.body),
        "trailers": fields_to_json(&seen.trailers),
        "complete": seen.complete,
    })
}

fn seen_of(seen: &Value) -> Option<Seen> {
    Some(Seen {
        method: seen["method"].as_str()?.to_owned(),
        path: seen["path"].as_str()?.to_owned(),
        fields: fields_of(&seen["fields"])?,
        body: STANDARD.decode(seen["body"].as_str()?).ok()?,
        trailers: fields_of(&seen["trailers"])?,
        complete: seen["complete"].as_bool()?,
    })
}

fn response_to_json(response: &Response) -> Value {
    json!({
        "status": response.status,
        "fields": fields_to_json(&response.fields),
        "body": STANDARD.encode(&response.body),
        "trailers": fields_to_json(&response.trailers),
    })
}

fn response_of(response: &Value) -> Option<Response> {
    Some(Response {
        status: response["status"].as_u64()?.try_into().ok()?,
        fields: fields_of(&response["fields"])?,
        body: STANDARD.decode(response["body"].as_str()?).ok()?,
        trailers: fields_of(&response["trailers"])?,
    })
}

fn fields_to_json(fields: &Fields) -> Value {
    fields.iter().map(|(name, value)| json!([name, STANDARD.encode(value)])).collect()
}

fn fields_of(fields: &Value) -> Option<Fields> {
    let mut read = Fields::new();
    for line in fields.as_array()? {
        read.push(line[0].as_str()?, STANDARD.decode(line[1].as_str()?).ok()?);
    }
    Some(read)
}

#[cfg(test)]
mod tests;
