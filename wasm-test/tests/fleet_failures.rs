//! A rate limit service that fails in every way one can: nobody hangs, and everybody is told what `on_failure` says.
//!
//! Most of these cannot be had from the real service at will, so a stand-in is told to fail so. What it says when it
//! does not fail is as the real one says it, and what it was asked is looked at.

use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::{Instant, interval};
use wasm_test::client::{self, Http1, PATIENCE};
use wasm_test::envoy::{Bootstrap, Listener, ListenerFile, Release, Stage};
use wasm_test::fixture::{Configuration, key};
use wasm_test::fleet::{
    AfterOverLimit, Clock, Envoys, FakeService, Fleet, Gate, Load, Manner, Outcome, Pace, Requests,
    ServiceOutcomes, distributed,
};
use wasm_test::message::{Request, Response};
use wasm_test::scenario::get;

/// How long calls may take here: less than nothing to a person, enough for a busy machine.
const TIMEOUT_MS: u64 = 300;

/// Requests of a trial: more than may pass before the service was asked, less than an Envoy's part of the limit.
const REQUESTS: usize = 20;

/// Two Envoys before a service that does as it is told.
struct Trial {
    runtime: Runtime,
    service: FakeService,
    envoys: Envoys,
}

impl Trial {
    fn set(on_failure: &str, manner: Manner, label: &str) -> Self {
        Self::with(on_failure, manner, label, |_| {})
    }

    fn with(on_failure: &str, manner: Manner, label: &str, change: fn(&mut Bootstrap)) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let gate = Gate::Tollgate(Listener::new("tollgate", &configuration(on_failure)));
        let (service, envoys) = runtime.block_on(async {
            let service = FakeService::start(manner).await;
            let envoys = Envoys::start_with(Release::Newest, &[], label, |upstream| {
                let mut bootstrap = gate.bootstrap(upstream, service.address());
                change(&mut bootstrap);
                bootstrap
            });
            let envoys = envoys.await;
            (service, envoys)
        });
        Self { runtime, service, envoys }
    }

    fn ask(&self, requests: usize) -> Vec<Response> {
        ask(&self.runtime, &self.envoys, requests)
    }

    /// Asks until this was counted.
    fn ask_until(&self, what: &str, counted: impl Fn(ServiceOutcomes) -> bool) {
        let gates = self.envoys.gates();
        self.runtime.block_on(async {
            let deadline = Instant::now() + PATIENCE;
            let mut asking = interval(Duration::from_millis(20));
            loop {
                let outcomes = self.envoys.service_outcomes().await;
                if counted(outcomes) {
                    return;
                }
                assert!(Instant::now() < deadline, "{what}: {outcomes:?}");
                asking.tick().await;
                for gate in gates {
                    client::send(gate, &by_acme()).await.expect("nobody hangs");
                }
            }
        });
    }

    fn outcomes(&self) -> ServiceOutcomes {
        self.runtime.block_on(self.envoys.service_outcomes())
    }

    fn assert_no_instance_died(&self) {
        assert_eq!(self.runtime.block_on(self.envoys.deaths()), 0, "{}", self.envoys.envoy(0).log());
    }

    fn logs(&self) -> String {
        logs(&self.envoys)
    }
}

/// acme may make 200 requests a second, 100 in each Envoy where the service fails.
fn configuration(on_failure: &str) -> Configuration {
    distributed(200, &["acme-live".to_owned()])
        .set("/rate_limit/distributed/timeout_ms", json!(TIMEOUT_MS))
        .set("/rate_limit/distributed/on_failure", json!(on_failure))
}

fn by_acme() -> Request {
    get("/v1/acme/orders").field("x-api-key", key("acme-live"))
}

