//! Scenarios as data: requests, and what client and upstream must see of each.
//!
//! ```
//! use wasm_test::fixture::{development, key};
//! use wasm_test::scenario::{Scenario, admitted, get, refused};
//!
//! Scenario::new("a key opens its own namespace only", development())
//!     .step(get("/v1/acme/orders").field("x-api-key", key("acme-live")), admitted())
//!     .step(get("/v1/globex/orders").field("x-api-key", key("acme-live")), refused(403, "namespace-denied"));
//! ```

mod expectation;
mod play;

pub use expectation::{Expected, admitted, answered, refused};
pub use play::{Backend, Observation, play};

use crate::fixture::Configuration;
use crate::message::{Request, Response};
use std::time::Duration;

/// A configuration and what happens under it. `S` says what can happen:
///
/// - a [`Scenario`] is made of [`Step`]s, which every backend can play;
/// - a [`ClockScenario`] is made of [`Moment`]s. Only the emulated host can play these, and only it takes them.
#[derive(Clone, Debug)]
pub struct Script<S> {
    /// What it shows, as a sentence.
    pub name: String,
    /// The plugin's configuration.
    pub configuration: Configuration,
    /// Environment variables of the host.
    pub environment: Vec<(String, String)>,
    /// What happens, in order.
    pub steps: Vec<S>,
}

/// A script for every backend.
pub type Scenario = Script<Step>;

/// A script with a clock that is moved.
pub type ClockScenario = Script<Moment>;

/// What every backend can do.
#[derive(Clone, Debug)]
pub enum Step {
    /// One request.
    Exchange(Box<Exchange>),
    /// The same request until it is refused for the first time. That must happen after `burst` admissions and within
    /// `requests_max`: how many more than `burst` are admitted depends on how fast the machine is.
    UntilRefused {
        /// The request, and what is expected of the refusal.
        refusal: Box<Exchange>,
        /// What is expected before.
        before: Box<Expected>,
        /// So many must be admitted.
        burst: usize,
        /// One of so many must be refused.
        requests_max: usize,
    },
}

/// One request, upstream's answer to it should it get there, and what is expected.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the client sends.
    pub request: Request,
    /// What upstream answers.
    pub answer: Response,
    /// What must come of it.
    pub expected: Expected,
}

/// What a host whose clock can be moved can do.
#[derive(Clone, Debug)]
pub enum Moment {
    /// What every backend can do.
    Step(Step),
    /// Time passes.
    Advance(Duration),
    /// The wall clock is set forward, and no time passes.
    JumpWallClock(Duration),
    /// The wall clock is set back, and no time passes.
    StepWallClockBack(Duration),
}

impl From<Step> for Moment {
    fn from(step: Step) -> Self {
        Self::Step(step)
    }
}

impl<S: From<Step>> Script<S> {
    /// Begins a script. `name` says what it shows.
    pub fn new(name: &str, configuration: Configuration) -> Self {
        Self { name: name.to_owned(), configuration, environment: Vec::new(), steps: Vec::new() }
    }

    /// The host has this environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// One request; upstream would answer 200 with a short text.
    #[must_use]
    pub fn step(self, request: Request, expected: Expected) -> Self {
        self.step_answered(request, Response::new(200).body("from upstream"), expected)
    }

    /// One request, with upstream's answer.
    #[must_use]
    pub fn step_answered(mut self, request: Request, answer: Response, expected: Expected) -> Self {
        self.steps.push(Step::Exchange(Box::new(Exchange { request, answer, expected })).into());
        self
    }

    /// One request several times, with the same result.
    #[must_use]
    pub fn repeat(mut self, times: usize, request: &Request, expected: &Expected) -> Self {
        for _ in 0..times {
            self = self.step(request.clone(), expected.clone());
        }
        self
    }

    /// One request until it is refused: see [`Step::UntilRefused`].
    #[must_use]
    pub fn until_refused(
        mut self,
        burst: usize,
        requests_max: usize,
        request: Request,
        refusal: Expected,
    ) -> Self {
        let answer = Response::new(200).body("from upstream");
        let refusal = Box::new(Exchange { request, answer, expected: refusal });
        self.steps
            .push(Step::UntilRefused { refusal, before: Box::new(admitted()), burst, requests_max }.into());
        self
    }
}

impl ClockScenario {
    /// Time passes.
    #[must_use]
    pub fn advance(mut self, by: Duration) -> Self {
        self.steps.push(Moment::Advance(by));
        self
    }

    /// The wall clock is set forward, and no time passes.
    #[must_use]
    pub fn jump_wall_clock(mut self, by: Duration) -> Self {
        self.steps.push(Moment::JumpWallClock(by));
        self
    }

    /// The wall clock is set back, and no time passes.
    #[must_use]
    pub fn step_wall_clock_back(mut self, by: Duration) -> Self {
        self.steps.push(Moment::StepWallClockBack(by));
        self
    }
}

/// A GET request.
pub fn get(target: &str) -> Request {
    Request::new("GET", target)
}

/// A POST request with a body of declared length.
pub fn post(target: &str, body: impl AsRef<[u8]>) -> Request {
    Request::new("POST", target).body(body)
}

/// A configuration that must not be taken.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// What it shows, as a sentence.
    pub name: String,
    /// The configuration.
    pub configuration: Configuration,
    /// Environment variables of the host.
    pub environment: Vec<(String, String)>,
    /// For each problem the pieces of text that must stand together in the log: the JSON path first.
    pub problems: Vec<Vec<&'static str>>,
}

impl Rejected {
    /// Begins one. `name` says what it shows.
    pub fn new(name: &str, configuration: Configuration) -> Self {
        Self { name: name.to_owned(), configuration, environment: Vec::new(), problems: Vec::new() }
    }

    /// The host has this environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// This problem is named: its JSON path, and what else its line must say.
    #[must_use]
    pub fn problem(mut self, path: &'static str, says: &[&'static str]) -> Self {
        self.problems.push([&[path], says].concat());
        self
    }

    /// What of the announced problems `log` does not name.
    pub fn unnamed(&self, log: &str) -> Vec<String> {
        let named =
            |problem: &[&str]| log.lines().any(|line| problem.iter().all(|piece| line.contains(piece)));
        let unnamed = self.problems.iter().filter(|problem| !named(problem));
        unnamed.map(|problem| format!("{}: no line says {}", self.name, problem.join(" and "))).collect()
    }
}
