//! Whose pages may call: those of the origins that the environment names, and no others.

use crate::gate::{Gate, by_acme};
use wasm_test::envoy::Release;
use wasm_test::message::{Request, Response};

const ORIGINS: &str = "https://app.example.com,https://admin.example.com";
const LISTED: [&str; 2] = ["https://app.example.com", "https://admin.example.com"];

/// What a page may send that is not on the list: another host, a scheme, a port, names around a good one, the opaque
/// origin of a sandboxed page, the pattern that would mean all.
const UNLISTED: [&str; 9] = [
    "https://evil.example.com",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "https://evil-app.example.com",
    "https://app.example.com, https://evil.example",
    "null",
    "*",
    "",
];

#[test]
fn listed_origins_may_call_on_the_newest_envoy() {
    listed_origins_may_call(Release::Newest);
}

#[test]
fn listed_origins_may_call_on_the_oldest_envoy() {
    listed_origins_may_call(Release::Oldest);
}

fn listed_origins_may_call(release: Release) {
    let gate = Gate::on(release, "cors", &[("ALLOWED_ORIGINS", ORIGINS)]);
    for origin in LISTED {
        let permitted = gate.send(&preflight(Some(origin)));
        assert_eq!(permitted.status, 200, "{origin}: {}", permitted.text());
        assert_eq!(permitted.fields.text("access-control-allow-origin").as_deref(), Some(origin));
        let headers = permitted.fields.text("access-control-allow-headers").unwrap_or_default();
        assert!(headers.contains("x-api-key"), "{headers}");
        assert!(!permitted.fields.has("access-control-allow-credentials"), "{permitted:?}");

        let answer = gate.send(&by_acme("GET", "/v1/acme/x").field("origin", origin));
        assert_eq!(answer.status, 200, "{origin}: {}", answer.text());
        assert_eq!(answer.fields.text("access-control-allow-origin").as_deref(), Some(origin));
        assert!(
            answer
                .fields
                .text("access-control-expose-headers")
                .is_some_and(|names| names.contains("RateLimit"))
        );
        // A page must be able to read why it was refused.
        let refusal = gate.send(&Request::new("GET", "/v1/acme/x").field("origin", origin));
        assert_eq!(refusal.status, 401);
        assert_eq!(refusal.fields.text("access-control-allow-origin").as_deref(), Some(origin));
    }
    nobody_else_may(&gate);
}

#[test]
fn without_origins_no_page_may_call() {
    let gate = Gate::open("no-cors", &[("ALLOWED_ORIGINS", "")]);
    for origin in LISTED {
        permits_nothing(&gate.send(&preflight(Some(origin))), origin);
        permits_nothing(&gate.send(&by_acme("GET", "/v1/acme/x").field("origin", origin)), origin);
    }
    nobody_else_may(&gate);
}

/// An API that allows everyone does not undo the list.
#[test]
fn the_api_has_no_say() {
    let gate = Gate::open("cors-upstream", &[("ALLOWED_ORIGINS", ORIGINS)]);
    let lax = Response::new(200)
        .field("access-control-allow-origin", "*")
        .field("access-control-allow-credentials", "true")
        .field("access-control-allow-private-network", "true");
    gate.upstream.answer_with(lax);
    let request = by_acme("GET", "/v1/acme/x");
    permits_nothing(
        &gate.send(&request.clone().field("origin", "https://evil.example.com")),
        "an unlisted one",
    );
    permits_nothing(&gate.send(&request), "none");
    let answer = gate.send(&request.field("origin", LISTED[0]));
    let origins: Vec<_> = answer.fields.all("access-control-allow-origin").collect();
    assert_eq!(origins, [LISTED[0].as_bytes()]);
    assert!(!answer.fields.has("access-control-allow-credentials"), "{answer:?}");
}

/// `*`, `null` and plain HTTP are refused before Envoy sees them.
#[test]
fn origins_that_open_the_door_are_not_rendered() {
    let files = crate::gate::Files::lay_out("origins");
    for origins in ["*", "null", "http://app.example.com", "https://app.example.com,*"] {
        let said = files.render(&[("UPSTREAM_HOST", "localhost"), ("ALLOWED_ORIGINS", origins)]);
        let said = said.expect_err(origins);
        assert!(said.contains("allow_origin_string_match"), "{origins}: {said}");
        assert!(!files.folder.join("envoy.yaml").exists(), "{origins} was rendered");
    }
}

fn nobody_else_may(gate: &Gate) {
    let mark = gate.upstream.mark();
    for origin in UNLISTED {
        let answer = gate.send(&preflight(Some(origin)));
        permits_nothing(&answer, origin);
        // Not asked for a key: that would be Tollgate, to which it should not have come. (Without an origin it should.)
        assert_eq!(answer.status, if origin.is_empty() { 401 } else { 200 }, "{origin}");
        permits_nothing(&gate.send(&preflight(Some(origin)).http2()), origin);
    }
    permits_nothing(&gate.send(&preflight(None)), "none");
    assert_eq!(gate.upstream.since(mark).bytes, 0, "a preflight reached the API");
    for origin in UNLISTED {
        let answer = gate.send(&by_acme("GET", "/v1/acme/x").field("origin", origin));
        assert_eq!(answer.status, 200, "{origin}: it is the browser that refuses");
        permits_nothing(&answer, origin);
    }
    let answer = gate.send(&by_acme("GET", "/v1/acme/x"));
    permits_nothing(&answer, "none");
    assert_eq!(answer.fields.text("vary").as_deref(), Some("origin"), "a cache would mix them up");
}

fn permits_nothing(answer: &Response, origin: &str) {
    assert!(!answer.fields.has("access-control-allow-origin"), "{origin}: {answer:?}");
    assert!(!answer.fields.has("access-control-allow-credentials"), "{origin}: {answer:?}");
}

/// What a browser asks before it sends a key; without an origin it is no preflight, and needs a key.
fn preflight(origin: Option<&str>) -> Request {
    let request = Request::new("OPTIONS", "/v1/acme/x")
        .field("access-control-request-method", "POST")
        .field("access-control-request-headers", "x-api-key");
    match origin {
        Some(origin) => request.field("origin", origin),
        None => request,
    }
}
