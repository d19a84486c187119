//! The request phase: headers, pieces of the body, trailers.

use super::{Broken, Exchange, Passage, size};
use crate::emulated::abi::PAUSE;
use crate::emulated::stream::LocalReply;
use crate::message::{Response, Version};

/// What a callback led to.
enum Verdict {
    Continue,
    Pause,
    Reply(LocalReply),
}

impl Exchange<'_> {
    /// Sends the request through the filter. The client leaves after `pieces` pieces of the body.
    pub(super) fn send_request(&mut self, pieces: usize) -> Result<Passage, Broken> {
        let frames = self.frames();
        let trailers = !self.request.trailers.is_empty();
        let ends_at_headers = frames.is_empty() && !trailers;
        match self.headers(ends_at_headers)? {
            Verdict::Reply(reply) => return Ok(Passage::Replied(reply)),
            Verdict::Continue => self.release_headers(),
            Verdict::Pause if ends_at_headers || !self.vm.hosting.hold_headers => {
                return Err(Broken::Hung("on_http_request_headers"));
            }
            Verdict::Pause => {}
        }
        for (sent, (bytes, last)) in frames.into_iter().enumerate() {
            if sent == pieces {
                return Ok(Passage::Left);
            }
            if let Some(reply) = self.body(&bytes, last && !trailers)? {
                return Ok(Passage::Replied(reply));
            }
        }
        if trailers { self.trailers() } else { Ok(Passage::Forwarded) }
    }

    /// The pieces of the body as the codec hands them on, each with whether it is the last.
    ///
    /// HTTP/2 ends a stream with its last frame. HTTP/1.1 learns of the end after the last byte and tells it with an
    /// empty piece, unless trailers end the request.
    fn frames(&self) -> Vec<(Vec<u8>, bool)> {
        let mut pieces: Vec<_> =
            self.request.body.iter().filter(|piece| !piece.is_empty()).cloned().collect();
        let framed = self.request.chunked || !pieces.is_empty();
        let tells_the_end = self.request.version == Version::Http1 && self.request.trailers.is_empty();
        if framed && (tells_the_end || (pieces.is_empty() && self.request.trailers.is_empty())) {
            pieces.push(Vec::new());
        }
        let count = pieces.len();
        pieces.into_iter().enumerate().map(|(index, piece)| (piece, index + 1 == count)).collect()
    }

    fn headers(&mut self, end_of_stream: bool) -> Result<Verdict, Broken> {
        let stream = self.stream();
        stream.request_headers.open = true;
        let count = size(stream.request_headers.fields.len());
        let action = self.call("proxy_on_request_headers", &[count, i32::from(end_of_stream)])?;
        Ok(self.verdict(action))
    }

    /// One piece of the body; gives the reply, if that is what came of it.
    fn body(&mut self, bytes: &[u8], end_of_stream: bool) -> Result<Option<LocalReply>, Broken> {
        let stream = self.stream();
        stream.request_body.visible.extend(bytes);
        stream.request_body.open = true;
        let length = size(stream.request_body.visible.len());
        let action = self.call("proxy_on_request_body", &[length, i32::from(end_of_stream)])?;
        self.stream().request_body.open = false;
        match self.verdict(action) {
            Verdict::Reply(reply) => return Ok(Some(reply)),
            Verdict::Continue => {
                self.stream().request_body.release();
                self.release_headers();
            }
            Verdict::Pause if end_of_stream => return Err(Broken::Hung("on_http_request_body")),
            Verdict::Pause if self.stream().request_body.visible.len() > self.vm.hosting.buffer_bytes_max => {
                let answer = Response::new(413).body("Payload Too Large");
                return Ok(Some(LocalReply { answer, grpc_status: None }));
            }
            Verdict::Pause => {}
        }
        Ok(None)
    }

    fn trailers(&mut self) -> Result<Passage, Broken> {
        let trailers = self.request.trailers.clone();
        let stream = self.stream();
        stream.request_body.open = true;
        stream.request_trailers.open = true;
        stream.request_trailers.fields = trailers;
        let count = size(stream.request_trailers.fields.len());
        let action = self.call("proxy_on_request_trailers", &[count])?;
        self.stream().request_body.open = false;
        match self.verdict(action) {
            Verdict::Reply(reply) => Ok(Passage::Replied(reply)),
            Verdict::Pause => Err(Broken::Hung("on_http_request_trailers")),
            Verdict::Continue => {
                self.stream().request_trailers.open = false;
                self.stream().request_body.release();
                self.release_headers();
                Ok(Passage::Forwarded)
            }
        }
    }

    /// A reply counts whatever the callback returned; resuming undoes a pause.
    fn verdict(&mut self, action: Option<i32>) -> Verdict {
        let stream = self.stream();
        let resumed = std::mem::take(&mut stream.resumed);
        match (stream.reply.clone(), action) {
            (Some(reply), _) => Verdict::Reply(reply),
            (None, Some(PAUSE)) if !resumed => Verdict::Pause,
            (None, _) => Verdict::Continue,
        }
    }

    /// From here on upstream has the headers and the module can no longer touch them.
    fn release_headers(&mut self) {
        self.stream().request_headers.open = false;
        self.released = true;
    }
}
