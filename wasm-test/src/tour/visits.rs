//! The stops of the tour, in order.

use super::{Allowances, Keys, Visit};
use crate::message::{Request, Response};
use crate::scenario::{Exchange, Expected, Step, admitted, answered, get, post, refused};

/// All stops.
pub fn visits(keys: &Keys, allowances: Allowances) -> Vec<Visit> {
    let by_acme = by_acme(allowances);
    [
        keys_and_places(keys, &by_acme),
        windows(keys, &by_acme),
        boundaries(keys, &by_acme),
        limits(keys, &by_acme, allowances.globex_burst),
        texts(keys, &by_acme),
        surroundings(keys, &by_acme),
    ]
    .concat()
}

fn visit(title: &'static str, request: Request, expected: Expected) -> Visit {
    let answer = Response::new(200).body("from upstream");
    Visit { title, step: Step::Exchange(Box::new(Exchange { request, answer, expected })) }
}

fn by_acme(allowances: Allowances) -> Expected {
    admitted()
        .upstream_field("x-tollgate-tenant", "acme")
        .upstream_field("x-tollgate-key-id", "acme-2026")
        .upstream_lacks("x-api-key")
        .upstream_lacks("authorization")
        .upstream_lacks("cookie")
        .upstream_path("/v1/acme/orders")
        .field("ratelimit-policy", &format!(r#""default";q={};w=1"#, allowances.acme_per_second))
}

fn keys_and_places(keys: &Keys, by_acme: &Expected) -> Vec<Visit> {
    let key = &keys.acme_2026;
    let orders = || get("/v1/acme/orders");
    let two_keys = orders().field("x-api-key", key).field("authorization", format!("Bearer {}", keys.globex));
    vec![
        visit("no key", orders(), refused(401, "missing-api-key")),
        visit("a wrong key", orders().field("x-api-key", "not-a-key"), refused(401, "invalid-api-key")),
        visit("the right key in a header", orders().field("x-api-key", key), by_acme.clone()),
        visit(
            "the right key as Bearer",
            orders().field("authorization", format!("Bearer {key}")),
            by_acme.clone(),
        ),
        visit("the right key in the query", get(&format!("/v1/acme/orders?api_key={key}")), by_acme.clone()),
        visit(
            "the right key in a cookie",
            orders().field("cookie", format!("api_key={key}")),
            by_acme.clone(),
        ),
        visit("two different keys", two_keys, refused(400, "ambiguous-api-key")),
    ]
}

fn windows(keys: &Keys, by_acme: &Expected) -> Vec<Visit> {
    let with = |key: &str| get("/v1/acme/orders").field("x-api-key", key);
    let outgoing =
        admitted().upstream_field("x-tollgate-key-id", "acme-2025").field_like("deprecation", r"@\d+");
    vec![
        visit("a key that is not valid yet", with(&keys.acme_next), refused(401, "invalid-api-key")),
        visit("a key that has expired", with(&keys.acme_expired), refused(401, "expired-api-key")),
        visit("rotation: the old key still opens, and says it is old", with(&keys.acme_2025), outgoing),
        visit(
            "rotation: the new key opens beside it",
            with(&keys.acme_2026),
            by_acme.clone().no_field("deprecation"),
        ),
    ]
}

fn boundaries(keys: &Keys, by_acme: &Expected) -> Vec<Visit> {
    let with = |request: Request| request.field("x-api-key", &keys.acme_2026);
    let outside = || refused(403, "namespace-denied");
    let spoofed =
        with(get("/v1/acme/orders")).field("x-tollgate-tenant", "globex").field("X_Tollgate_Tenant", "root");
    vec![
        visit("another tenant's namespace", with(get("/v1/globex/orders")), outside()),
        visit("a way round by dot segments", with(get("/v1/acme/%2e%2e/globex/orders")), outside()),
        visit(
            "a method that the namespace does not have",
            with(Request::new("DELETE", "/v1/acme/orders")),
            outside(),
        ),
        visit("a denied address", with(get("/v1/acme/orders")).from("127.6.6.6"), refused(403, "ip-denied")),
        visit("a spoofed identity", spoofed, by_acme.clone().upstream_lacks("x_tollgate_tenant")),
        visit("a public path", get("/status"), admitted().upstream_lacks("x-tollgate-tenant")),
        visit(
            "a way in through a public path",
            get("/docs/..;/v1/acme/orders"),
            refused(401, "missing-api-key"),
        ),
    ]
}

fn limits(keys: &Keys, by_acme: &Expected, burst: usize) -> Vec<Visit> {
    const REQUESTS_MAX: usize = 15;
    let acme = |request: Request| request.field("x-api-key", &keys.acme_2026);
    let declared = acme(Request::new("POST", "/v1/acme/orders")).field("content-length", "10000000");
    let upload = acme(post("/v1/acme/orders", "")).http2().chunks([r#"{"item":"#, r#" "tea"}"#]);
    let refusal = refused(429, "rate-limited")
        .field_like("retry-after", "[1-9]")
        .field("ratelimit", r#""default";r=0;t=1"#)
        .field("ratelimit-policy", r#""default";q=1;w=1"#);
    let request = get("/v1/globex/orders").field("x-api-key", &keys.globex);
    let refusal = Exchange { request, answer: Response::new(200).body("from upstream"), expected: refusal };
    let until_refused = Step::UntilRefused {
        refusal: Box::new(refusal),
        before: Box::new(admitted()),
        burst,
        requests_max: REQUESTS_MAX,
    };
    vec![
        Visit { title: "a burst until the bucket is empty", step: until_refused },
        visit("a body that is declared too large", declared, refused(413, "body-too-large")),
        visit(
            "a body that nobody can read",
            acme(post("/v1/acme/orders", "x")).field("content-encoding", "gzip"),
            refused(415, "unsupported-encoding"),
        ),
        visit(
            "an upload in pieces over HTTP/2, held until it ended",
            upload,
            by_acme.clone().upstream_body(r#"{"item": "tea"}"#),
        ),
    ]
}

fn texts(keys: &Keys, by_acme: &Expected) -> Vec<Visit> {
    let send = |body: &str| {
        post("/v1/acme/orders", body)
            .field("x-api-key", &keys.acme_2026)
            .field("content-type", "application/json")
    };
    let links =
        r#"["http://a.ex", "http://b.ex", "http://c.ex", "http://d.ex", "http://e.ex", "h\u0074tp://f.ex"]"#;
    let answer =
        Response::new(200).field("content-type", "application/json").body(r#"{"by": "jo@example.org"}"#);
    let asks = Exchange {
        request: get("/v1/acme/orders").field("x-api-key", &keys.acme_2026),
        answer,
        expected: by_acme.clone().body(r#"{"by": "[EMAIL]"}"#),
    };
    vec![
        visit(
            "more links than a text may have, one of them escaped",
            send(links),
            refused(422, "too-many-urls"),
        ),
        visit("JSON that is none", send("{"), refused(400, "malformed-body")),
        visit(
            "personal data in a request, replaced before upstream sees it",
            send(r#"{"to": "jo\u0040example.org", "card": 4111111111111111}"#),
            by_acme.clone().upstream_body(r#"{"to": "[EMAIL]", "card": "[CREDIT_CARD]"}"#),
        ),
        Visit {
            title: "personal data in an answer, replaced before the client sees it",
            step: Step::Exchange(Box::new(asks)),
        },
    ]
}

fn surroundings(keys: &Keys, by_acme: &Expected) -> Vec<Visit> {
    let by_admin = |path: &str| get(path).field("authorization", format!("Bearer {}", keys.admin));
    let preflight = Request::new("OPTIONS", "/v1/acme/orders")
        .field("origin", "https://app.example.com")
        .field("access-control-request-method", "POST")
        .field("access-control-request-headers", "x-api-key");
    vec![
        visit(
            "a CORS preflight, answered by Envoy before the gate",
            preflight,
            answered(200).field("access-control-allow-origin", "https://app.example.com"),
        ),
        visit(
            "an answer to HEAD",
            Request::new("HEAD", "/v1/acme/orders").field("x-api-key", &keys.acme_2026),
            by_acme.clone(),
        ),
        visit(
            "the filter's own health, never forwarded",
            get("/tollgate/healthz"),
            answered(200).body(r#"{"status":"ok"}"#),
        ),
        visit(
            "what the filter counted, asked for without the admin key",
            get("/tollgate/stats"),
            refused(401, "invalid-admin-key"),
        ),
        visit(
            "what the filter counted, over all workers",
            by_admin("/tollgate/stats"),
            answered(200).body_like(r#""acme":\{"allowed":\d+,"denied":\d+"#),
        ),
        visit(
            "what it recorded of the gate's last visitors, personal data left out",
            by_admin("/tollgate/audit?limit=5"),
            answered(200).body_like(r#""decision":"denied","reason":"invalid-admin-key""#),
        ),
    ]
}
