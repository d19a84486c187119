//! The module in Envoy 1.40.0, the newest supported.

use wasm_test::envoy::{Release, proof};

const RELEASE: Release = Release::Newest;

#[test]
fn every_scenario_plays() {
    proof::every_scenario_plays(RELEASE);
}

#[test]
fn a_wrong_configuration_keeps_envoy_from_starting_and_names_every_problem() {
    proof::a_wrong_configuration_stops_the_start(RELEASE);
}

#[test]
fn updates_keep_buckets_and_refused_ones_change_nothing() {
    proof::updates_keep_buckets(RELEASE);
}

#[test]
fn the_tour_of_the_demo_is_as_expected() {
    proof::the_tour_is_as_expected(RELEASE);
}
