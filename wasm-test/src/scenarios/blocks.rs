//! Who is blocked after too many violations.

use super::by_acme;
use crate::fixture::development;
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let guess = || get("/v1/acme/x").from("127.9.9.9").field("x-api-key", "a guess");
    let wrong = || refused(401, "invalid-api-key");
    let blocked = || refused(403, "blocked").field_like("retry-after", r"\d+");
    vec![
        Scenario::new(
            "ten wrong keys block an address, for the right key too, and nobody else",
            development(),
        )
        .repeat(10, &guess(), &wrong())
        .step(guess(), blocked().field_like("retry-after", "(29[0-9]|300)"))
        .step(by_acme("/v1/acme/x").from("127.9.9.9"), blocked())
        .step(by_acme("/v1/acme/x").from("127.9.9.9").http2(), blocked())
        .step(by_acme("/v1/acme/x").from("127.9.9.8"), admitted()),
        Scenario::new("a missing key is no violation", development())
            .repeat(12, &get("/v1/acme/x").from("127.9.9.9"), &refused(401, "missing-api-key"))
            .step(by_acme("/v1/acme/x").from("127.9.9.9"), admitted()),
        Scenario::new("in shadow mode nobody is blocked", development().set("/waf/mode", json!("shadow")))
            .repeat(12, &guess(), &wrong())
            .step(by_acme("/v1/acme/x").from("127.9.9.9"), admitted()),
        Scenario::new(
            "how many violations is configured",
            development().set("/waf/block", json!({"violations": 2, "block_s": 30})),
        )
        .repeat(2, &guess(), &wrong())
        .step(guess(), blocked().field_like("retry-after", "(2[0-9]|30)")),
    ]
}
