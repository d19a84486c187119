//! A fleet: two real Envoys that share one limit through the real `envoyproxy/ratelimit` and a real Redis.
//!
//! All of it runs on this machine and on free ports. Service and Redis can be killed and started again where they were;
//! what they counted is read from the outside: calls from each Envoy's counters of the cluster, operations from Redis
//! itself. [`FakeService`] stands in for the service where it is to fail in a way the real one cannot be made to.

mod call;
mod clock;
mod configuration;
mod connection;
mod envoys;
mod fake_service;
mod gate;
mod load;
mod outage;
mod redis;
mod redis_proxy;
mod seconds;
mod service;

pub use clock::Clock;
pub use configuration::distributed;
pub use envoys::{Envoys, Modes, ServiceOutcomes};
pub use fake_service::{Asked, FakeService, Manner};
pub use gate::{Gate, OWN_LIMITS, STAMP};
pub use load::{Attempt, Load, Outcome, Pace, Requests};
pub use outage::{Outage, OutagePlan};
pub use redis::Redis;
pub use redis_proxy::RedisProxy;
pub use seconds::{Second, Seconds};
pub use service::Service;

use crate::child::fresh_folder;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::{Instant, interval};

/// How long a part may take to be ready, on a machine that may be busy.
const START_MAX: Duration = Duration::from_secs(60);

/// How often what will come about is asked for.
const ASKING_INTERVAL: Duration = Duration::from_millis(10);

/// Redis behind an Envoy of its own, the service, and two Envoys with two workers each.
pub struct Fleet {
    /// Where sockets live.
    pub runtime: Runtime,
    /// The Envoys.
    pub envoys: Envoys,
    /// The service they ask.
    pub service: Service,
    /// Where it counts.
    pub redis: Redis,
    /// What it reaches Redis through.
    _redis_proxy: RedisProxy,
    folder: PathBuf,
}

/// Whether the service goes on counting other limits of a call of which one is over: the operator's choice,
/// `STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT`. Tollgate must be right with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterOverLimit {
    /// It does: the service's default.
    CountOthers,
    /// It does not.
    CountNoOthers,
}

/// A part of the fleet that dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// `envoyproxy/ratelimit`.
    Service,
    /// Redis, behind it.
    Redis,
}

impl Fleet {
    /// Starts all of it, with this in both Envoys. `label` names the folders of logs, which stay if the test fails.
    ///
    /// # Panics
    /// When a part is not to be had, or does not start.
    pub fn start(gate: &Gate, after_over_limit: AfterOverLimit, label: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = fresh_folder("fleet", label);
        let (redis, proxy, service, envoys) = runtime.block_on(async {
            let redis = Redis::start(&folder).await;
            let proxy = RedisProxy::start(redis.address(), &folder).await;
            let service = Service::start(proxy.address(), after_over_limit, &folder).await;
            let envoys = Envoys::start(gate, service.address(), label).await;
            (redis, proxy, service, envoys)
        });
        Self { runtime, envoys, service, redis, _redis_proxy: proxy, folder }
    }

    /// Ends a part at once.
    pub fn kill(&mut self, victim: Victim) {
        match victim {
            Victim::Service => self.service.kill(),
            Victim::Redis => self.redis.kill(),
        }
    }

    /// Starts a part again where it was.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_again(&mut self, victim: Victim) {
        match victim {
            Victim::Service => self.service.start_again().await,
            Victim::Redis => self.redis.start_again().await,
        }
    }

    /// Puts other Envoys in the place of these, before the same service.
    ///
    /// # Panics
    /// When they do not start.
    pub fn change_gate(&mut self, gate: &Gate, label: &str) {
        self.envoys = self.runtime.block_on(Envoys::start(gate, self.service.address(), label));
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// Asks until it is so.
///
/// # Panics
/// When it is not within [`START_MAX`]; `log` says why.
async fn until_ready(what: &str, mut is_ready: impl AsyncFnMut() -> bool, log: impl Fn() -> String) {
    let deadline = Instant::now() + START_MAX;
    let mut asking = interval(ASKING_INTERVAL);
    while !is_ready().await {
        assert!(Instant::now() < deadline, "{what} was not ready within {START_MAX:?}\n{}", log());
        asking.tick().await;
    }
}
