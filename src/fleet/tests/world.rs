//! Envoys with their workers around one service, on a clock that the test moves.

use std::cell::{Cell, RefCell};

use super::super::{Call, Desk, Patience, calls, settle};
use super::service::Service;
use crate::audit::Trail;
use crate::denial::Denial;
use crate::policy::{Downstream, Policy, Stop, Surroundings};
use crate::request::{Field, Head};
use crate::stats::memory::MemoryMeters;
use crate::store::memory::MemoryStore;
use crate::time::UnixNanos;

pub(super) const MILLISECOND: u64 = 1_000_000;
/// A call's way there and back.
const ROUND_TRIP: u64 = 2 * MILLISECOND;
const WORKERS: usize = 2;

/// How the service is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    Fine,
    /// Calls fail at once.
    Dead,
    /// Calls are never answered; the host gives up after the timeout.
    Silent,
}

pub(super) struct World {
    pub(super) policy: Policy,
    pub(super) service: RefCell<Service>,
    pub(super) envoys: Vec<Envoy>,
    pub(super) meters: MemoryMeters,
    pub(super) weather: Cell<Weather>,
    pub(super) now: Cell<UnixNanos>,
    /// How much the service's clock is behind.
    pub(super) skew: u64,
}

pub(super) struct Envoy {
    pub(super) store: MemoryStore,
    workers: Vec<Worker>,
}

struct Worker {
    desk: Desk,
    under_way: RefCell<Vec<UnderWay>>,
    waiting: RefCell<Vec<(UnixNanos, Request)>>,
}

/// When a call ends, and how.
type UnderWay = (UnixNanos, Call, Option<Vec<u8>>);

/// A request of a key, and when it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) key: &'static str,
    pub(super) began: UnixNanos,
}

/// What came of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub(super) envoy: usize,
    pub(super) request: Request,
    pub(super) at: UnixNanos,
    pub(super) refused: Option<Denial>,
}

impl World {
    pub(super) fn new(configuration: &str, envoys: usize) -> Self {
        let policy = Policy::load(configuration, &|_| None).unwrap();
        let worker = || Worker {
            desk: Desk::new(policy.services().len()),
            under_way: RefCell::default(),
            waiting: RefCell::default(),
        };
        let envoy = || Envoy {
            store: MemoryStore::default(),
            workers: std::iter::repeat_with(worker).take(WORKERS).collect(),
        };
        let envoys = std::iter::repeat_with(envoy).take(envoys).collect();
        Self {
            envoys,
            policy,
            service: RefCell::default(),
            meters: MemoryMeters::default(),
            weather: Cell::new(Weather::Fine),
            now: Cell::new(UnixNanos::from_seconds(1_800_000_000)),
            skew: 0,
        }
    }

    /// A request comes to a worker; `None` while it waits.
    pub(super) fn ask(&self, envoy: usize, worker: usize, key: &'static str) -> Option<Judged> {
        let request = Request { key, began: self.now.get() };
        let judged = self.judge(envoy, worker, request, Patience::Waits);
        if judged.is_none() {
            let patience_ends = self.now.get().plus(50 * MILLISECOND);
            self.worker(envoy, worker).waiting.borrow_mut().push((patience_ends, request));
        }
        judged
    }

    /// A millisecond passes; the requests that waited and do so no longer.
    pub(super) fn tick(&self) -> Vec<Judged> {
        self.now.set(self.now.get().plus(MILLISECOND));
        let mut judged = Vec::new();
        for envoy in 0..self.envoys.len() {
            for worker in 0..WORKERS {
                self.take_answers(envoy, worker);
                self.make_calls(envoy, worker);
                judged.extend(self.serve_waiting(envoy, worker));
            }
        }
        judged
    }

    fn make_calls(&self, envoy: usize, worker: usize) {
        let (now, worker) = (self.now.get(), self.worker(envoy, worker));
        for call in calls(&self.policy, &worker.desk, now) {
            let (due, answer) = match self.weather.get() {
                Weather::Fine => {
                    let theirs = UnixNanos(now.0 - self.skew + ROUND_TRIP / 2);
                    let answer = self.service.borrow_mut().should_rate_limit(&call.message, theirs);
                    (now.plus(ROUND_TRIP), Some(answer))
                }
                Weather::Dead => (now, None),
                Weather::Silent => (now.plus(50 * MILLISECOND), None),
            };
            worker.under_way.borrow_mut().push((due, call, answer));
        }
    }

    fn take_answers(&self, envoy: usize, worker: usize) {
        let now = self.now.get();
        let mut under_way = self.worker(envoy, worker).under_way.borrow_mut();
        for (_, call, answer) in under_way.extract_if(.., |(due, ..)| *due <= now) {
            let desk = &self.worker(envoy, worker).desk;
            let around = self.around(envoy, worker, Patience::Waits);
            settle(&self.policy, desk, &call, answer.as_deref(), &around);
        }
    }

    fn serve_waiting(&self, envoy: usize, worker: usize) -> Vec<Judged> {
        let now = self.now.get();
        let waiting = self.worker(envoy, worker).waiting.take();
        let mut judged = Vec::new();
        for (until, request) in waiting {
            let patience = if now < until { Patience::Waits } else { Patience::GaveUp };
            match self.judge(envoy, worker, request, patience) {
                Some(done) => judged.push(done),
                None => self.worker(envoy, worker).waiting.borrow_mut().push((until, request)),
            }
        }
        judged
    }

    fn judge(&self, envoy: usize, worker: usize, request: Request, patience: Patience) -> Option<Judged> {
        let field = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let fields: Vec<Field> =
            vec![field(":method", "GET"), field(":path", "/"), field("x-api-key", request.key)];
        let around = self.around(envoy, worker, patience);
        let refused = match self.policy.admit(Head::new(&fields), &around, &mut Trail::default()) {
            Ok(_) => None,
            Err(Stop::Denied(denial)) => Some(denial),
            Err(Stop::Wait) => return None,
        };
        Some(Judged { envoy, request, at: self.now.get(), refused })
    }

    pub(super) fn around(&self, envoy: usize, worker: usize, patience: Patience) -> Surroundings<'_> {
        Surroundings {
            store: &self.envoys[envoy].store,
            downstream: &Nowhere,
            meters: &self.meters,
            desk: &self.worker(envoy, worker).desk,
            patience,
            now: self.now.get(),
        }
    }

    fn worker(&self, envoy: usize, worker: usize) -> &Worker {
        &self.envoys[envoy].workers[worker]
    }
}

pub(super) struct Nowhere;

impl Downstream for Nowhere {
    fn source_address(&self) -> Option<Vec<u8>> {
        None
    }

    fn is_tls(&self) -> bool {
        true
    }
}
