//! What is proved on every release of Envoy: the same for all, so it stands here once.

use super::bootstrap::{Bootstrap, Listener};
use super::play::{Stage, play_all};
use super::process::{Envoy, WORKERS};
use super::{Release, listener_file::ListenerFile};
use crate::fixture::{Calendar, development, holds_key, key};
use crate::message::{Request, Response};
use crate::scenario::{Backend, Rejected, get};
use crate::scenarios;
use crate::tour::{Allowances, Keys, visits};
use crate::upstream::Upstream;
use serde_json::json;
use tokio::runtime::Runtime;

/// Every scenario comes out as expected.
///
/// # Panics
/// When one does not.
pub fn every_scenario_plays(release: Release) {
    let differences = play_all(release, &scenarios::everywhere(Calendar::of_this_machine()));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A configuration that is wrong keeps Envoy from starting; its log names every problem and no key.
///
/// # Panics
/// When it starts, or a problem is not named.
pub fn a_wrong_configuration_stops_the_start(release: Release) {
    let Rejected { configuration, .. } = scenarios::at_start();
    let listener = Listener::new("wrong", &configuration);
    let runtime = Runtime::new().expect("a runtime");
    let log = runtime.block_on(async {
        let upstream = Upstream::start().await.expect("a free port");
        let bootstrap = Bootstrap::for_test(&[listener], upstream.address());
        match Envoy::start(release, &bootstrap, &[], "wrong", WORKERS).await {
            Ok(_) => panic!("Envoy started with a wrong configuration"),
            Err(failure) => failure.log,
        }
    });
    let unnamed = scenarios::at_start().unnamed(&log);
    assert!(unnamed.is_empty(), "{}\n{log}", unnamed.join("\n"));
    assert!(!holds_key(&log), "a key was logged:\n{log}");
}

/// A configuration update takes effect and gives no tokens back; a wrong one is refused and changes nothing.
///
/// # Panics
/// When an update does otherwise.
pub fn updates_keep_buckets(release: Release) {
    /// Tokens that may have come back while Envoy took up the update, one a second.
    const REFILLED_MAX: usize = 30;
    const BURST: usize = 100;
    let limited = development().set("/rate_limit", json!({"requests_per_second": 1, "burst": BURST}));
    let denying = limited.clone().set("/ip_deny", json!(["127.6.6.6"]));
    let wrong = denying.clone().set("/rate_limit/burst", json!(0));

    let file = ListenerFile::new(release, &Listener::new("updated", &limited));
    let mut stage = Stage::watching(release, &file);
    let request = get("/v1/acme/x").field("x-api-key", key("acme-live"));
    let stranger = request.clone().from("127.6.6.6");
    assert_eq!(status(&mut stage, &stranger), 200);
    let before = admitted(&mut stage, &request, BURST + REFILLED_MAX);
    assert!(before >= BURST - 1, "{before} of {BURST}");

    stage.update(&file, &Listener::new("updated", &denying), "listener_manager.lds.update_success");
    assert_eq!(status(&mut stage, &stranger), 403, "the update has no effect");
    let after = admitted(&mut stage, &request, BURST);
    assert!(after <= REFILLED_MAX, "the update gave {after} tokens back");

    stage.update(&file, &Listener::new("updated", &wrong), "listener_manager.lds.update_rejected");
    assert_eq!(status(&mut stage, &stranger), 403, "a refused update changed something");
    assert!(stage.envoy.log().contains("$.rate_limit.burst"), "{}", stage.envoy.log());
}

/// The tour of the demo comes out as expected, with the shipped configuration.
///
/// # Panics
/// When it does not.
pub fn the_tour_is_as_expected(release: Release) {
    let keys = Keys::generate();
    let mut stage = Stage::set(release, &[Listener::shipped()], &keys.environment(), "tour");
    let differences: Vec<_> =
        visits(&keys, Allowances::DEMO).iter().flat_map(|visit| visit.play(&mut stage).differences).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn status(stage: &mut Stage, request: &Request) -> u16 {
    let observed = stage.exchange(request, &Response::new(200));
    observed.unwrap_or_else(|broken| panic!("{broken}")).response.status
}

/// How many requests in a row are admitted, `requests_max` at most.
fn admitted(stage: &mut Stage, request: &Request, requests_max: usize) -> usize {
    (0..requests_max).take_while(|_| status(stage, request) == 200).count()
}
