//! The response phase, for answers of upstream and for local replies alike.

use super::{Broken, Exchange, size};
use crate::emulated::abi::PAUSE;
use crate::emulated::stream::LocalReply;
use crate::message::{Fields, Response};

impl Exchange<'_> {
    /// Sends a reply of the filter's own to the client. It passes the filter's response callbacks, as in Envoy.
    pub(super) fn send_local_reply(&mut self, reply: LocalReply) -> Result<Response, Broken> {
        self.stream().reply = None;
        let finished = if self.is_grpc() { grpc_answer(reply) } else { with_length(reply.answer) };
        self.send_response(finished)
    }

    /// Sends an answer through the filter to the client.
    pub(super) fn send_response(&mut self, answer: Response) -> Result<Response, Broken> {
        let body = if self.is_head() { Vec::new() } else { answer.body };
        let trailers = answer.trailers;
        let mut headers = Fields::from_iter([(":status", answer.status.to_string())]);
        headers.extend(answer.fields);
        let stream = self.stream();
        stream.response_headers.fields = headers;
        stream.response_headers.open = true;
        if let Some(reply) = self.response_headers(body.is_empty() && trailers.is_empty())? {
            return Ok(self.replaced_by(reply));
        }
        if !body.is_empty()
            && let Some(reply) = self.response_body(&body, trailers.is_empty())?
        {
            return Ok(self.replaced_by(reply));
        }
        if !trailers.is_empty() {
            self.response_trailers(trailers)?;
        }
        Ok(self.as_sent())
    }

    fn response_headers(&mut self, end_of_stream: bool) -> Result<Option<LocalReply>, Broken> {
        let count = size(self.stream().response_headers.fields.len());
        let action = self.call("proxy_on_response_headers", &[count, i32::from(end_of_stream)])?;
        let stream = self.stream();
        let held = action == Some(PAUSE) && !std::mem::take(&mut stream.resumed);
        stream.response_headers.open = held;
        match stream.reply.take() {
            None if held && end_of_stream => Err(Broken::Hung("on_http_response_headers")),
            reply => Ok(reply),
        }
    }

    fn response_body(&mut self, bytes: &[u8], end_of_stream: bool) -> Result<Option<LocalReply>, Broken> {
        let stream = self.stream();
        stream.response_body.visible.extend(bytes);
        stream.response_body.open = true;
        let length = size(stream.response_body.visible.len());
        let action = self.call("proxy_on_response_body", &[length, i32::from(end_of_stream)])?;
        let stream = self.stream();
        stream.response_body.open = false;
        if let Some(reply) = stream.reply.take() {
            return Ok(Some(reply));
        }
        if action != Some(PAUSE) {
            stream.response_body.release();
            stream.response_headers.open = false;
        } else if end_of_stream {
            return Err(Broken::Hung("on_http_response_body"));
        }
        Ok(None)
    }

    fn response_trailers(&mut self, trailers: Fields) -> Result<(), Broken> {
        let stream = self.stream();
        stream.response_trailers.fields = trailers;
        stream.response_trailers.open = true;
        stream.response_body.open = true;
        let count = size(stream.response_trailers.fields.len());
        if self.call("proxy_on_response_trailers", &[count])? == Some(PAUSE) {
            return Err(Broken::Hung("on_http_response_trailers"));
        }
        let stream = self.stream();
        stream.response_trailers.open = false;
        stream.response_body.open = false;
        stream.response_body.release();
        stream.response_headers.open = false;
        Ok(())
    }

    /// A reply out of a response callback replaces the answer, and passes no callback again.
    fn replaced_by(&mut self, reply: LocalReply) -> Response {
        let stream = self.stream();
        stream.response_headers.open = false;
        stream.response_body = Default::default();
        with_length(reply.answer)
    }

    fn as_sent(&mut self) -> Response {
        let stream = self.stream();
        let headers = &stream.response_headers.fields;
        let status = headers.text(":status").and_then(|status| status.parse().ok());
        Response {
            status: status.expect("nothing but a number is written to :status"),
            fields: headers.iter().filter(|(name, _)| !name.starts_with(':')).collect(),
            body: stream.response_body.forwarded.clone(),
            trailers: stream.response_trailers.fields.clone(),
        }
    }

    /// Envoy's own test for gRPC: `application/grpc`, alone or followed by `+`.
    fn is_grpc(&mut self) -> bool {
        let content_type = self.stream().request_headers.fields.text("content-type").unwrap_or_default();
        content_type
            .strip_prefix("application/grpc")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('+'))
    }
}

/// A reply has a length, and a type where the filter named none.
fn with_length(mut answer: Response) -> Response {
    if !answer.body.is_empty() {
        answer.fields.set("content-length", answer.body.len().to_string());
        if !answer.fields.has("content-type") {
            answer.fields.push("content-type", "text/plain");
        }
    }
    answer
}

/// Envoy turns a reply to a gRPC client into status 200 with the gRPC status that stands for it, the body as message;
/// fields of the reply's own stay, but for its type.
fn grpc_answer(reply: LocalReply) -> Response {
    let status = reply.grpc_status.unwrap_or(match reply.answer.status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502 | 503 | 504 => 14,
        _ => 2,
    });
    let mut answer = Response::new(200).field("content-type", "application/grpc");
    answer.fields.push("grpc-status", status.to_string());
    if !reply.answer.body.is_empty() {
        answer.fields.push("grpc-message", percent_encoded(&reply.answer.body));
    }
    let others = reply.answer.fields.into_iter().filter(|(name, _)| name != "content-type");
    answer.fields.extend(others);
    answer
}

/// The message form of gRPC: printable ASCII stays, but for the percent sign.
fn percent_encoded(bytes: &[u8]) -> String {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'%';
    bytes
        .iter()
        .map(|&byte| if printable(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
