//! When a key is good, and what its clients are told of its end.

use crate::fixture::{Calendar, development, key};
use crate::message::Request;
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios(calendar: Calendar) -> Vec<Scenario> {
    let day = |days| calendar.days_from_now(days);
    let http_date = r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT";
    vec![
        Scenario::new("a key is good within its window only", {
            development()
                .acme_key("past", json!({"not_after": day(-1)}))
                .acme_key("future", json!({"not_before": day(1)}))
                .acme_key("now", json!({"not_before": day(-1), "not_after": day(100)}))
        })
        .step(with("past"), refused(401, "expired-api-key"))
        .step(with("future"), refused(401, "invalid-api-key"))
        .step(with("now"), admitted().no_field("deprecation").no_field("sunset")),
        Scenario::new("rotation is an overlap: both keys open, and the old one says when it ends", {
            development()
                .acme_key("old", json!({"created": day(-80), "not_after": day(7)}))
                .acme_key("new", json!({"created": day(-1), "not_before": day(-1)}))
        })
        .step(
            with("old"),
            admitted()
                .field_like("deprecation", r"@\d+")
                .field_like("sunset", http_date)
                .upstream_field("x-tollgate-key-id", "old"),
        )
        .step(with("old").http2(), admitted().field_like("deprecation", r"@\d+"))
        .step(
            with("new"),
            admitted().no_field("deprecation").no_field("sunset").upstream_field("x-tollgate-key-id", "new"),
        ),
        Scenario::new("a key older than max_age_days is deprecated, and without an end has no sunset", {
            development()
                .acme_key("old", json!({"created": day(-91)}))
                .acme_key("fresh", json!({"created": day(-89)}))
        })
        .step(with("old"), admitted().field_like("deprecation", r"@\d+").no_field("sunset"))
        .step(with("fresh"), admitted().no_field("deprecation")),
        Scenario::new(
            "an upstream's own Deprecation is not overwritten",
            development().acme_key("old", json!({"not_after": day(7)})),
        )
        .step_answered(
            with("old"),
            crate::message::Response::new(200).field("deprecation", "@1"),
            admitted().field("deprecation", "@1"),
        ),
    ]
}

fn with(id: &str) -> Request {
    get("/v1/acme/x").field("x-api-key", key(id))
}
