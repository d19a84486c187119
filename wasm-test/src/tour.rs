//! The tour of the demo: requests to the shipped configuration that show what the gate does.

mod keys;
mod visits;

pub use keys::Keys;
pub use visits::visits;

use crate::message::{Request, Response};
use crate::scenario::{Backend, Observation, Step, play};

/// One stop of the tour.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What is shown.
    pub title: &'static str,
    /// How.
    pub step: Step,
}

/// What came of a visit.
#[derive(Clone, Debug)]
pub struct Report {
    /// The last request sent.
    pub request: Request,
    /// How many were sent.
    pub requests: usize,
    /// What could be seen of the last one; nothing where there was no answer.
    pub observation: Option<Observation>,
    /// How it differs from what is expected; empty when it does not.
    pub differences: Vec<String>,
}

impl Visit {
    /// Plays it.
    pub fn play(&self, backend: &mut dyn Backend) -> Report {
        let mut witness = Witness { backend, last: None, requests: 0 };
        let differences = play(&self.step, &mut witness, true);
        let request = match &self.step {
            Step::Exchange(exchange) => &exchange.request,
            Step::UntilRefused { refusal, .. } => &refusal.request,
        };
        Report {
            request: request.clone(),
            requests: witness.requests,
            observation: witness.last,
            differences,
        }
    }
}

/// Keeps what it saw last, for people to read.
struct Witness<'a> {
    backend: &'a mut dyn Backend,
    last: Option<Observation>,
    requests: usize,
}

impl Backend for Witness<'_> {
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String> {
        self.requests += 1;
        let observed = self.backend.exchange(request, answer);
        self.last = observed.clone().ok();
        observed
    }
}
