//! Who is measured.

use serde_json::json;
use wasm_test::envoy::Listener;
use wasm_test::fixture::{Configuration, key};
use wasm_test::fleet::{Gate, Requests, distributed};

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// The filter of this repository.
    Tollgate,
    /// `envoy.filters.http.ratelimit`.
    EnvoysOwn,
    /// Nobody: what is left is Envoy.
    Open,
}

impl Contender {
    /// As tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tollgate => "Tollgate",
            Self::EnvoysOwn => "Envoy's own",
            Self::Open => "no limit",
        }
    }

    /// It, with so many requests a second for each of these keys.
    pub(crate) fn gate(self, limit: u32, keys: &[String]) -> Gate {
        match self {
            Self::Tollgate => Gate::Tollgate(Listener::new("tollgate", &configuration(limit, keys))),
            Self::EnvoysOwn => Gate::EnvoysOwn { limit },
            Self::Open => Gate::Open,
        }
    }
}

/// A tenant with these keys, and a local bucket that is never the one that refuses.
fn configuration(limit: u32, keys: &[String]) -> Configuration {
    distributed(limit, keys).set("/audit", json!({"records": "all"}))
}

/// Requests with these keys in turn.
pub(crate) fn requests(keys: &[String]) -> Requests {
    Requests::with_keys("/v1/acme/orders", keys.iter().map(|name| key(name)))
}
