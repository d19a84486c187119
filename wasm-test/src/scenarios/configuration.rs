//! Configurations that must not be taken, and what the log must say of each mistake.

use crate::fixture::{Configuration, development, key, production};
use crate::scenario::Rejected;
use serde_json::json;

/// Mistakes an operator makes; each is named with its JSON path.
pub fn rejected() -> Vec<Rejected> {
    [shapes(), production_only(), values(), tenants()].concat()
}

/// A configuration with several mistakes, for an Envoy that starts with it.
pub fn at_start() -> Rejected {
    let configuration = production()
        .set("/require_https", json!(false))
        .set("/tenants/0/keys/0", json!({"id": "acme-live", "env": "TOLLGATE_NO_SUCH_VARIABLE"}))
        .set("/tenants/1/keys/0", json!({"id": "globex-live", "plaintext": key("globex-live")}))
        .set("/redaction/mode", json!("off"))
        .set("/rate_limit/burst", json!(0));
    Rejected::new("every problem is told at once", configuration)
        .problem("$.require_https", &[])
        .problem("$.tenants[0].keys[0].env", &["TOLLGATE_NO_SUCH_VARIABLE"])
        .problem("$.tenants[1].keys[0].plaintext", &[])
        .problem("$.redaction.mode", &["off"])
        .problem("$.rate_limit.burst", &["0"])
}

fn shapes() -> Vec<Rejected> {
    vec![
        Rejected::new("no tenants", Configuration::of(json!({}))).problem("$.tenants", &[]),
        Rejected::new("not an object", Configuration::of(json!([1]))).problem("$", &[]),
        Rejected::new(
            "an unknown field names the nearest known one",
            development().set("/rate_limitt", json!({})),
        )
        .problem("$.rate_limitt", &["rate_limit"]),
        Rejected::new(
            "also deep inside",
            development().set("/tenants/0/keys/0/not_befor", json!("2020-01-01T00:00:00Z")),
        )
        .problem("$.tenants[0].keys[0].not_befor", &["not_before"]),
        Rejected::new("a wrong type", development().set("/rate_limit/burst", json!("20")))
            .problem("$.rate_limit.burst", &[]),
        Rejected::new("an unknown word", development().set("/waf/mode", json!("off")))
            .problem("$.waf.mode", &["enforce", "shadow"]),
    ]
}

fn production_only() -> Vec<Rejected> {
    vec![
        at_start(),
        Rejected::new("production without a tenant", production().set("/tenants", json!([])))
            .problem("$.tenants", &[]),
        Rejected::new(
            "production without a key",
            production().set("/tenants/0/keys", json!([])).set("/tenants/1/keys", json!([])),
        )
        .problem("$.tenants", &["key"]),
    ]
}

