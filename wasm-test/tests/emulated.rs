//! The module on the emulated host: every scenario.

use wasm_test::emulated::{Emulated, World};
use wasm_test::fixture::Calendar;
use wasm_test::scenarios;

#[test]
fn every_scenario_plays() {
    let differences: Vec<_> = scenarios::everywhere(calendar()).iter().flat_map(Emulated::play).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn every_scenario_with_a_moved_clock_plays() {
    let scenarios = scenarios::with_moved_clock(calendar());
    let differences: Vec<_> = scenarios.iter().flat_map(Emulated::play_with_clock).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_wrong_configuration_is_refused_with_every_problem_named() {
    let differences: Vec<_> = scenarios::rejected().iter().flat_map(Emulated::offer).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn calendar() -> Calendar {
    Calendar::at(World::new().wall_ns())
}
