//! What stands in both Envoys: Tollgate, or what it is measured beside.

use crate::envoy::{Bootstrap, Listener};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// What decides over requests.
#[derive(Clone, Debug)]
pub enum Gate {
    /// Tollgate, on this listener of the shipped `envoy/demo/distributed.yaml`.
    Tollgate(Listener),
    /// Envoy's own `envoy.filters.http.ratelimit`, with one of [`OWN_LIMITS`] for each key. It asks the same service
    /// with the same entries `tenant` and `key`; the service knows the limit.
    EnvoysOwn {
        /// Requests a second.
        limit: u32,
    },
    /// Nothing.
    Open,
}

/// The limits, in requests a second, that the service knows for Envoy's own filter.
pub const OWN_LIMITS: [u32; 4] = [1, 10, 200, 1_000];

/// Names its limits to the service. A domain of its own keeps its counts from Tollgate's.
const OWN_DOMAIN: &str = "own";

/// On every answer, when Envoy took the request and when it gave the answer: seconds since 1970, to the microsecond.
/// In between it was judged.
pub const STAMP: &str = "x-judged";

impl Gate {
    /// A bootstrap with it, which asks the service at this address.
    pub fn bootstrap(&self, upstream: SocketAddr, service: SocketAddr) -> Bootstrap {
        let shipped = Listener::shipped();
        let listener = if let Self::Tollgate(listener) = self { listener } else { &shipped };
        let mut bootstrap = Bootstrap::for_fleet(listener, upstream, service);
        bootstrap.answer_behind_filters();
        bootstrap.stamp_answers(STAMP);
        match self {
            Self::Tollgate(_) => {}
            Self::EnvoysOwn { limit } => bootstrap.replace_filter(Some((own_filter(), own_actions(*limit)))),
            Self::Open => bootstrap.replace_filter(None),
        }
        bootstrap
    }
}

/// Envoy's own filter, as its documentation has it: refuses when the service says so; when the service fails, the
/// default lets requests pass.
fn own_filter() -> Value {
    json!({
        "name": "envoy.filters.http.ratelimit",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit",
            "domain": OWN_DOMAIN,
            "timeout": "0.05s",
            "rate_limit_service": {
                "transport_api_version": "V3",
                "grpc_service": {"envoy_grpc": {"cluster_name": "ratelimit"}},
            },
        },
    })
}

fn own_actions(limit: u32) -> Value {
    json!([{"actions": [
        {"generic_key": {"descriptor_key": "tenant", "descriptor_value": tenant(limit)}},
        {"request_headers": {"header_name": "x-api-key", "descriptor_key": "key"}},
    ]}])
}

/// The service's configuration for it. JSON is YAML.
pub(super) fn own_limits() -> String {
    let limits = OWN_LIMITS.map(|limit| {
        json!({"key": "tenant", "value": tenant(limit), "descriptors": [
            {"key": "key", "rate_limit": {"unit": "second", "requests_per_unit": limit}},
        ]})
    });
    json!({"domain": OWN_DOMAIN, "descriptors": limits}).to_string()
}

fn tenant(limit: u32) -> String {
    format!("limited-to-{limit}")
}