fn values() -> Vec<Rejected> {
    vec![
        Rejected::new("zero is not off", {
            development()
                .set("/rate_limit/requests_per_second", json!(0))
                .set("/input/max_body_bytes", json!(0))
                .set("/input/max_url_bytes", json!(0))
                .set("/waf/block/violations", json!(0))
        })
        .problem("$.rate_limit.requests_per_second", &["0"])
        .problem("$.input.max_body_bytes", &["0"])
        .problem("$.input.max_url_bytes", &["0"])
        .problem("$.waf.block.violations", &["0"]),
        Rejected::new(
            "a network with host bits set names the right one",
            development().set("/ip_deny", json!(["10.1.2.3/8", "2001:db8::1/32"])),
        )
        .problem("$.ip_deny[0]", &["10.0.0.0/8"])
        .problem("$.ip_deny[1]", &["2001:db8::/32"]),
        Rejected::new("no address", development().set("/ip_allow", json!(["localhost", "300.1.1.1"])))
            .problem("$.ip_allow[0]", &[])
            .problem("$.ip_allow[1]", &[]),
        Rejected::new(
            "a public path that can be read in two ways",
            development().set("/public_paths", json!(["docs", "/a/../b"])),
        )
        .problem("$.public_paths[0]", &["/"])
        .problem("$.public_paths[1]", &[]),
        Rejected::new(
            "a place for keys that is two or none",
            development().set(
                "/api_keys/sources",
                json!([{"header": "a", "query": "b"}, {}, {"query": "a", "scheme": "Bearer"}]),
            ),
        )
        .problem("$.api_keys.sources[0]", &[])
        .problem("$.api_keys.sources[1]", &[])
        .problem("$.api_keys.sources[2]", &["scheme"]),
        Rejected::new("no place for keys", development().set("/api_keys/sources", json!([])))
            .problem("$.api_keys.sources", &[]),
        Rejected::new(
            "audit and admin",
            development()
                .set("/audit", json!({"capacity": 0, "retention_hours": 721, "records": "some"}))
                .set("/admin", json!({"key_env": "A", "key_sha256": "00"})),
        )
        .problem("$.audit.capacity", &["1 to 65536"])
        .problem("$.audit.retention_hours", &["1 to 720"])
        .problem("$.audit.records", &["all", "denied", "off"])
        .problem("$.admin", &["not both"]),
        Rejected::new(
            "a shared limit",
            development()
                .set("/rate_limit/distributed", json!({"cluster": "", "lease": 0, "on_failure": "open"})),
        )
        .problem("$.rate_limit.distributed.cluster", &["1 to 100"])
        .problem("$.rate_limit.distributed.lease", &["1 to 10000"])
        .problem("$.rate_limit.distributed.on_failure", &["local", "allow", "deny"]),
    ]
}

fn tenants() -> Vec<Rejected> {
    vec![
        Rejected::new(
            "ids",
            development().set("/tenants/0/id", json!("Acme Inc")).set("/tenants/1/keys/0/id", json!("")),
        )
        .problem("$.tenants[0].id", &[])
        .problem("$.tenants[1].keys[0].id", &[]),
        Rejected::new("two tenants of one name", development().set("/tenants/1/id", json!("acme")))
            .problem("$.tenants[1].id", &["unique"]),
        Rejected::new("one key for two tenants", {
            let ours = development().json()["tenants"][0]["keys"][0]["sha256"].clone();
            development().set("/tenants/1/keys/0/sha256", ours)
        })
        .problem("$.tenants", &["acme-live", "globex-live", "the same key"]),
        Rejected::new("a key that is nothing, or two things", {
            development()
                .set("/tenants/0/keys/0", json!({"id": "a"}))
                .set("/tenants/1/keys/0", json!({"id": "b", "env": "HOME", "plaintext": key("b")}))
        })
        .problem("$.tenants[0].keys[0]", &["sha256"])
        .problem("$.tenants[1].keys[0]", &[]),
        Rejected::new("a digest that is none", development().set("/tenants/0/keys/0/sha256", json!("abc")))
            .problem("$.tenants[0].keys[0].sha256", &["64"]),
        Rejected::new("a window that ends before it begins", {
            development()
                .set("/tenants/0/keys/0/not_before", json!("2026-02-01T00:00:00Z"))
                .set("/tenants/0/keys/0/not_after", json!("2026-01-01T00:00:00Z"))
        })
        .problem("$.tenants[0].keys[0].not_after", &[]),
        Rejected::new(
            "a day that is none",
            development().set("/tenants/0/keys/0/not_after", json!("2026-02-30T00:00:00Z")),
        )
        .problem("$.tenants[0].keys[0].not_after", &[]),
        Rejected::new(
            "a namespace that is no path",
            development().set(
                "/tenants/0/namespaces",
                json!([{"path": "v1/acme"}, {"path": "/v1/../x"}, {"path": "/v1/acme/", "methods": []}]),
            ),
        )
        .problem("$.tenants[0].namespaces[0].path", &["/"])
        .problem("$.tenants[0].namespaces[1].path", &[])
        .problem("$.tenants[0].namespaces[2].methods", &[]),
        Rejected::new(
            "a key's own text is never logged",
            development().set("/tenants/0/keys/0", json!({"id": "x y", "plaintext": key("secret")})),
        )
        .problem("$.tenants[0].keys[0].id", &[]),
    ]
}
