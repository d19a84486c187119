//! What Tollgate does, as scenarios: one set for every backend.
//!
//! Each file is one check, in the order in which a request meets them. To add a scenario is to add a few lines to the
//! list of its file.

mod addresses;
mod admin;
mod answers;
mod blocks;
mod clock;
mod configuration;
mod https;
mod identity;
mod input;
mod keys;
mod namespaces;
mod paths;
mod places;
mod public;
mod rate;
mod text;
mod windows;

pub use configuration::{at_start, rejected};

use crate::fixture::{Calendar, key};
use crate::message::Request;
use crate::scenario::{ClockScenario, Scenario, get};

/// Scenarios for every backend; `calendar` is of the clock the module will read.
pub fn everywhere(calendar: Calendar) -> Vec<Scenario> {
    [
        admin::scenarios(),
        https::scenarios(),
        addresses::scenarios(),
        public::scenarios(),
        keys::scenarios(),
        places::scenarios(),
        windows::scenarios(calendar),
        blocks::scenarios(),
        namespaces::scenarios(),
        paths::scenarios(),
        rate::scenarios(),
        input::scenarios(),
        text::scenarios(),
        identity::scenarios(),
        answers::scenarios(),
    ]
    .concat()
}

/// Scenarios that move the clock.
pub fn with_moved_clock(calendar: Calendar) -> Vec<ClockScenario> {
    clock::scenarios(calendar)
}

/// A GET by acme, with the key it has.
fn by_acme(target: &str) -> Request {
    get(target).field("x-api-key", key("acme-live"))
}

/// The challenge of every 401, where keys are taken as Bearer too.
const CHALLENGE: &str = r#"Bearer realm="tollgate".*, ApiKey realm="tollgate""#;
