//! Limits on head and body.

use super::by_acme;
use crate::fixture::{development, key};
use crate::message::Request;
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    [urls(), bodies(), encodings(), charsets(), shadow()].concat()
}

fn post(body: impl AsRef<[u8]>) -> Request {
    Request::new("POST", "/v1/acme/x").field("x-api-key", key("acme-live")).body(body)
}

fn urls() -> Vec<Scenario> {
    let too_long = || refused(414, "url-too-long");
    let target = |bytes: usize| format!("/v1/acme/{}", "x".repeat(bytes - "/v1/acme/".len()));
    vec![
        Scenario::new("a URL may have 8192 bytes and no more, its query included", development())
            .step(by_acme(&target(8192)), admitted())
            .step(by_acme(&target(8193)), too_long())
            .step(by_acme(&target(8193)).http2(), too_long())
            .step(by_acme(&format!("/v1/acme/x?{}", "q".repeat(9000))), too_long()),
        Scenario::new(
            "how many is configured, for a tenant too",
            development()
                .set("/input/max_url_bytes", json!(100))
                .set("/tenants/1/input/max_url_bytes", json!(20)),
        )
        .step(by_acme(&target(100)), admitted())
        .step(by_acme(&target(101)), too_long())
        .step(get("/v1/globex/abcdefghi").field("x-api-key", key("globex-live")), admitted())
        .step(get("/v1/globex/abcdefghij").field("x-api-key", key("globex-live")), too_long()),
    ]
}

fn bodies() -> Vec<Scenario> {
    let too_large = || refused(413, "body-too-large");
    let limited = || development().set("/input/max_body_bytes", json!(1000));
    let full = "x".repeat(1000);
    let pieces = |count: usize| std::iter::repeat_n("y".repeat(100), count);
    vec![
        Scenario::new("a body may be as long as its limit and no longer, however it is sent", limited())
            .step(post(&full), admitted().upstream_body(&full))
            .step(post(&full).http2(), admitted().upstream_body(&full))
            .step(post(format!("{full}x")), too_large())
            .step(post(format!("{full}x")).http2(), too_large())
            .step(post("").chunks(pieces(10)), admitted().upstream_body("y".repeat(1000)))
            .step(post("").chunks(pieces(11)), too_large())
            .step(post("").chunks(pieces(11)).http2(), too_large())
            .step(post("").chunks(pieces(11)).trailer("x-t", "1"), too_large())
            .step(
                post("").chunks(pieces(10)).trailer("x-t", "1"),
                admitted().upstream_body("y".repeat(1000)),
            ),
        Scenario::new("a declared length is enough to refuse", development())
            .step(by_post_of(10_000_000), too_large())
            .step(post("").chunks(pieces(700)), too_large()),
        // Numbers are no text, so that only the bytes count.
        Scenario::new("the default is 64 KiB", development())
            .step(post(numbers(65_536)), admitted().upstream_body(numbers(65_536)))
            .step(post(numbers(65_536)).http2(), admitted().upstream_body(numbers(65_536)))
            .step(post(numbers(65_537)), too_large())
            .step(post(numbers(65_537)).http2(), too_large()),
    ]
}

/// JSON of so many bytes.
fn numbers(bytes: usize) -> String {
    format!("[{}]", "0".repeat(bytes - 2).replace("00", "0,")).replace(",]", " ]")
}

/// A request that declares a long body and sends none of it.
fn by_post_of(bytes: usize) -> Request {
    Request::new("POST", "/v1/acme/x")
        .field("x-api-key", key("acme-live"))
        .field("content-length", bytes.to_string())
}

fn encodings() -> Vec<Scenario> {
    let encoded = || refused(415, "unsupported-encoding").field("accept-encoding", "identity");
    vec![
        Scenario::new("an encoded body is refused: nobody could judge it", development())
            .step(post("x").field("content-encoding", "gzip"), encoded())
            .step(post("x").field("content-encoding", "br").http2(), encoded())
            .step(post("x").field("content-encoding", "identity, gzip"), encoded())
            .step(
                post("x").field("content-encoding", "identity").field("content-encoding", "deflate"),
                encoded(),
            )
            .step(post("x").field("content-encoding", "GZIP"), encoded())
            .step(post("x").field("content-encoding", "identity"), admitted())
            .step(post("x").field("content-encoding", "Identity"), admitted()),
    ]
}

fn charsets() -> Vec<Scenario> {
    let other = || refused(415, "unsupported-charset").field_like("accept", ".*");
    let typed = |content_type: &str| post("x").field("content-type", content_type);
    vec![
        Scenario::new("text is UTF-8 or refused", development())
            .step(typed("text/plain; charset=iso-8859-1"), other())
            .step(typed("text/plain;charset=\"latin1\"").http2(), other())
            .step(typed("application/json; CHARSET=utf-16"), other())
            .step(typed("text/plain; boundary=x; charset=windows-1252"), other())
            .step(typed("text/plain; charset=utf-8; charset=latin1"), other())
            .step(typed("text/plain").field("content-type", "text/plain; charset=latin1"), other())
            .step(typed("text/plain; charset=latin1").field("content-type", "text/plain").http2(), other())
            .step(typed("text/plain; charset=utf-8"), admitted())
            .step(typed("text/plain; charset=\"UTF-8\""), admitted())
            .step(typed("text/plain; charset=utf8"), admitted())
            .step(typed("text/plain"), admitted())
            .step(typed("application/octet-stream"), admitted()),
    ]
}

fn shadow() -> Vec<Scenario> {
    vec![
        Scenario::new(
            "in shadow mode limits count and let pass",
            development().set("/input", json!({"mode": "shadow", "max_body_bytes": 10, "max_url_bytes": 12})),
        )
        .step(post("eleven byte"), admitted().upstream_body("eleven byte"))
        .step(post("eleven byte").http2(), admitted().upstream_body("eleven byte"))
        .step(by_acme("/v1/acme/longer"), admitted())
        .step(post("x").field("content-encoding", "gzip"), admitted()),
    ]
}
