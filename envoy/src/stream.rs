//! One HTTP stream: hands what the host says to the transaction, and what the transaction
//! decides to the host.
//!
//! At most one answer is given a stream, and nothing is done to it once it was logged:
//! Envoy crashes otherwise.

use std::cell::RefCell;
use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use tollgate::audit;
use tollgate::fleet::Patience;
use tollgate::problem::{self, Reply};
use tollgate::request::{Edit, Field, Head};
use tollgate::transaction::{ResponseEnd, ResponseStep, Step, Transaction};

use crate::errands::Errands;
use crate::host;
use crate::root::Configured;

pub(crate) struct Stream {
    id: u32,
    configured: Option<Rc<Configured>>,
    errands: Rc<Errands>,
    exchange: Rc<RefCell<Exchange>>,
}

/// What is known of a stream's request. The root has it too while the request waits.
#[derive(Default)]
pub(crate) struct Exchange {
    transaction: Transaction,
    /// The head as the client sent it, for the record.
    head: Vec<Field>,
}

impl Exchange {
    pub(crate) fn waits(&self) -> bool {
        self.transaction.waits()
    }

    /// Judges a request again that waits, and lets it go on, or not; whether it still waits.
    /// The stream must be the effective context.
    pub(crate) fn retry(exchange: &RefCell<Self>, configured: &Configured, patience: Patience) -> bool {
        let around = configured.surroundings(patience);
        let (edits, step) = {
            let Self { transaction, head } = &mut *exchange.borrow_mut();
            transaction.retry(&configured.policy, Head::new(head), &host::request_body, &around)
        };
        if step == Step::Wait {
            return true;
        }
        let action = if host::edit_request(&edits) { take(step) } else { refuse(&problem::unavailable()) };
        if action == Action::Continue {
            host::resume_request();
        }
        false
    }
}

impl Stream {
    pub(crate) fn new(id: u32, configured: Option<Rc<Configured>>, errands: Rc<Errands>) -> Self {
        Self { id, configured, errands, exchange: Rc::default() }
    }

    /// Lets the request wait for a service; where there is no room for that, it is judged as
    /// if it had waited in vain.
    fn wait(&self, configured: &Rc<Configured>) -> Action {
        let until = {
            let exchange = self.exchange.borrow();
            host::now().plus(configured.policy.wait_nanos(exchange.transaction.trail()))
        };
        if self.errands.wait(self.id, &self.exchange, configured, until) {
            return Action::Pause;
        }
        let around = configured.surroundings(Patience::GaveUp);
        let Exchange { transaction, head } = &mut *self.exchange.borrow_mut();
        let (edits, step) =
            transaction.retry(&configured.policy, Head::new(head), &host::request_body, &around);
        if host::edit_request(&edits) { take(step) } else { refuse(&problem::unavailable()) }
    }
}

fn take(step: Step) -> Action {
    match step {
        Step::Continue => Action::Continue,
        Step::Hold | Step::Wait => Action::Pause,
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
        let (edits, step) = {
            let Exchange { transaction, head } = &mut *self.exchange.borrow_mut();
            *head = host::request_headers();
            let around = configured.surroundings(Patience::Waits);
            transaction.request_headers(&configured.policy, Head::new(head), end_of_stream, &around)
        };
        if !host::edit_request(&edits) {
            return refuse(&problem::unavailable());
        }
        let action = if step == Step::Wait { self.wait(&configured) } else { take(step) };
        self.errands.hurry(&configured);
        action
    }

    fn on_http_request_body(&mut self, body_bytes: usize, end_of_stream: bool) -> Action {
        let Some(configured) = &self.configured else { return Action::Continue };
        let around = configured.surroundings(Patience::Waits);
        let transaction = &mut self.exchange.borrow_mut().transaction;
        let body = &host::request_body;
        let step = transaction.request_body(&configured.policy, body_bytes, end_of_stream, body, &around);
        self.errands.hurry(configured);
        take(step)
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        let Some(configured) = &self.configured else { return Action::Continue };
        let around = configured.surroundings(Patience::Waits);
        let transaction = &mut self.exchange.borrow_mut().transaction;
        let step = transaction.request_trailers(&configured.policy, &host::request_body, &around);
        self.errands.hurry(configured);
        take(step)
    }

    fn on_http_response_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        let Some(configured) = &self.configured else { return Action::Continue };
        let transaction = &mut self.exchange.borrow_mut().transaction;
        if transaction.minds_response() {
            let fields = host::response_headers();
            let (edits, reply) = transaction.response_headers(&configured.policy, &fields, end_of_stream);
            if let Some(reply) = reply {
                return refuse(&reply);
            }
            host::edit_response(&edits);
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, _: usize, end_of_stream: bool) -> Action {
        let transaction = &mut self.exchange.borrow_mut().transaction;
        if !transaction.minds_response_body() {
            return Action::Continue;
        }
        let body = host::response_body();
        let (bytes, action) = match transaction.response_body(&body, end_of_stream) {
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
        match self.exchange.borrow_mut().transaction.response_trailers() {
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
        let Exchange { transaction, head } = &mut *self.exchange.borrow_mut();
        let Some(mut trail) = transaction.close() else { return };
        trail.status = trail.status.or_else(host::response_status);
        let around = configured.surroundings(Patience::GaveUp);
        let line = audit::book(&configured.policy, &mut trail, Head::new(head), &around);
        if let Some(line) = line {
            host::set_filter_state(RECORD, &line);
        }
    }
}

/// The filter state that access logs find the record in: `wasm.tollgate`.
const RECORD: &str = "tollgate";
