//! Which paths and methods a key is good for.

use super::by_acme;
use crate::fixture::{development, key};
use crate::message::Request;
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let foreign = || refused(403, "namespace-denied");
    let post = |target: &str| Request::new("POST", target).field("x-api-key", key("acme-live"));
    vec![
        Scenario::new("a key opens its own namespace only", development())
            .step(by_acme("/v1/acme/orders/7"), admitted())
            .step(by_acme("/v1/acme/"), admitted())
            .step(by_acme("/v1/globex/orders"), foreign())
            .step(by_acme("/v1/globex/orders").http2(), foreign())
            .step(by_acme("/v1/acmecorp/orders"), foreign())
            .step(by_acme("/V1/ACME/orders"), foreign())
            .step(by_acme("/v1"), foreign())
            .step(by_acme("/"), foreign())
            .step(by_acme("/v1/acme/orders?next=/v1/globex/../x"), admitted()),
        Scenario::new("methods can be fewer", development().set("/tenants/0/namespaces", json!([{"path": "/v1/acme/", "methods": ["GET", "POST"]}, {"path": "/v1/acme/admin/", "methods": ["DELETE"]}])))
            .step(by_acme("/v1/acme/x"), admitted())
            .step(post("/v1/acme/x"), admitted())
            .step(Request::new("PUT", "/v1/acme/x").field("x-api-key", key("acme-live")), foreign())
            .step(Request::new("DELETE", "/v1/acme/admin/x").field("x-api-key", key("acme-live")), admitted())
            .step(Request::new("PURGE", "/v1/acme/x").field("x-api-key", key("acme-live")), foreign()),
        Scenario::new("without namespaces a key opens every path and method", development().set("/tenants/0/namespaces", json!(null)))
            .step(by_acme("/anything"), admitted())
            .step(Request::new("DELETE", "/v1/globex/x").field("x-api-key", key("acme-live")), admitted()),
        Scenario::new("nothing under a foreign namespace is told apart", development())
            .step(get("/v1/globex/x").field("x-api-key", key("acme-live")), foreign())
            .step(get("/no/such/path").field("x-api-key", key("acme-live")), foreign()),
    ]
}
