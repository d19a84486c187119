//! The filter's own paths, which are never forwarded.

use crate::fixture::{Configuration, development, key, production, sha256};
use crate::message::Request;
use crate::scenario::{Scenario, admitted, answered, get, post, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let healthy = || answered(200).body(r#"{"status":"ok"}"#).field("cache-control", "no-store");
    let unknown = || answered(404).field("cache-control", "no-store");
    vec![
        Scenario::new("healthz answers without a key, and without TLS", production())
            .step(get("/tollgate/healthz"), healthy())
            .step(get("/tollgate/healthz").http2(), healthy())
            .step(get("/tollgate/healthz?probe=1"), healthy()),
        Scenario::new(
            "without an admin key there is nothing else under the admin path, and none of it is forwarded",
            development(),
        )
        .step(get("/tollgate/"), unknown())
        .step(get("/tollgate"), unknown())
        .step(post("/tollgate/healthz", "x"), unknown())
        .step(post("/tollgate/stats", "x").http2(), unknown())
        .step(get("/tollgate/stats").field("authorization", "Bearer x"), unknown())
        .step(get("/tollgate/stats").field("x-api-key", key("acme-live")), unknown())
        .step(get("/tollgate/../v1/acme/x").field("x-api-key", key("acme-live")), unknown()),
        Scenario::new(
            "only whole segments make the admin path",
            development().set("/public_paths", json!(["/tollgates"])),
        )
        .step(get("/tollgates"), admitted()),
        Scenario::new("no other spelling is the admin path, nor public", development())
            .step(get("/%74ollgate/healthz"), refused(401, "missing-api-key"))
            .step(get("//tollgate/healthz"), refused(401, "missing-api-key"))
            .step(get("/Tollgate/healthz"), refused(401, "missing-api-key"))
            .step(get("/tollgate;/healthz"), refused(401, "missing-api-key")),
        Scenario::new("the admin path can be another", development().set("/admin/path", json!("/_gate")))
            .step(get("/_gate/healthz"), healthy())
            .step(get("/tollgate/healthz"), refused(401, "missing-api-key")),
    ]
    .into_iter()
    .chain(accounts())
    .collect()
}

/// What the filter tells of itself to whom it knows. Counters are of the whole Envoy, so each of these scenarios has
/// a tenant of its own.
fn accounts() -> Vec<Scenario> {
    let json = || answered(200).field("content-type", "application/json").field("cache-control", "no-store");
    let ask = |path: &str| get(path).field("authorization", format!("Bearer {}", key("admin")));
    let erase = |path: &str| Request { method: "DELETE".to_owned(), ..ask(path) };
    let by = |tenant: &str, target: &str| get(target).field("x-api-key", key(tenant));
    let unknown = || refused(401, "invalid-admin-key").field("www-authenticate", "Bearer realm=\"tollgate\"");
    let personal = "/?to=jo%40example.org&tel=%2B1+415+555+2671&card=4111111111111111&token=x7";
    vec![
        Scenario::new("the filter tells of itself to the admin key only", administered("alder"))
            .step(get("/tollgate/stats"), unknown())
            .step(get("/tollgate/stats").field("authorization", "Bearer wrong").http2(), unknown())
            .step(get("/tollgate/audit").field("x-api-key", key("alder")), unknown())
            .step(Request::new("DELETE", "/tollgate/tenants/alder/data"), unknown())
            .step(ask("/tollgate/stats"), json())
            .step(ask("/tollgate/nothing"), answered(404))
            .step(ask("/tollgate/audit?since=yesterday"), answered(400).body_like("RFC 3339")),
        Scenario::new("sums are of all workers and exact", administered("birch"))
            .repeat(5, &by("birch", "/"), &admitted())
            .repeat(3, &by("birch", "/").http2(), &admitted())
            .repeat(2, &by("birch", &"/x".repeat(5000)), &refused(414, "url-too-long"))
            .step(
                ask("/tollgate/stats"),
                json().body_like(
                    r#""birch":\{"allowed":8,"denied":2,"aborted":0,"denied_by_reason":\{"url-too-long":2\}"#,
                ),
            ),
        Scenario::new("records are lines of JSON without personal data", administered("cedar"))
            .step(by("cedar", personal).field("user-agent", "jo@example.org <script>"), admitted())
            .step(
                ask("/tollgate/audit?tenant=cedar"),
                answered(200)
                    .field("content-type", "application/x-ndjson")
                    .body_like(r#"^\{"ts":"[0-9T:.-]+Z",.*"tenant":"cedar","key_id":"cedar",[^\n]*\}\n$"#)
                    .body_like(r#""path":"/\?to=\[EMAIL\].*tel=\[PHONE\].*card=\[CREDIT_CARD\].*\[CREDENTIAL\]""#)
                    .body_like(r#""user_agent":"\[EMAIL\] \\\\u\{3c\}script"#)
                    .body_like(r#""decision":"allowed","reason":null,"status":200"#),
            ),
        Scenario::new("a tenant is erased, and nobody else", administered("dogwood"))
            .repeat(2, &by("dogwood", "/"), &admitted())
            .step(by("other", "/"), admitted())
            .step(
                erase("/tollgate/tenants/dogwood/data"),
                json().body(
                    r#"{"tenant":"dogwood","erased":{"audit_records":2,"counters":1,"violations":0,"buckets":1}}"#,
                ),
            )
            .step(erase("/tollgate/tenants/nobody/data"), answered(404))
            .step(ask("/tollgate/audit?tenant=dogwood"), answered(200).body(""))
            .step(ask("/tollgate/stats"), json().body_like(r#""dogwood":\{"allowed":0,"denied":0"#))
            .step(
                ask("/tollgate/audit"),
                answered(200)
                    .body_like(r#"^\{[^\n]*"tenant":"other"[^\n]*\n\{[^\n]*"erased_tenant":"dogwood"\}\n$"#),
            )
            .step(by("dogwood", "/"), admitted().field_like("ratelimit", r#""default";r=19;t=1"#)),
    ]
}

/// A gate with one tenant of this name, another one, and an admin.
fn administered(name: &str) -> Configuration {
    let tenant = |id: &str| json!({"id": id, "keys": [{"id": id, "sha256": sha256(&key(id))}]});
    development()
        .set("/tenants", json!([tenant(name), tenant("other")]))
        .set("/admin", json!({"key_sha256": sha256(&key("admin"))}))
}
