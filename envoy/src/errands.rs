//! Calls to Rate Limit Services, and the requests that wait for them.
//!
//! A call outlives the request that wanted it, and its answer must not be lost with it; so the
//! root context makes all calls, when it ticks. While there is something to do it ticks every
//! millisecond, otherwise once a minute.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use log::{info, warn};
use tollgate::fleet::{self, Call, Change, Outcome, Patience};
use tollgate::time::UnixNanos;

use crate::host;
use crate::root::Configured;
use crate::stream::Exchange;

/// How often the root ticks at rest, for what changes by itself: ages of keys, expired records.
pub(crate) const REST_TICK: Duration = Duration::from_secs(60);
/// How often the root ticks while somebody waits or wants something.
const BUSY_TICK: Duration = Duration::from_millis(1);
/// Ticks without anything to do after which it goes back to rest: beginning to tick costs more
/// than a tick.
const IDLE_TICKS_MAX: u32 = 50;
/// Requests that wait in one worker at most; those beyond are judged as if they had waited in
/// vain.
const WAITERS_MAX: usize = 1_024;

/// The calls under way and the requests that wait, of one root context.
#[derive(Default)]
pub(crate) struct Errands {
    calls: RefCell<BTreeMap<u32, (Rc<Configured>, Call)>>,
    waiters: RefCell<Vec<Waiter>>,
    busy: Cell<bool>,
    idle_ticks: Cell<u32>,
}

struct Waiter {
    stream: u32,
    exchange: Weak<RefCell<Exchange>>,
    configured: Rc<Configured>,
    until: UnixNanos,
}

impl Errands {
    /// Lets a request wait; `false` where too many do already.
    pub(crate) fn wait(
        &self,
        stream: u32,
        exchange: &Rc<RefCell<Exchange>>,
        configured: &Rc<Configured>,
        until: UnixNanos,
    ) -> bool {
        let mut waiters = self.waiters.borrow_mut();
        let room = waiters.len() < WAITERS_MAX;
        if room {
            let (exchange, configured) = (Rc::downgrade(exchange), Rc::clone(configured));
            waiters.push(Waiter { stream, exchange, configured, until });
        }
        room
    }

    /// Sees to it that what was wanted is done soon. Costs nothing where nothing was.
    pub(crate) fn hurry(&self, configured: &Configured) {
        if !self.busy.get() && self.is_wanted(configured) {
            self.busy.set(true);
            self.idle_ticks.set(0);
            host::set_tick_period(BUSY_TICK);
        }
    }

    /// Does what is to be done, and lets the root rest where there has been nothing for a while.
    pub(crate) fn tick(&self, root: u32, configured: &Rc<Configured>) {
        self.call(configured);
        self.serve_waiters(root, configured);
        if !self.busy.get() {
            return;
        }
        let idle = if self.is_wanted(configured) { 0 } else { self.idle_ticks.get().saturating_add(1) };
        self.idle_ticks.set(idle);
        if idle > IDLE_TICKS_MAX {
            self.busy.set(false);
            host::set_tick_period(REST_TICK);
        }
    }

    /// The answer to a call came, or it failed.
    pub(crate) fn answered(&self, root: u32, token: u32, answer: Option<Vec<u8>>) {
        let Some((configured, call)) = self.calls.borrow_mut().remove(&token) else { return };
        settle(&configured, &call, answer.as_deref());
        self.serve_waiters(root, &configured);
    }

    fn is_wanted(&self, configured: &Configured) -> bool {
        !configured.desk.is_empty() || !self.waiters.borrow().is_empty()
    }

    /// Makes the calls that are wanted. The root must be the effective context, so that it is
    /// called back.
    fn call(&self, configured: &Rc<Configured>) {
        let policy = &configured.policy;
        for call in fleet::calls(policy, &configured.desk, host::now()) {
            let Some(service) = policy.services().get(call.service as usize) else { continue };
            match host::call_rate_limit_service(service, &call.message) {
                Some(token) => drop(self.calls.borrow_mut().insert(token, (Rc::clone(configured), call))),
                None => settle(configured, &call, None),
            }
        }
    }

    /// Judges those that wait again, and asks for what they still want.
    fn serve_waiters(&self, root: u32, configured: &Rc<Configured>) {
        let waiters = self.waiters.take();
        if waiters.is_empty() {
            return self.call(configured);
        }
        let waiting: Vec<Waiter> = waiters.into_iter().filter(Waiter::still_waits).collect();
        host::enter_context(root);
        for waiter in &waiting {
            self.call(&waiter.configured);
        }
        self.call(configured);
        self.waiters.borrow_mut().extend(waiting);
    }
}

impl Waiter {
    /// Judges the request again; whether it goes on waiting.
    fn still_waits(&self) -> bool {
        let Some(exchange) = self.exchange.upgrade() else { return false };
        // A stream whose client left is gone, or is about to be.
        if !exchange.borrow().waits() || !host::enter_context(self.stream) {
            return false;
        }
        let patience = if host::now() < self.until { Patience::Waits } else { Patience::GaveUp };
        Exchange::retry(&exchange, &self.configured, patience)
    }
}

fn settle(configured: &Configured, call: &Call, answer: Option<&[u8]>) {
    let Configured { policy, desk, .. } = configured;
    let around = configured.surroundings(Patience::Waits);
    let (outcome, change) = fleet::settle(policy, desk, call, answer, &around);
    let cluster = policy.services().get(call.service as usize).map_or("", |service| &service.cluster);
    match change {
        Some(Change::Opened) => warn!(
            "rate limit service {cluster:?}: {}; limits are enforced by on_failure until it answers",
            reason(outcome)
        ),
        Some(Change::Closed) => info!("rate limit service {cluster:?}: answers again"),
        None => {}
    }
}

/// What went wrong, and how to mend it.
fn reason(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok | Outcome::OverLimit => "answers",
        Outcome::Failed => "calls fail; see whether Envoy has the cluster, and the service its Redis",
        Outcome::Timeout => "takes longer than timeout_ms",
        Outcome::Misconfigured => {
            "counts nothing; its configuration must have the domain, with a descriptor `tenant`"
        }
        Outcome::Malformed => "does not answer as a rate limit service",
    }
}
