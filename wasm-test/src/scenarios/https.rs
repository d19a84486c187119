//! `require_https`: what Envoy says of the connection counts, not what a client says.

use super::by_acme;
use crate::fixture::{development, production};
use crate::scenario::{Scenario, admitted, answered, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let plain = || refused(403, "https-required");
    vec![
        Scenario::new("production refuses plain HTTP, whatever the client claims", production())
            .step(by_acme("/v1/acme/x"), plain())
            .step(by_acme("/v1/acme/x").http2(), plain())
            .step(by_acme("/v1/acme/x").field("x-forwarded-proto", "https"), plain())
            .step(by_acme("/v1/acme/x").http2().field("x-forwarded-proto", "https"), plain())
            .step(get("/v1/acme/x"), plain())
            .step(get("/tollgate/healthz"), answered(200)),
        Scenario::new("a trusted proxy says whether its client came over TLS", production())
            .step(
                by_acme("/v1/acme/x").forwarded_for("192.0.2.1").field("x-forwarded-proto", "https"),
                admitted(),
            )
            .step(
                by_acme("/v1/acme/x").forwarded_for("192.0.2.1").field("x-forwarded-proto", "http"),
                plain(),
            ),
        Scenario::new("two proxies that disagree are not believed", production()).step(
            by_acme("/v1/acme/x").forwarded_for("192.0.2.1").field("x-forwarded-proto", "https, http"),
            plain(),
        ),
        Scenario::new(
            "development takes plain HTTP, unless told not to",
            development().set("/require_https", json!(true)),
        )
        .step(by_acme("/v1/acme/x"), plain()),
    ]
}
