//! Figures to show: those of an ordinary day, and those of somebody who means harm.

use serde_json::{Value, json};

/// Markup that would run, if it were ever read as markup; one for each place a value can come to.
pub(crate) const MARKUP: [&str; 6] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>alert(2)</script>",
    "<svg onload=alert(3)>",
    "</summary></table><iframe src=javascript:alert(4)>",
    "' onfocus=alert(5) autofocus='",
    "{{alert(6)}}${alert(6)}<style>*{display:none}</style>",
];

/// Two tenants, keys in all states, and more reasons than there are colours.
pub(crate) fn ordinary() -> (Value, Vec<Value>) {
    let scope = |allowed: u64, denied: Value, redactions: Value| {
        let sum: u64 = denied.as_object().expect("by reason").values().filter_map(Value::as_u64).sum();
        json!({"allowed": allowed, "denied": sum, "aborted": 7, "denied_by_reason": denied,
            "shadowed_by_reason": {"too-many-phones": 3}, "violations": {"burst": 2, "rejected-key": 9},
            "blocks": 1, "redactions": redactions})
    };
    let acme_reasons = json!({"rate-limited": 420, "text-too-long": 81, "too-many-urls": 42, "namespace-denied": 23,
        "expired-api-key": 17, "blocked": 12, "body-too-large": 9, "malformed-body": 4, "invalid-utf8": 2});
    let nobody_reasons = json!({"missing-api-key": 120, "invalid-api-key": 60});
    let mut acme = scope(1_234_567, acme_reasons.clone(), json!({"email": 1900, "phone": 31}));
    acme["keys"] = json!([
        key("acme-well", "live", 5, Some(85), false),
        key("acme-over", "expired", 200, Some(0), false),
        key("acme-soon", "live", 80, Some(10), true),
        key("acme-sooner", "live", 88, Some(2), true),
        key("acme-old", "live", 700, None, true),
        key("acme-next", "not-yet", 0, Some(90), false),
    ]);
    let mut globex = scope(4321, json!({"rate-limited": 5}), json!({}));
    globex["keys"] = json!([]);
    let without_tenant = scope(0, nobody_reasons.clone(), json!({}));
    let mut all_reasons = acme_reasons;
    all_reasons["rate-limited"] = json!(425);
    for (name, count) in nobody_reasons.as_object().expect("by reason") {
        all_reasons[name] = count.clone();
    }
    let total = scope(1_238_888, all_reasons, json!({"email": 1900, "phone": 31}));
    let stats = json!({"now": "2026-11-23T22:30:00Z", "retention_hours": 24, "total": total,
        "without_tenant": without_tenant, "tenants": {"acme": acme, "globex": globex}});
    let records = vec![
        record("2026-11-23T22:29:57.120Z", "allowed", Value::Null, 200, &[]),
        record("2026-11-23T22:29:58.250Z", "denied", json!("rate-limited"), 429, &[]),
        record("2026-11-23T22:29:59.003Z", "allowed", Value::Null, 200, &["too-many-phones"]),
        record("2026-11-23T22:29:59.500Z", "aborted", Value::Null, 0, &[]),
        json!({"ts": "2026-11-23T22:29:59.900Z", "event": "erasure", "tenant": null, "erased_tenant": "initech"}),
    ];
    (stats, records)
}

/// All of it, with markup wherever a text can stand.
pub(crate) fn hostile() -> (Value, Vec<Value>) {
    let [tenant, reason, key_id, path, agent, name] = MARKUP;
    let counts = |count: u64| {
        json!({"allowed": count, "denied": count, "aborted": count, "blocks": count,
        "denied_by_reason": {reason: count}, "shadowed_by_reason": {reason: count}, "violations": {name: count},
        "redactions": {name: count}})
    };
    let mut scope = counts(3);
    scope["keys"] = json!([key(key_id, "live", 1, Some(1), true)]);
    scope["keys"][0]["not_after"] = json!(path);
    let stats = json!({"now": "2026-11-23T22:30:00Z", "retention_hours": 24, "total": counts(3),
        "without_tenant": counts(0), "tenants": {tenant: scope}});
    let mut denied = record("2026-11-23T22:29:58.250Z", "denied", json!(reason), 429, &[]);
    denied["tenant"] = json!(tenant);
    denied["key_id"] = json!(key_id);
    denied["method"] = json!(name);
    denied["path"] = json!(path);
    denied["user_agent"] = json!(agent);
    denied["forwarded_for"] = json!(agent);
    denied["client"] = json!(name);
    denied["request_id"] = json!(reason);
    denied["redactions"] = json!({name: 1});
    denied["shadowed"] = json!([reason]);
    let erasure =
        json!({"ts": "2026-11-23T22:29:59Z", "event": name, "tenant": null, "erased_tenant": tenant});
    (stats, vec![denied, erasure])
}

fn key(id: &str, state: &str, age_days: u64, days_left: Option<u64>, replace: bool) -> Value {
    let not_after = days_left.map(|days| format!("2027-01-{:02}T00:00:00Z", days % 28 + 1));
    json!({"id": id, "state": state, "age_days": age_days, "days_left": days_left, "not_after": not_after,
        "replace": replace})
}

fn record(ts: &str, decision: &str, reason: Value, status: u16, shadowed: &[&str]) -> Value {
    json!({"ts": ts, "request_id": format!("id-{ts}"), "tenant": "acme", "key_id": "acme-well",
        "client": "192.0.2.1", "method": "POST", "path": "/v1/acme/letters?to=[EMAIL]", "decision": decision,
        "reason": reason, "status": if status == 0 { Value::Null } else { json!(status) },
        "counts": {"urls": 0, "phones": 0, "chars": 12}, "redactions": {"email": 1}, "bytes": 123,
        "user_agent": "curl/8.5.0", "forwarded_for": null, "shadowed": shadowed})
}
