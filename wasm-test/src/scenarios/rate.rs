//! Buckets: who has one, when it is empty, and what clients are told of it.

use super::by_acme;
use crate::fixture::{development, key};
use crate::message::Response;
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let limit = |rate: u32, burst: u32| json!({"requests_per_second": rate, "burst": burst});
    let limited = || {
        refused(429, "rate-limited")
            .field_like("retry-after", "[1-9][0-9]*")
            .field_like("ratelimit", r#""default";r=0;t=[1-9][0-9]*"#)
    };
    let by_globex = || get("/v1/globex/x").field("x-api-key", key("globex-live"));
    vec![
        Scenario::new("an answer says what is left", development())
            .step(
                by_acme("/v1/acme/x"),
                admitted()
                    .field("ratelimit-policy", r#""default";q=10;w=1"#)
                    .field("ratelimit", r#""default";r=19;t=1"#),
            )
            .step(
                by_acme("/v1/acme/x").http2(),
                admitted().field_like("ratelimit", r#""default";r=1[89];t=1"#),
            ),
        Scenario::new(
            "an empty bucket refuses, and only its own key",
            development().set("/rate_limit", limit(1, 3)).acme_key("acme-2", json!({})),
        )
        .until_refused(
            3,
            10,
            by_acme("/v1/acme/x"),
            limited().field("ratelimit-policy", r#""default";q=1;w=1"#),
        )
        .step(
            get("/v1/acme/x").field("x-api-key", key("acme-2")),
            admitted().field("ratelimit", r#""default";r=2;t=1"#),
        )
        .step(by_globex(), admitted()),
        Scenario::new(
            "a tenant can have a limit of its own",
            development().set("/tenants/1/rate_limit", limit(2, 2)),
        )
        .until_refused(2, 20, by_globex(), limited().field("ratelimit-policy", r#""default";q=2;w=1"#))
        .step(by_acme("/v1/acme/x"), admitted().field("ratelimit-policy", r#""default";q=10;w=1"#)),
        Scenario::new(
            "a tenant overrides field by field",
            development().set("/rate_limit", limit(7, 9)).set("/tenants/1/rate_limit/burst", json!(3)),
        )
        .step(
            by_globex(),
            admitted()
                .field("ratelimit-policy", r#""default";q=7;w=1"#)
                .field("ratelimit", r#""default";r=2;t=1"#),
        ),
        Scenario::new(
            "burst is twice the rate where it is not given",
            development().set("/rate_limit", json!({"requests_per_second": 4})),
        )
        .step(by_acme("/v1/acme/x"), admitted().field("ratelimit", r#""default";r=7;t=1"#)),
        Scenario::new(
            "in shadow mode nobody is refused",
            development().set("/rate_limit", json!({"mode": "shadow", "requests_per_second": 1, "burst": 1})),
        )
        .repeat(5, &by_acme("/v1/acme/x"), &admitted()),
        Scenario::new(
            "refused requests of others take no token",
            development().set("/rate_limit", limit(1, 3)),
        )
        .repeat(3, &by_acme("/v1/globex/x"), &refused(403, "namespace-denied"))
        .step(by_acme("/v1/acme/x"), admitted().field("ratelimit", r#""default";r=2;t=1"#)),
        Scenario::new("an upstream's own RateLimit is never made more generous", development())
            .step_answered(
                by_acme("/v1/acme/x"),
                limits_itself(r#""default";r=3;t=9"#),
                admitted().field("ratelimit", r#""default";r=3;t=9"#),
            )
            .step_answered(
                by_acme("/v1/acme/x"),
                limits_itself(r#""day";r=0;t=999"#),
                admitted().field("ratelimit", r#""day";r=0;t=999"#),
            )
            .step_answered(
                by_acme("/v1/acme/x"),
                limits_itself(r#""day";r=900;t=1"#).field("ratelimit", r#""hour";r=3;t=1"#),
                admitted().field("ratelimit", r#""day";r=900;t=1, "hour";r=3;t=1"#),
            )
            .step_answered(
                by_acme("/v1/acme/x"),
                limits_itself(r#""day";r=5000;t=999"#),
                admitted().field_like("ratelimit", r#".*"default";r=1[0-9];t=1.*"#),
            )
            .step_answered(
                by_acme("/v1/acme/x"),
                limits_itself("not a list;;"),
                admitted().field_like("ratelimit", r#".*"default";r=1[0-9];t=1"#),
            ),
    ]
}

fn limits_itself(value: &str) -> Response {
    Response::new(200).field("ratelimit", value).body("from upstream")
}
