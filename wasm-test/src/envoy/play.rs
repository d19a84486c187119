//! Scenarios through a real Envoy.

use super::ASKING_INTERVAL;
use super::binary::Release;
use super::bootstrap::{Bootstrap, Listener};
use super::listener_file::ListenerFile;
use super::process::{Envoy, WORKERS};
use crate::client;
use crate::fixture::holds_key;
use crate::message::{Peer, Request, Response};
use crate::scenario::{Backend, Observation, Scenario, Step, play};
use crate::upstream::Upstream;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::{interval, timeout};

/// How long Envoy may take to take up a change of its configuration.
const UPDATE_MAX: Duration = Duration::from_secs(30);

/// An Envoy with an upstream behind it, and one listener that is played on.
pub struct Stage {
    /// Where sockets live.
    pub runtime: Runtime,
    /// The recording upstream.
    pub upstream: Upstream,
    /// The running Envoy.
    pub envoy: Envoy,
    listener: SocketAddr,
    observed_bytes: u64,
}

impl Stage {
    /// Starts both, with these listeners; plays on the first.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn set(
        release: Release,
        listeners: &[Listener],
        environment: &[(String, String)],
        label: &str,
    ) -> Self {
        Self::with(release, |upstream| Bootstrap::for_test(listeners, upstream), environment, label, WORKERS)
    }

    /// Starts both, with these listeners and so many workers.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn of_workers(workers: usize, listeners: &[Listener], label: &str) -> Self {
        let bootstrap = |upstream| Bootstrap::for_test(listeners, upstream);
        Self::with(Release::Newest, bootstrap, &[], label, workers)
    }

    /// Starts both, with a listener out of a file that can be changed.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn watching(release: Release, file: &ListenerFile) -> Self {
        Self::watching_with_workers(release, file, WORKERS)
    }

    /// The same with so many workers.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn watching_with_workers(release: Release, file: &ListenerFile, workers: usize) -> Self {
        let bootstrap = |upstream| Bootstrap::watching(file.path(), upstream);
        Self::with(release, bootstrap, &[], "watching", workers)
    }

    /// Starts one of many Envoys that ask this rate limit service, with a listener out of a file that can be changed.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn of_fleet_watching(file: &ListenerFile, service: SocketAddr) -> Self {
        let bootstrap = |upstream| Bootstrap::fleet_watching(file.path(), upstream, service);
        Self::with(Release::Newest, bootstrap, &[], "fleet-watching", WORKERS)
    }

    /// Starts both, with this bootstrap for an upstream; plays on its first listener.
    ///
    /// # Panics
    /// When Envoy does not start.
    pub fn with_bootstrap(
        release: Release,
        bootstrap: impl FnOnce(SocketAddr) -> Bootstrap,
        environment: &[(String, String)],
        label: &str,
    ) -> Self {
        Self::with(release, bootstrap, environment, label, WORKERS)
    }

    fn with(
        release: Release,
        bootstrap: impl FnOnce(SocketAddr) -> Bootstrap,
        environment: &[(String, String)],
        label: &str,
        workers: usize,
    ) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let upstream = runtime.block_on(Upstream::start()).expect("a free port");
        let bootstrap = bootstrap(upstream.address());
        let started = runtime.block_on(Envoy::start(release, &bootstrap, environment, label, workers));
        let envoy = started.unwrap_or_else(|failure| panic!("{failure:?}"));
        let listener = runtime.block_on(envoy.admin().listeners()).first().expect("there is a listener").1;
        Self { runtime, upstream, envoy, listener, observed_bytes: 0 }
    }

    /// Changes the listener in the file, and waits until Envoy has taken it up, or refused it: until this counter
    /// has moved.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn update(&mut self, file: &ListenerFile, listener: &Listener, counter: &str) {
        let admin = self.envoy.admin();
        self.runtime.block_on(async {
            let before = admin.stat(counter).await;
            file.put(listener);
            let moved = async {
                let mut asking = interval(ASKING_INTERVAL);
                while admin.stat(counter).await == before {
                    asking.tick().await;
                }
            };
            timeout(UPDATE_MAX, moved).await.unwrap_or_else(|_| panic!("{counter} did not move"));
        });
    }

    /// Plays on another listener from now on.
    pub fn turn_to(&mut self, listener: &str) {
        self.listener = self.runtime.block_on(self.envoy.listener(listener));
    }

    /// Where the listener that is played on listens.
    pub fn address(&self) -> SocketAddr {
        self.listener
    }

    /// What reached upstream after the exchange it belonged to was over.
    fn late_bytes(&self) -> Option<String> {
        let late = self.upstream.record().bytes - self.observed_bytes;
        (late > 0).then(|| format!("{late} bytes reached upstream after their exchange was over"))
    }
}

impl Backend for Stage {
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String> {
        self.upstream.answer_with(answer.clone());
        let mark = self.upstream.mark();
        let response = self.runtime.block_on(client::send(self.listener, request));
        let record = self.upstream.since(mark);
        self.observed_bytes += record.bytes;
        let response = response.map_err(|error| error.to_string())?;
        Ok(Observation { response, upstream: record.requests, upstream_bytes: record.bytes })
    }
}

/// Plays all scenarios on one Envoy, each on a listener of its own; gives the differences.
///
/// At the end the upstream must have seen as many requests as were expected there, so that one which came late, after
/// its step was judged, is found out too.
pub fn play_all(release: Release, scenarios: &[Scenario]) -> Vec<String> {
    let listeners: Vec<_> =
        scenarios.iter().enumerate().map(|(index, scenario)| listener_of(index, scenario)).collect();
    let mut stage = Stage::set(release, &listeners, &environment_of(scenarios), "scenarios");
    let mut differences = Vec::new();
    for (scenario, listener) in scenarios.iter().zip(&listeners) {
        stage.turn_to(&listener.name);
        let development = scenario.configuration.is_development();
        for (number, step) in scenario.steps.iter().enumerate() {
            let name = |difference| format!("{}: step {}: {difference}", scenario.name, number + 1);
            differences.extend(play(step, &mut stage, development).into_iter().map(name));
        }
    }
    differences.extend(stage.late_bytes());
    differences.extend(keys_in_logs(&stage.envoy));
    differences
}

/// One environment for all; two scenarios must not give one name two values.
fn environment_of(scenarios: &[Scenario]) -> Vec<(String, String)> {
    let mut environment = BTreeMap::new();
    for (name, value) in scenarios.iter().flat_map(|scenario| &scenario.environment) {
        let known = environment.insert(name.clone(), value.clone());
        assert!(known.is_none_or(|known| known == *value), "two scenarios set {name}");
    }
    environment.into_iter().collect()
}

fn listener_of(index: usize, scenario: &Scenario) -> Listener {
    Listener {
        host_env_keys: Some(scenario.environment.iter().map(|(name, _)| name.clone()).collect()),
        trusted_hops: u32::from(scenario.steps.iter().any(is_forwarded)),
        ..Listener::new(&format!("scenario-{index}"), &scenario.configuration)
    }
}

fn is_forwarded(step: &Step) -> bool {
    let request = match step {
        Step::Exchange(exchange) => &exchange.request,
        Step::UntilRefused { refusal, .. } => &refusal.request,
    };
    matches!(request.peer, Peer::Forwarded(_))
}

/// No key may be logged.
fn keys_in_logs(envoy: &Envoy) -> Vec<String> {
    let logs = format!("{}{}", envoy.log(), envoy.access_log());
    let leaking = logs.lines().filter(|line| holds_key(line));
    leaking.map(|line| format!("a key was logged: {line}")).collect()
}
