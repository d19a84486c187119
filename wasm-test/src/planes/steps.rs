//! What the shipped manifests promise, step by step. It is one configuration in all of them.

use super::secrets::fixed_key;
use crate::message::{Request, Response};
use crate::scenario::{Backend, Exchange, Expected, Step, admitted, answered, get, play, post, refused};

/// Whether requests are held until they were judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// They are: upstream sees nothing of what is refused.
    Yes,
    /// They are not: what is refused for its body was seen by upstream in part. Of such requests no steps are played.
    No,
}

/// What is shown, and how.
pub type Named = (&'static str, Step);

/// One byte more than `input.max_body_bytes` of the shipped manifests.
const TOO_LARGE_BYTES: usize = 65_537;

/// All steps.
pub fn steps(held: Held) -> Vec<Named> {
    let mut steps = [who(), where_to(), how_much()].concat();
    if held == Held::Yes {
        steps.extend(held_until_judged());
    }
    steps.extend(answers());
    steps
}

/// A browser asks whether it may ask: answered before the gate, without a key.
pub fn preflight() -> Named {
    let request = Request::new("OPTIONS", "/v1/acme/orders")
        .field("origin", "https://app.example.com")
        .field("access-control-request-method", "POST")
        .field("access-control-request-headers", "x-api-key");
    let expected = answered(200).field("access-control-allow-origin", "https://app.example.com");
    exchange("a CORS preflight, answered by Envoy before the gate", request, expected)
}

/// Plays them; how what came differs from what is expected.
pub fn differences(steps: &[Named], backend: &mut dyn Backend) -> Vec<String> {
    let mut differences = Vec::new();
    for (title, step) in steps {
        let found = play(step, backend, false);
        println!("  {} {title}", if found.is_empty() { "ok " } else { "NOT" });
        differences.extend(found.into_iter().map(|difference| format!("{title}: {difference}")));
    }
    differences
}

fn who() -> Vec<Named> {
    let orders = || get("/v1/acme/orders");
    let bearer = orders().field("authorization", format!("Bearer {}", fixed_key("ACME_KEY")));
    vec![
        exchange("no key", orders(), refused(401, "missing-api-key")),
        exchange("a wrong key", orders().field("x-api-key", "not-a-key"), refused(401, "invalid-api-key")),
        exchange("the right key", by_acme(orders()), of_acme()),
        exchange("the right key as Bearer", bearer, of_acme()),
        exchange("the right key over HTTP/2", by_acme(orders()).http2(), of_acme()),
        exchange(
            "a spoofed identity",
            by_acme(orders()).field("x-tollgate-tenant", "globex").field("X_Tollgate_Tenant", "root"),
            of_acme().upstream_lacks("x_tollgate_tenant"),
        ),
    ]
}

fn where_to() -> Vec<Named> {
    let denied = || refused(403, "namespace-denied");
    vec![
        exchange("another tenant's namespace", by_acme(get("/v1/globex/orders")), denied()),
        exchange("a way round by dot segments", by_acme(get("/v1/acme/%2e%2e/globex/orders")), denied()),
        exchange(
            "a method that the namespace lacks",
            by_acme(Request::new("DELETE", "/v1/acme/orders")),
            denied(),
        ),
    ]
}

fn how_much() -> Vec<Named> {
    const BURST: usize = 5;
    const REQUESTS_MAX: usize = 15;
    let refusal = Exchange {
        request: get("/v1/globex/orders").field("x-api-key", fixed_key("GLOBEX_KEY")),
        answer: Response::new(200).body("from upstream"),
        expected: refused(429, "rate-limited").field_like("retry-after", "[1-9]"),
    };
    let burst = Step::UntilRefused {
        refusal: Box::new(refusal),
        before: Box::new(admitted().upstream_field("x-tollgate-tenant", "globex")),
        burst: BURST,
        requests_max: REQUESTS_MAX,
    };
    let declared = by_acme(Request::new("POST", "/v1/acme/orders")).field("content-length", "10000000");
    vec![
        ("a burst until the bucket is empty", burst),
        exchange("a body that is declared too large", declared, refused(413, "body-too-large")),
    ]
}

/// Refused for the last byte of their bodies, of which the first was sent long before.
fn held_until_judged() -> Vec<Named> {
    let too_large = || {
        let (first, rest) = (vec![b'a'; TOO_LARGE_BYTES / 2], vec![b'a'; TOO_LARGE_BYTES / 2 + 1]);
        by_acme(post("/v1/acme/orders", "")).field("content-type", "text/plain").chunks([first, rest])
    };
    let links = [
        "[\"http://a.ex\", \"http://b.ex\", \"http://c.ex\",",
        " \"http://d.ex\", \"http://e.ex\", \"http://f.ex\"]",
    ];
    let links = by_acme(post("/v1/acme/orders", "")).field("content-type", "application/json").chunks(links);
    vec![
        exchange("a body that turns out too large", too_large(), refused(413, "body-too-large")),
        exchange("the same over HTTP/2", too_large().http2(), refused(413, "body-too-large")),
        exchange("too many links, the last in the last piece", links.clone(), refused(422, "too-many-urls")),
        exchange("the same over HTTP/2", links.http2(), refused(422, "too-many-urls")),
    ]
}

fn answers() -> Vec<Named> {
    let personal =
        by_acme(post("/v1/acme/orders", r#"{"to": "jo\u0040example.org", "card": 4111111111111111}"#))
            .field("content-type", "application/json");
    let redacted = Exchange {
        request: by_acme(get("/v1/acme/orders")),
        answer: Response::new(200)
            .field("content-type", "application/json")
            .body(r#"{"by": "jo@example.org"}"#),
        expected: of_acme().body(r#"{"by": "[EMAIL]"}"#),
    };
    let by_admin =
        |path: &str| get(path).field("authorization", format!("Bearer {}", fixed_key("ADMIN_KEY")));
    vec![
        exchange(
            "personal data in a request, replaced before upstream sees it",
            personal,
            of_acme().upstream_body(r#"{"to": "[EMAIL]", "card": "[CREDIT_CARD]"}"#),
        ),
        (
            "personal data in an answer, replaced before the client sees it",
            Step::Exchange(Box::new(redacted)),
        ),
        exchange(
            "the filter's own health",
            get("/tollgate/healthz"),
            answered(200).body(r#"{"status":"ok"}"#),
        ),
        exchange(
            "what the filter counted, over all workers",
            by_admin("/tollgate/stats"),
            answered(200).body_like(r#""acme":\{"allowed":\d+,"denied":\d+"#),
        ),
    ]
}

fn exchange(title: &'static str, request: Request, expected: Expected) -> Named {
    let answer = Response::new(200).body("from upstream");
    (title, Step::Exchange(Box::new(Exchange { request, answer, expected })))
}

fn by_acme(request: Request) -> Request {
    request.field("x-api-key", fixed_key("ACME_KEY"))
}

fn of_acme() -> Expected {
    admitted()
        .upstream_field("x-tollgate-tenant", "acme")
        .upstream_field("x-tollgate-key-id", "acme-1")
        .upstream_lacks("x-api-key")
        .upstream_lacks("authorization")
        .field("ratelimit-policy", r#""default";q=10;w=1"#)
}
