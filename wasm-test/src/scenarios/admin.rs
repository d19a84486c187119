//! The filter's own paths, which are never forwarded.

use crate::fixture::{development, key, production};
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
}