fn statuses(answers: &[Response]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

/// What went wrong, as the log and `tollgate_ratelimit_service_total` tell it.
struct Complaint {
    said: &'static str,
    counted: fn(ServiceOutcomes) -> u64,
}

const TIMEOUT: Complaint = Complaint { said: "takes longer than timeout_ms", counted: |it| it.timeout };
const FAILED: Complaint = Complaint { said: "calls fail", counted: |it| it.failed };
const MALFORMED: Complaint =
    Complaint { said: "does not answer as a rate limit service", counted: |it| it.malformed };
const MISCONFIGURED: Complaint = Complaint { said: "counts nothing", counted: |it| it.misconfigured };

#[test]
fn whatever_the_service_does_requests_are_answered_and_it_is_named_and_forgiven() {
    let garbage = vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let manners = [
        (Manner::Silent, TIMEOUT),
        (Manner::Late(Duration::from_millis(2 * TIMEOUT_MS)), TIMEOUT),
        (Manner::Reset, FAILED),
        (Manner::Close, FAILED),
        (Manner::GrpcStatus(14), FAILED),
        (Manner::HttpStatus(503), FAILED),
        (Manner::Message(garbage), MALFORMED),
        (Manner::Message(vec![0x80; 100_000]), MALFORMED),
        (Manner::Message(Vec::new()), MALFORMED),
        (Manner::TooFewStatuses, MALFORMED),
        (Manner::NoLimit, MISCONFIGURED),
    ];
    let trial = Trial::set("local", Manner::Ok, "manners");
    for (manner, Complaint { said, counted }) in manners {
        let told = || trial.logs().matches(said).count();
        let (told_before, counted_before) = (told(), counted(trial.outcomes()));
        trial.service.turn(manner.clone());
        let answers = statuses(&trial.ask(REQUESTS));
        assert!(answers.iter().all(|status| *status == 200), "{manner:?}: {answers:?}");
        // A worker complains once it left the service alone, which takes a few failures in a row.
        trial.ask_until(&format!("{manner:?} was not named {said:?}"), |outcomes| {
            counted(outcomes) > counted_before && told() > told_before
        });
        trial.service.turn(Manner::Ok);
        let before = trial.outcomes().ok;
        trial.ask_until(&format!("{manner:?} was not forgiven"), |outcomes| outcomes.ok > before + 10);
    }
    trial.assert_no_instance_died();
}

#[test]
fn the_service_is_asked_for_tenant_and_key_and_told_the_limit() {
    let trial = Trial::set("local", Manner::Ok, "asked");
    trial.ask(REQUESTS);
    let asked = trial.service.asked();
    let tokens = asked.iter().flatten().find(|asked| asked.entries.len() == 2).expect("it was asked");
    assert_eq!(tokens.domain, "tollgate");
    let entry = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(tokens.entries, [entry("tenant", "acme"), entry("key", "acme-live")]);
    const SECOND: u64 = 1;
    assert_eq!(tokens.limit, Some((200, SECOND)));
    assert!((1..=10).contains(&tokens.hits), "{tokens:?}");
    let leaks = asked.iter().flatten().any(|asked| format!("{asked:?}").contains(&key("acme-live")));
    assert!(!leaks, "the key itself was sent");
}

#[test]
fn who_denies_on_failure_answers_503_and_who_allows_lets_everything_pass() {
    let denying = Trial::set("deny", Manner::Reset, "deny");
    denying.ask(REQUESTS);
    let answers = denying.ask(REQUESTS);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    // One in each worker may have come before the service was asked.
    assert!(refused.len() >= REQUESTS - 4, "{:?}", statuses(&answers));
    for answer in refused {
        assert_eq!(answer.problem().as_deref(), Some("rate-limit-unavailable"));
        assert!(answer.fields.has("retry-after"), "{answer:?}");
    }

    let allowing = Trial::set("allow", Manner::Reset, "allow");
    let answers = statuses(&allowing.ask(500));
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
}

#[test]
fn a_service_that_is_over_its_limit_is_asked_no_more_in_that_second() {
    let trial = Trial::set("local", Manner::OverLimit, "over");
    let (clock, gates) = (Clock::of_this_machine(), trial.envoys.gates());
    let requests = Requests::with_keys("/v1/acme/orders", [key("acme-live")]);
    const SECONDS: u64 = 3;
    let attempts = trial.runtime.block_on(async {
        let flood = Pace::AsFastAsAnswered { connections: 8 };
        Load::begin(clock, gates, &requests, flood, Duration::from_secs(SECONDS)).finish().await
    });
    let refused = attempts.iter().filter(|attempt| attempt.outcome == Outcome::Answered(429)).count();
    let calls = trial.service.asked().len();
    // In each second each worker of each Envoy may find out for itself, once more where the clocks of both may differ,
    // and look for blocks.
    let calls_max = 16 * (SECONDS as usize + 1);
    assert!(calls <= calls_max && refused > 10 * calls_max, "{calls} calls for {refused} refusals");
}

#[test]
fn without_the_cluster_or_without_endpoints_nobody_waits() {
    type Place = (&'static str, fn(&mut Bootstrap));
    let places: [Place; 2] =
        [("no-cluster", Bootstrap::without_service), ("no-endpoints", Bootstrap::without_service_endpoints)];
    for (name, change) in places {
        let local = Trial::with("local", Manner::Ok, name, change);
        let answers = statuses(&local.ask(REQUESTS));
        assert!(answers.iter().all(|status| *status == 200), "{name}: {answers:?}");
        assert!(local.outcomes().failed > 0, "{name}: {:?}", local.outcomes());
        assert_eq!(local.outcomes().ok, 0, "{name}");
        local.assert_no_instance_died();

        let denying = Trial::with("deny", Manner::Ok, name, change);
        denying.ask(REQUESTS);
        let answers = statuses(&denying.ask(REQUESTS));
        assert!(answers.contains(&503), "{name}: {answers:?}");
        denying.assert_no_instance_died();
    }
}

#[test]
fn a_client_that_leaves_while_it_waits_takes_nobody_along() {
    let trial = Trial::set("local", Manner::Late(Duration::from_millis(TIMEOUT_MS / 2)), "left");
    let gates = trial.envoys.gates();
    trial.runtime.block_on(async {
        for number in 0..40 {
            let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let mut connection =
                Http1::connect(gates[number % 2], source).await.expect("Envoy takes connections");
            let head =
                format!("GET /v1/acme/x HTTP/1.1\r\nhost: a\r\nx-api-key: {}\r\n\r\n", key("acme-live"));
            connection.write(head.as_bytes()).await.expect("it is open");
            // Time for Envoy to read it, and less than the answer takes.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    trial.service.turn(Manner::Ok);
    let answers = statuses(&trial.ask(REQUESTS));
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    trial.ask_until("the service is not asked any more", |outcomes| outcomes.ok > 10);
    trial.assert_no_instance_died();
}

#[test]
fn updates_of_the_configuration_leave_nobody_waiting() {
    let runtime = Runtime::new().expect("a runtime");
    let service = runtime.block_on(FakeService::start(Manner::Late(Duration::from_millis(TIMEOUT_MS / 2))));
    let listener = |lease: u32| {
        let configuration = configuration("local").set("/rate_limit/distributed/lease", json!(lease));
        Listener { answers_itself: true, ..Listener::new("fleet-updated", &configuration) }
    };
    let file = ListenerFile::of_fleet(Release::Newest, &listener(1));
    let mut stage = Stage::of_fleet_watching(&file, service.address());
    let gates = [stage.address(); 2];
    let clock = Clock::of_this_machine();
    let requests = Requests::with_keys("/v1/acme/orders", [key("acme-live")]);
    let pace = Pace::AsFastAsAnswered { connections: 16 };
    let load = {
        let _in_runtime = stage.runtime.enter();
        Load::begin(clock, gates, &requests, pace, Duration::from_secs(6))
    };
    for lease in 2..=4 {
        stage.update(&file, &listener(lease), "listener_manager.lds.update_success");
    }
    // Another environment makes another VM in the place of this one.
    let moved = Listener { host_env_keys: Some(vec!["PATH".to_owned()]), ..listener(5) };
    stage.update(&file, &moved, "listener_manager.lds.update_success");
    let attempts = stage.runtime.block_on(load.finish());
    let strange: Vec<_> = attempts
        .iter()
        .filter(|attempt| !matches!(attempt.outcome, Outcome::Answered(200 | 429)))
        .map(|attempt| attempt.outcome)
        .collect();
    assert!(strange.is_empty(), "{} of {}: {strange:?}", strange.len(), attempts.len());
    assert!(
        attempts.iter().any(|attempt| attempt.latency >= Duration::from_millis(TIMEOUT_MS / 4)),
        "nobody waited"
    );
}

#[test]
fn a_domain_that_the_real_service_does_not_know_is_named_as_what_it_is() {
    let configuration = configuration("deny").set("/rate_limit/distributed/domain", json!("elsewhere"));
    let gate = Gate::Tollgate(Listener::new("tollgate", &configuration));
    let fleet = Fleet::start(&gate, AfterOverLimit::CountOthers, "elsewhere");
    let Fleet { runtime, envoys, .. } = &fleet;
    ask(runtime, envoys, REQUESTS);
    let answers = statuses(&ask(runtime, envoys, REQUESTS));
    assert!(answers.contains(&503), "{answers:?}");
    let outcomes = runtime.block_on(envoys.service_outcomes());
    assert!(outcomes.misconfigured > 0 && outcomes.ok == 0, "{outcomes:?}");
    let logs = logs(envoys);
    assert!(logs.contains("its configuration must have the domain"), "{logs}");
}

/// Requests to both Envoys in turn, all at once, each on a connection of its own, so that some reach every worker.
fn ask(runtime: &Runtime, envoys: &Envoys, requests: usize) -> Vec<Response> {
    let gates = envoys.gates();
    runtime.block_on(async {
        let asking: Vec<_> = (0..requests)
            .map(|number| tokio::spawn(async move { client::send(gates[number % 2], &by_acme()).await }))
            .collect();
        let mut answers = Vec::new();
        for answer in asking {
            answers.push(answer.await.expect("no client fails").expect("nobody hangs"));
        }
        answers
    })
}

fn logs(envoys: &Envoys) -> String {
    format!("{}{}", envoys.envoy(0).log(), envoys.envoy(1).log())
}
