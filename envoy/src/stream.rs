//! One HTTP stream: hands what the host says to the transaction, and what the transaction
//! decides to the host.
//!
//! At most one answer is given a stream, and nothing is done to it once it was logged:
//! Envoy crashes otherwise.

use std::rc::Rc;

use log::info;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use tollgate::policy::{Policy, Surroundings};
use tollgate::problem::{self, Reply};
use tollgate::request::{Edit, Head};
use tollgate::transaction::{ResponseEnd, ResponseStep, Step, Transaction};

use crate::host;

pub(crate) struct Stream {
    policy: Option<Rc<Policy>>,
    transaction: Transaction,
}

impl Stream {
    pub(crate) fn new(policy: Option<Rc<Policy>>) -> Self {
        Self { policy, transaction: Transaction::default() }
    }

    fn take(&mut self, step: Step) -> Action {
        for denial in self.transaction.take_shadowed() {
            info!("shadow: {}", denial.name());
        }
        match step {
            Step::Continue => Action::Continue,
            Step::Hold => Action::Pause,
            Step::ReplaceBody { body, set_length } => replace(&body, set_length),
            Step::Respond(reply) => refuse(&reply),
        }
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
        let Some(policy) = self.policy.clone() else { return refuse(&problem::unavailable()) };
        let fields = host::request_headers();
        let (edits, step) =
            self.transaction.request_headers(&policy, Head::new(&fields), end_of_stream, &surroundings());
        if !host::edit_request(&edits) {
            return refuse(&problem::unavailable());
        }
        self.take(step)
    }

    fn on_http_request_body(&mut self, body_bytes: usize, end_of_stream: bool) -> Action {
        let Some(policy) = self.policy.clone() else { return Action::Continue };
        let step = self.transaction.request_body(
            &policy,
            body_bytes,
            end_of_stream,
            &host::request_body,
            &surroundings(),
        );
        self.take(step)
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        let Some(policy) = self.policy.clone() else { return Action::Continue };
        let step = self.transaction.request_trailers(&policy, &host::request_body, &surroundings());
        self.take(step)
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let Some(policy) = self.policy.clone() else { return Action::Continue };
        if self.transaction.minds_response() {
            let fields = host::response_headers();
            let (edits, reply) = self.transaction.response_headers(&policy, &fields, end_of_stream);
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
}

fn surroundings() -> Surroundings<'static> {
    Surroundings { store: &host::SharedData, downstream: &host::Connection, now: host::now() }
}
