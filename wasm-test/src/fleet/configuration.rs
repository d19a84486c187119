//! Tollgate's configuration in a fleet.

use crate::fixture::{Configuration, development, key, sha256};
use serde_json::{Value, json};

/// Tenant acme with these keys, so many requests a second each, shared by two Envoys as in the shipped
/// `envoy/demo/distributed.yaml`. The local bucket holds enough never to be the one that refuses.
pub fn distributed(limit: u32, keys: &[String]) -> Configuration {
    let entries: Vec<Value> =
        keys.iter().map(|name| json!({"id": name, "sha256": sha256(&key(name))})).collect();
    development()
        .set("/tenants", json!([{"id": "acme", "keys": entries, "namespaces": [{"path": "/v1/acme/"}]}]))
        .set("/waf/burst/requests", json!(1_000_000))
        .set(
            "/rate_limit",
            json!({
                "requests_per_second": limit,
                "burst": 1_000_000,
                "distributed": {
                    "cluster": "ratelimit", "domain": "tollgate", "timeout_ms": 50, "lease": 10,
                    "on_failure": "local", "replicas": 2,
                },
            }),
        )
}
