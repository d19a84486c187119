//! The text of requests and answers: counted, judged, and in strict mode rewritten.

use super::by_acme;
use crate::fixture::{Configuration, development, key};
use crate::message::{Request, Response};
use crate::scenario::{Scenario, admitted, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    [utf8(), shape(), counts(), lengths(), rewritten(), answers()].concat()
}

fn post(content_type: &str, body: impl AsRef<[u8]>) -> Request {
    let request = Request::new("POST", "/v1/acme/x").field("x-api-key", key("acme-live")).body(body);
    if content_type.is_empty() { request } else { request.field("content-type", content_type) }
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

fn strict() -> Configuration {
    development().set("/redaction/mode", json!("strict"))
}

fn utf8() -> Vec<Scenario> {
    let invalid = || refused(400, "invalid-utf8");
    let emoji = "\u{1f600}".as_bytes();
    let bytewise = |text: &str| text.bytes().map(|byte| [byte]).collect::<Vec<_>>();
    vec![
        Scenario::new("a body must be UTF-8, however it is cut", development())
            .step(post("", [0x80, 0, 0xff]), invalid())
            .step(post("", "a").chunks([&emoji[..2], &emoji[2..]]), admitted().upstream_body(emoji))
            .step(post("", "a").chunks([&emoji[..2], &emoji[2..]]).http2(), admitted().upstream_body(emoji))
            .step(post("", "a").chunks([&emoji[..3]]), invalid())
            .step(post("", "a").chunks([&emoji[..3]]).trailer("x-t", "1"), invalid())
            .step(post("", "a").chunks(bytewise("a\u{e9}b")).http2(), admitted().upstream_body("a\u{e9}b"))
            .step(post(FORM, "a=%ff"), invalid())
            .step(by_acme("/v1/acme/x?a=%c0%af"), invalid()),
    ]
}

fn shape() -> Vec<Scenario> {
    let malformed = || refused(400, "malformed-body");
    vec![
        Scenario::new("what is declared must be what is sent", development())
            .step(post(JSON, "{\"a\": 1}"), admitted().upstream_body("{\"a\": 1}"))
            .step(post(JSON, "{\"a\": "), malformed())
            .step(post("application/merge-patch+json", "[1,]").http2(), malformed())
            .step(post(JSON, "[".repeat(60_000)), malformed())
            .step(post("multipart/form-data; boundary=b", "no part"), malformed())
            .step(post("text/plain", "{ no JSON, and not declared to be"), admitted()),
    ]
}

fn counts() -> Vec<Scenario> {
    let urls = |n: usize| "see https://a.example/x, ".repeat(n);
    let phones = |n: usize| "call +1 202 555 0143; ".repeat(n);
    let escaped = format!("[{}]", [r#""h\u0074tps:\/\/a.example""#; 6].join(","));
    vec![
        Scenario::new("five URLs and three phone numbers pass, one more of either does not", development())
            .step(post("", urls(5) + &phones(3)), admitted())
            .step(post("", urls(6)), refused(422, "too-many-urls"))
            .step(post("", phones(4)).http2(), refused(422, "too-many-phones"))
            .step(post(JSON, escaped), refused(422, "too-many-urls"))
            .step(post(FORM, "u=https%3A%2F%2Fa.example&".repeat(6)), refused(422, "too-many-urls"))
            .step(
                post("", urls(5)).target("/v1/acme/x?u=https%3A%2F%2Fa.example"),
                refused(422, "too-many-urls"),
            ),
        Scenario::new("ten of them block the key", development().set("/waf/max_urls", json!(1)))
            .repeat(10, &post("", urls(2)), &refused(422, "too-many-urls"))
            .step(by_acme("/v1/acme/x"), refused(403, "blocked").field_like("retry-after", "[0-9]+")),
        Scenario::new("in shadow mode they pass", development().set("/waf/mode", json!("shadow")))
            .step(post("", urls(9)), admitted().upstream_body(urls(9))),
    ]
}

fn lengths() -> Vec<Scenario> {
    let too_long = || refused(413, "text-too-long");
    let escapes = |n: usize| format!("\"{}\"", "\\u0041".repeat(n));
    vec![
        Scenario::new("8192 characters pass, of whatever bytes, and no more", development())
            .step(post("", "\u{1f600}".repeat(8192)), admitted())
            .step(post(JSON, escapes(8192)), admitted())
            .step(post(JSON, escapes(8193)), too_long())
            .step(post("", "a".repeat(8193)).http2(), too_long())
            .step(post("", "a").chunks(["a".repeat(8000), "a".repeat(193)]).trailer("x-t", "1"), too_long()),
    ]
}

fn rewritten() -> Vec<Scenario> {
    let json = r#"{ "to": "jo\u0040example.org", "n": 1.50, "card": 4111111111111111, "e": "\u00e9" }"#;
    let clean = r#"{ "to": "[EMAIL]", "n": 1.50, "card": "[CREDIT_CARD]", "e": "\u00e9" }"#;
    let part = |value: &str| {
        format!("--b\r\ncontent-disposition: form-data; name=\"m\"\r\n\r\n{value}\r\n--b--\r\n")
    };
    let multipart = "multipart/form-data; boundary=b";
    let length = |body: &str| body.len().to_string();
    vec![
        Scenario::new("in strict mode upstream never sees personal data", strict())
            .step(
                post(JSON, json),
                admitted().upstream_body(clean).upstream_field("content-length", &length(clean)),
            )
            .step(post(JSON, json).http2(), admitted().upstream_body(clean))
            .step(post(JSON, "").chunks([&json[..20], &json[20..]]), admitted().upstream_body(clean))
            .step(
                post(JSON, "").chunks([&json[..20], &json[20..]]).trailer("x-t", "1"),
                admitted().upstream_body(clean),
            )
            .step(
                post(JSON, "").chunks([&json[..20], &json[20..]]).http2().trailer("x-t", "1"),
                admitted().upstream_body(clean),
            )
            .step(post(FORM, "m=jo%40example.org&x=a+b"), admitted().upstream_body("m=%5BEMAIL%5D&x=a+b"))
            .step(post(multipart, part("jo@example.org")), admitted().upstream_body(part("[EMAIL]")))
            .step(post("", "nothing personal"), admitted().upstream_body("nothing personal")),
        Scenario::new(
            "personal data is masked where that is asked for",
            strict().set("/redaction/operator", json!("mask")),
        )
        .step(post("", "4111 1111 1111 1111"), admitted().upstream_body("***************1111")),
        Scenario::new(
            "only the kinds that are listed",
            strict().set("/redaction/entities", json!(["phone"])),
        )
        .step(post("", "jo@example.org +1 202 555 0143"), admitted().upstream_body("jo@example.org [PHONE]")),
        Scenario::new("in logs mode bodies are left alone", development())
            .step(post(JSON, json), admitted().upstream_body(json)),
    ]
}

fn answers() -> Vec<Scenario> {
    let answer =
        |content_type: &str, body: &str| Response::new(200).field("content-type", content_type).body(body);
    let long = "word ".repeat(20_000) + "jo@example.org" + &" word".repeat(20_000);
    let long_clean = long.replace("jo@example.org", "[EMAIL]");
    vec![
        Scenario::new("in strict mode clients never see personal data", strict())
            .step_answered(
                by_acme("/v1/acme/x").field("accept-encoding", "gzip").field("range", "bytes=0-9"),
                answer(JSON, r#"{"m":"jo@example.org"}"#),
                admitted()
                    .body(r#"{"m":"[EMAIL]"}"#)
                    .upstream_field("accept-encoding", "identity")
                    .upstream_lacks("range"),
            )
            .step_answered(
                by_acme("/v1/acme/x").http2(),
                answer("text/plain", "jo@example.org"),
                admitted().body("[EMAIL]"),
            )
            .step_answered(by_acme("/v1/acme/x"), answer("text/plain", &long), admitted().body(&long_clean))
            .step_answered(
                by_acme("/v1/acme/x"),
                answer("image/png", "jo@example.org"),
                admitted().body("jo@example.org"),
            ),
        Scenario::new("an answer that cannot be read is withheld", strict()).step_answered(
            by_acme("/v1/acme/x"),
            answer("text/plain", "jo@example.org").field("content-encoding", "gzip"),
            admitted().status(502).no_field("content-encoding"),
        ),
        Scenario::new(
            "unless it is configured to pass",
            strict().set("/redaction/encoded_response", json!("pass")),
        )
        .step_answered(
            by_acme("/v1/acme/x"),
            answer("text/plain", "not really gzip").field("content-encoding", "gzip"),
            admitted().body("not really gzip"),
        ),
        Scenario::new(
            "answers are left alone where that is configured",
            strict().set("/redaction/response", json!(false)),
        )
        .step_answered(
            by_acme("/v1/acme/x").field("accept-encoding", "gzip"),
            answer("text/plain", "jo@example.org"),
            admitted().body("jo@example.org").upstream_field("accept-encoding", "gzip"),
        ),
    ]
}
