//! One HTTP stream: hands what the host says to the transaction, and what the transaction
//! decides to the host.
//!
//! At most one answer is given a stream, and nothing is done to it once it was logged:
//! Envoy crashes otherwise.

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use tollgate::audit;
use tollgate::problem::{self, Reply};
use tollgate::request::{Edit, Field, Head};
use tollgate::transaction::{ResponseEnd, ResponseStep, Step, Transaction};

use crate::host;
use crate::root::Configured;

pub(crate) struct Stream {
    configured: Option<Rc<Configured>>,
    transaction: Transaction,
    /// The head as the client sent it, for the record.
    head: Vec<Field>,
}

impl Stream {
    pub(crate) fn new(configured: Option<Rc<Configured>>) -> Self {
        Self { configured, transaction: Transaction::default(), head: Vec::new() }
    }
}

fn take(step: Step) -> Action {
    match step {
        Step::Continue => Action::Continue,
        Step::Hold => Action::Pause,
        Step::ReplaceBody { body, set_length } => replace(&body, set_length),
        Step::Respond(reply) => refuse(&reply),
    }
}

/// The length first: a body that is longer than announced would be read as the beginning of
/// the next request.
fn replace(body: &[u8], set_length: bool) -> Action {
    let length = Edit::Set("content-length".into(), body.len().to_string().into_bytes());
    if set_length && !host::edit_request(&[length]) {
        return refuse(&problem::unavailable());
    }
    host::replace_request_body(body);
    Action::Continue
}

/// After an answer the host ignores the action; Pause says what is meant.
fn refuse(reply: &Reply) -> Action {
    host::respond(reply);
    Action::Pause
}

impl Context for Stream {}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        // Envoy serves no stream before on_configure accepted; without a policy nothing passes.
        let Some(configured) = self.configured.clone() else { return refuse(&problem::unavailable()) };
        self.head = host::request_headers();
        let head = Head::new(&self.head);
        let around = configured.surroundings();
        let (edits, step) =
            self.transaction.request_headers(&configured.policy, head, end_of_stream, &around);
        if !host::edit_request(&edits) {
            return refuse(&problem::unavailable());
        }
        take(step)
    }

    fn on_http_request_body(&mut self, body_bytes: usize, end_of_stream: bool) -> Action {
        let Some(configured) = &self.configured else { return Action::Continue };
        let around = configured.surroundings();
        let body = &host::request_body;
        take(self.transaction.request_body(&configured.policy, body_bytes, end_of_stream, body, &around))
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        let Some(configured) = &self.configured else { return Action::Continue };
        let around = configured.surroundings();
        take(self.transaction.request_trailers(&configured.policy, &host::request_body, &around))
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let Some(configured) = &self.configured else { return Action::Continue };
        if self.transaction.minds_response() {
            let fields = host::response_headers();
            let (edits, reply) =
                self.transaction.response_headers(&configured.policy, &fields, end_of_stream);
            if let Some(reply) = reply {
                return refuse(&reply);
            }
            host::edit_response(&edits);
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, _: usize, end_of_stream: bool) -> Action {
        if !self.transaction.minds_response_body() {
            return Action::Continue;
        }
        let body = host::response_body();
        let (bytes, action) = match self.transaction.response_body(&body, end_of_stream) {
            ResponseStep::Continue => return Action::Continue,
            ResponseStep::Replace(bytes) => (bytes, Action::Continue),
            ResponseStep::ReplaceAndHold(bytes) => (bytes, Action::Pause),
        };
        // A body that is redacted already need not be written again.
        if bytes != body {
            host::replace_response_body(&bytes);
        }
        action
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        match self.transaction.response_trailers() {
            ResponseEnd::Whole => {}
            ResponseEnd::Append(rest) => host::append_response_body(&rest),
            ResponseEnd::CutOff => host::reset_response(),
        }
        Action::Continue
    }

    /// Envoy also logs streams that never reached this filter; of these there is nothing to
    /// book. Nothing may be done to the stream any more.
    fn on_log(&mut self) {
        let Some(configured) = &self.configured else { return };
        let Some(mut trail) = self.transaction.close() else { return };
        trail.status = trail.status.or_else(host::response_status);
        let around = configured.surroundings();
        let line = audit::book(&configured.policy, &mut trail, Head::new(&self.head), &around);
        if let Some(line) = line {
            host::set_filter_state(RECORD, &line);
        }
    }
}

/// The filter state that access logs find the record in: `wasm.tollgate`.
const RECORD: &str = "tollgate";
