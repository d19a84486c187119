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
use tollgate::request::Head;
use tollgate::transaction::{Step, Transaction};

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
            Step::Respond(reply) => refuse(&reply),
        }
    }
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
        let around =
            Surroundings { store: &host::SharedData, downstream: &host::Connection, now: host::now() };
        let (edits, step) =
            self.transaction.request_headers(&policy, Head::new(&fields), end_of_stream, &around);
        if !host::edit_request(&edits) {
            return refuse(&problem::unavailable());
        }
        self.take(step)
    }

    fn on_http_request_body(&mut self, body_bytes: usize, end_of_stream: bool) -> Action {
        let Some(policy) = self.policy.clone() else { return Action::Continue };
        let step = self.transaction.request_body(&policy, body_bytes, end_of_stream);
        self.take(step)
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        let step = self.transaction.request_trailers();
        self.take(step)
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.transaction.minds_response() {
            let edits = self.transaction.response_headers(&host::response_headers());
            host::edit_response(&edits);
        }
        Action::Continue
    }
}
