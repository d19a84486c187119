//! The tour of the demo: requests to the shipped configuration that show what the gate does.

mod keys;
mod visits;

pub use keys::Keys;
pub use visits::visits;

use crate::message::{Request, Response};
use crate::scenario::{Backend, Observation, Step, play};

/// What the configuration that is toured allows its tenants.
#[derive(Clone, Copy, Debug)]
pub struct Allowances {
    /// Requests a second of acme.
    pub acme_per_second: u32,
    /// Requests of globex in a row that must pass. It may make one a second.
    pub globex_burst: usize,
}

impl Allowances {
    /// Of `envoy/demo/envoy.yaml`.
    pub const DEMO: Self = Self { acme_per_second: 10, globex_burst: 5 };

    /// Of `envoy/docker/envoy.yaml`: no burst is shared by a fleet.
    pub const COMPOSE: Self = Self { acme_per_second: 100, globex_burst: 1 };
}

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
    /// What is sent, once or repeatedly.
    pub fn request(&self) -> &Request {
        match &self.step {
            Step::Exchange(exchange) => &exchange.request,
            Step::UntilRefused { refusal, .. } => &refusal.request,
        }
    }

    /// Plays it.
    pub fn play(&self, backend: &mut dyn Backend) -> Report {
        let mut witness = Witness { backend, last: None, requests: 0 };
        let differences = play(&self.step, &mut witness, true);
        Report {
            request: self.request().clone(),
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
