//! The two Envoys of a fleet.

use super::gate::Gate;
use crate::envoy::{Bootstrap, Envoy, Release};
use crate::message::Response;
use crate::upstream::Upstream;
use std::net::SocketAddr;

/// Two Envoys, so that nothing shared by one of them can pass for the fleet's; and two workers each.
pub struct Envoys {
    envoys: [Envoy; 2],
    gates: [SocketAddr; 2],
    /// The recording upstream behind both, where they do not answer themselves.
    pub upstream: Upstream,
}

const WORKERS: usize = 2;

/// How calls to the service ended, as Tollgate counts them: `tollgate_ratelimit_service_total{outcome}`, over both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceOutcomes {
    /// It gave what was asked for.
    pub ok: u64,
    /// It said the limit is reached.
    pub over_limit: u64,
    /// It could not be asked, or said that it could not count.
    pub failed: u64,
    /// It did not answer in time.
    pub timeout: u64,
    /// It answered without a limit: it does not know the domain.
    pub misconfigured: u64,
    /// What it answered is no answer to what was asked.
    pub malformed: u64,
}

impl Envoys {
    /// Starts both with this gate, asking the service at this address.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start(gate: &Gate, service: SocketAddr, label: &str) -> Self {
        Self::start_with(Release::Newest, &[], label, |upstream| gate.bootstrap(upstream, service)).await
    }

    /// The same of another release, with an environment, and a bootstrap made for an upstream.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start_with(
        release: Release,
        environment: &[(String, String)],
        label: &str,
        bootstrap: impl Fn(SocketAddr) -> Bootstrap,
    ) -> Self {
        let upstream = Upstream::start().await.expect("a free port");
        upstream.answer_with(Response::new(200));
        let bootstrap = bootstrap(upstream.address());
        let start = async |name: &str| {
            let label = format!("{label}-{name}");
            let started = Envoy::start(release, &bootstrap, environment, &label, WORKERS).await;
            started.unwrap_or_else(|failure| panic!("{failure:?}"))
        };
        let envoys = [start("a").await, start("b").await];
        let mut gates = Vec::new();
        for envoy in &envoys {
            gates.push(envoy.admin().listeners().await.first().expect("there is a listener").1);
        }
        Self { envoys, gates: [gates[0], gates[1]], upstream }
    }

    /// Where clients come in.
    pub fn gates(&self) -> [SocketAddr; 2] {
        self.gates
    }

    /// One of them.
    pub fn envoy(&self, index: usize) -> &Envoy {
        &self.envoys[index]
    }

    /// How many calls each has made to the service.
    pub async fn calls(&self) -> [u64; 2] {
        let mut calls = [0; 2];
        for (calls, envoy) in calls.iter_mut().zip(&self.envoys) {
            *calls = envoy.admin().stat("cluster.ratelimit.upstream_rq_total").await;
        }
        calls
    }

    /// How calls ended, as Tollgate tells it.
    pub async fn service_outcomes(&self) -> ServiceOutcomes {
        let mut sum = ServiceOutcomes::default();
        for envoy in &self.envoys {
            for (name, count) in envoy.admin().stats("tollgate_ratelimit_service_total").await {
                *match label_of(&name, "outcome") {
                    Some("ok") => &mut sum.ok,
                    Some("over_limit") => &mut sum.over_limit,
                    Some("failed") => &mut sum.failed,
                    Some("timeout") => &mut sum.timeout,
                    Some("misconfigured") => &mut sum.misconfigured,
                    Some("malformed") => &mut sum.malformed,
                    _ => panic!("no outcome in {name}"),
                } += count;
            }
        }
        sum
    }

    /// By what requests were judged, as Tollgate tells it.
    pub async fn modes(&self) -> Modes {
        let mut sum = Modes::default();
        for envoy in &self.envoys {
            for (name, count) in envoy.admin().stats("tollgate_ratelimit_judged_total").await {
                *match label_of(&name, "mode") {
                    Some("fleet") => &mut sum.fleet,
                    Some("credit") => &mut sum.credit,
                    Some("local") => &mut sum.local,
                    Some("allow") => &mut sum.allow,
                    Some("deny") => &mut sum.deny,
                    _ => panic!("no mode in {name}"),
                } += count;
            }
        }
        sum
    }

    /// Seconds of processor time that both have used.
    pub fn cpu_seconds(&self) -> f64 {
        self.envoys.iter().map(Envoy::cpu_seconds).sum()
    }

    /// How often the module's instances died and were loaded anew, or could not be.
    pub async fn deaths(&self) -> u64 {
        let mut deaths = 0;
        for envoy in &self.envoys {
            deaths += envoy.admin().stats("vm_reload").await.into_iter().map(|(_, count)| count).sum::<u64>();
        }
        deaths
    }
}

/// By what requests were judged, as Tollgate counts them: `tollgate_ratelimit_judged_total{mode}`, over both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// By what the service gave.
    pub fleet: u64,
    /// Before it was asked.
    pub credit: u64,
    /// By each Envoy's part of the limit, without it.
    pub local: u64,
    /// Not at all.
    pub allow: u64,
    /// Refused without it.
    pub deny: u64,
}

impl Modes {
    /// What came in since.
    pub fn since(self, before: Self) -> Self {
        Self {
            fleet: self.fleet - before.fleet,
            credit: self.credit - before.credit,
            local: self.local - before.local,
            allow: self.allow - before.allow,
            deny: self.deny - before.deny,
        }
    }

    /// Whether at least nine of ten were judged with the service. Where a machine is busy, a call may take too long at
    /// any time, and a few be judged without it.
    pub fn is_by_fleet(self) -> bool {
        let with = self.fleet + self.credit;
        with > 0 && with >= 9 * (self.local + self.allow + self.deny)
    }
}

/// The value of a label: `ok` of `outcome` in `wasmcustom.tollgate_ratelimit_service_total_outcome=.=ok;.;`.
fn label_of<'a>(name: &'a str, label: &str) -> Option<&'a str> {
    let behind = name.split_once(&format!("_{label}=.="))?.1;
    Some(behind.split_once(";.;")?.0)
}
