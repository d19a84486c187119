//! Which keys open, and what is said to those that do not.

use super::{CHALLENGE, by_acme};
use crate::fixture::{development, key, production};
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let invalid = || refused(401, "invalid-api-key").field_like("www-authenticate", CHALLENGE);
    vec![
        Scenario::new("no key is refused, and told how to come back", development())
            .step(
                get("/v1/acme/x"),
                refused(401, "missing-api-key")
                    .field_like("www-authenticate", CHALLENGE)
                    .no_field("ratelimit"),
            )
            .step(get("/v1/acme/x").http2(), refused(401, "missing-api-key"))
            .step(get("/v1/acme/x").field("x-api-key", ""), refused(401, "missing-api-key"))
            .step(get("/"), refused(401, "missing-api-key")),
        Scenario::new("a key nobody has is refused", development())
            .step(get("/v1/acme/x").field("x-api-key", "no such key"), invalid())
            .step(get("/v1/acme/x").field("x-api-key", key("acme-live").to_uppercase()), invalid())
            .step(get("/v1/acme/x").field("x-api-key", &key("acme-live")[1..]), invalid())
            .step(get("/v1/acme/x").field("x-api-key", format!("{}x", key("acme-live"))), invalid())
            .step(get("/v1/acme/x").field("x-api-key", [0x80, 0xc3, 0x28, 0xff]), invalid())
            .step(get("/v1/acme/x").field("x-api-key", crate::fixture::sha256(&key("acme-live"))), invalid()),
        Scenario::new("the right key opens, and says whose it is", development())
            .step(
                by_acme("/v1/acme/x?q=1"),
                admitted()
                    .upstream_path("/v1/acme/x?q=1")
                    .upstream_field("x-tollgate-tenant", "acme")
                    .upstream_field("x-tollgate-key-id", "acme-live")
                    .upstream_lacks("x-api-key"),
            )
            .step(
                get("/v1/globex/x").http2().field("x-api-key", key("globex-live")),
                admitted().upstream_field("x-tollgate-tenant", "globex"),
            ),
        Scenario::new(
            "a key can come from the environment, and in development stand in the configuration",
            {
                let env = json!({"id": "from-env", "env": "TOLLGATE_TEST_KEY"});
                let plaintext = json!({"id": "spelled-out", "plaintext": key("spelled-out")});
                development().set("/tenants/0/keys", json!([env, plaintext]))
            },
        )
        .env("TOLLGATE_TEST_KEY", &key("from-env"))
        .step(
            get("/v1/acme/x").field("x-api-key", key("from-env")),
            admitted().upstream_field("x-tollgate-key-id", "from-env"),
        )
        .step(
            get("/v1/acme/x").field("x-api-key", key("spelled-out")),
            admitted().upstream_field("x-tollgate-key-id", "spelled-out"),
        )
        .step(get("/v1/acme/x").field("x-api-key", "TOLLGATE_TEST_KEY"), invalid()),
        Scenario::new(
            "production does not tell guesses apart",
            production()
                .acme_key("acme-old", json!({"not_after": "2020-01-01T00:00:00Z"}))
                .acme_key("acme-next", json!({"not_before": "2999-01-01T00:00:00Z"})),
        )
        .step(
            get("/v1/acme/x").field("x-forwarded-proto", "https").forwarded_for("192.0.2.1"),
            refused(401, "missing-api-key").field_like("www-authenticate", CHALLENGE),
        )
        .step(over_tls("acme-old"), invalid())
        .step(over_tls("acme-next"), invalid())
        .step(over_tls("nobody"), invalid())
        .step(over_tls("acme-live"), admitted()),
    ]
}

/// A request to acme with a key, over a trusted proxy that vouches for TLS.
fn over_tls(id: &str) -> crate::message::Request {
    get("/v1/acme/x")
        .field("x-api-key", key(id))
        .field("x-forwarded-proto", "https")
        .forwarded_for("192.0.2.1")
}
