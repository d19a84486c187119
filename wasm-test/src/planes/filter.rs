//! The `Wasm` message of a manifest in a real Envoy, without its control plane.

use crate::envoy::{Bootstrap, Listener, Release, Stage};
use crate::message::{Request, Response};
use crate::module;
use crate::scenario::{Backend, Observation};
use serde_json::{Value, json};

/// Starts an Envoy with the shipped bootstrap and, in the place of its filter, this `Wasm` message. It is changed in one
/// thing: the module comes from this machine.
///
/// # Panics
/// When Envoy does not start.
pub fn set_stage(wasm: &Value, environment: &[(String, String)], label: &str) -> Stage {
    let mut wasm = wasm.clone();
    wasm["config"]["vm_config"]["code"] = json!({"local": {"filename": module::path()}});
    let filter = json!({"name": "tollgate", "typed_config": wasm});
    let listener = Listener { trusted_hops: 1, ..Listener::shipped() };
    let bootstrap = |upstream| {
        let mut bootstrap = Bootstrap::for_test(&[listener], upstream);
        bootstrap.put_filter(&filter);
        bootstrap
    };
    Stage::with_bootstrap(Release::Newest, bootstrap, environment, label)
}

/// Plays requests as if they had come over TLS to a trusted proxy in front, which is what the shipped configurations
/// ask for.
pub struct BehindTlsProxy<'a>(pub &'a mut Stage);

impl Backend for BehindTlsProxy<'_> {
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String> {
        let request = request.clone().forwarded_for("198.51.100.7").field("x-forwarded-proto", "https");
        self.0.exchange(&request, answer)
    }
}
