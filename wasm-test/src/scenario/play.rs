//! Playing steps on a backend.

use super::{Exchange, Expected, Step};
use crate::message::{Request, Response, Seen};

/// What plays requests: an emulated host, or a real Envoy.
pub trait Backend {
    /// Sends a request; upstream answers `answer`.
    ///
    /// # Errors
    /// When there was no answer at all: a trap, a hang, a connection that broke.
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String>;
}

/// What could be seen of one request from outside.
#[derive(Clone, Debug)]
pub struct Observation {
    /// What the client got.
    pub response: Response,
    /// Requests that reached upstream meanwhile.
    pub upstream: Vec<Seen>,
    /// Bytes that reached upstream meanwhile, also those that are no request yet.
    pub upstream_bytes: u64,
}

/// Plays one step and says how what came differs from what is expected; empty when it does not.
pub fn play(step: &Step, backend: &mut dyn Backend, development: bool) -> Vec<String> {
    match step {
        Step::Exchange(exchange) => play_exchange(exchange, backend, development),
        Step::UntilRefused { refusal, before, burst, requests_max } => {
            play_until_refused(refusal, before, *burst..*requests_max, backend, development)
        }
    }
}

fn play_exchange(exchange: &Exchange, backend: &mut dyn Backend, development: bool) -> Vec<String> {
    let Exchange { request, answer, expected } = exchange;
    let differences = match backend.exchange(request, answer) {
        Ok(observed) => expected.differences(request, &observed, development),
        Err(broken) => vec![broken],
    };
    name_request(request, differences)
}

fn play_until_refused(
    refusal: &Exchange,
    before: &Expected,
    admissions: std::ops::Range<usize>,
    backend: &mut dyn Backend,
    development: bool,
) -> Vec<String> {
    let Exchange { request, answer, expected } = refusal;
    for admitted in 0..admissions.end {
        let observed = match backend.exchange(request, answer) {
            Ok(observed) => observed,
            Err(broken) => return name_request(request, vec![broken]),
        };
        let refused = observed.response.status == expected.status_code();
        if refused && admitted < admissions.start {
            return name_request(request, vec![format!("refused after {admitted} of {}", admissions.start)]);
        }
        let differences =
            if refused { expected } else { before }.differences(request, &observed, development);
        if refused || !differences.is_empty() {
            return name_request(request, differences);
        }
    }
    name_request(request, vec![format!("not refused within {} requests", admissions.end)])
}

fn name_request(request: &Request, differences: Vec<String>) -> Vec<String> {
    let named =
        |difference| format!("{} {} ({:?}): {difference}", request.method, request.target, request.version);
    differences.into_iter().map(named).collect()
}
