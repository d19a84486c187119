//! Paths that need no key, and tricks to reach others through them.

use super::by_acme;
use crate::fixture::{development, key};
use crate::scenario::{Scenario, admitted, get, post, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let house = || development().set("/public_paths", json!(["/status", "/docs/*"]));
    let locked = || refused(401, "missing-api-key");
    let tricks = [
        "/status/",
        "/status2",
        "/STATUS",
        "/status/../v1/acme/x",
        "/docs/../v1/acme/x",
        "/docs/..",
        "/docs/./../v1/acme/x",
        "/docs/%2e%2e/v1/acme/x",
        "/docs/.%2E/v1/acme/x",
        "/docs/..%2fv1/acme/x",
        "/docs/..%2Fv1%2facme",
        "/docs/%5c..%5cv1/acme",
        "/docs/..%5cv1/acme",
        "/docs/..;/v1/acme/x",
        "/docs/..;a=b/v1/acme/x",
        "/docs/%2e%2e;/v1/acme/x",
        "/docs/%252e%252e/v1/acme/x",
        "/docs/%c0%ae%c0%ae/v1/acme/x",
        "/docs/a%00b",
        "/Docs/a",
        "//docs/a",
        "/docs//../v1/acme",
        "/docs",
        "/x/../docs/a",
    ];
    let tricked = tricks
        .iter()
        .fold(Scenario::new("no trick makes a public path of another", house()), |script, trick| {
            script.step(get(trick), locked()).step(get(trick).http2(), locked())
        });
    vec![
        Scenario::new("a public path needs no key, but gives no identity either", house())
            .step(get("/status"), admitted().upstream_lacks("x-tollgate-tenant").no_field("ratelimit"))
            .step(get("/status?verbose=1"), admitted().upstream_path("/status?verbose=1"))
            .step(get("/docs/intro.html"), admitted())
            .step(get("/docs/"), admitted())
            .step(
                get("/status").field("x-tollgate-tenant", "globex"),
                admitted().upstream_lacks("x-tollgate-tenant"),
            )
            .step(by_acme("/status"), admitted().upstream_lacks("x-api-key"))
            .step(get("/status").field("x-api-key", "no such key"), admitted().upstream_lacks("x-api-key"))
            .step(get(&format!("/status?api_key={}", key("acme-live"))), admitted().upstream_path("/status")),
        tricked,
        // A backslash cannot be said in HTTP/2 by this client; a server of HTTP/1.1 may be sent one.
        Scenario::new("nor does a backslash", house())
            .step(get("/docs\\..\\v1\\acme"), locked())
            .step(get("/docs/..\\v1"), locked()),
        Scenario::new(
            "a public path skips the key, not the other checks",
            house().set("/ip_deny", json!(["127.6.6.6"])).set("/input/max_body_bytes", json!(10)),
        )
        .step(get("/status").from("127.6.6.6"), refused(403, "ip-denied"))
        .step(post("/status", "eleven byte"), refused(413, "body-too-large"))
        .step(post("/status", "x").field("content-encoding", "gzip"), refused(415, "unsupported-encoding")),
    ]
}
