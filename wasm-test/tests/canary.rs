//! Nothing that a client writes gets out where operators look: addresses, phone and card numbers and keys are planted
//! in every place a request and an answer have, and then looked for in everything the process wrote and tells.

use serde_json::{Value, json};
use wasm_test::client::{self, Http1};
use wasm_test::envoy::{Listener, Release, Stage};
use wasm_test::fixture::{development, key, sha256};
use wasm_test::message::{Request, Response};
use wasm_test::scenario::{Backend, get, post};

/// What is planted, and the parts of it that must not turn up anywhere.
const PLANTED: [&str; 4] = [
    "zelda.canary@planted.example",
    "+1 415 555 2671",
    "4111 1111 1111 1111",
    "tg_0canary123456789abcdefghijklmnopqrstuvwxyz_c0ffee",
];
const TRACES: [&str; 12] = [
    "zelda",
    "planted",
    "415 555",
    "415+555",
    "415%20555",
    "4155552671",
    "4111 1111",
    "4111+1111",
    "4111%201111",
    "41111111",
    "tg_",
    "tgk_",
];

#[test]
fn nothing_planted_turns_up_in_the_newest_envoy() {
    nothing_planted_turns_up(Release::Newest);
}

#[test]
fn nothing_planted_turns_up_in_the_oldest_envoy() {
    nothing_planted_turns_up(Release::Oldest);
}

fn nothing_planted_turns_up(release: Release) {
    let configuration = development()
        .set("/redaction", json!({"mode": "strict"}))
        .set("/rate_limit", json!({"requests_per_second": 10_000, "burst": 10_000}))
        .set("/waf/mode", json!("shadow"))
        .set("/admin", json!({"key_sha256": sha256(&key("admin"))}));
    let listener = Listener { trusted_hops: 1, ..Listener::new("canary", &configuration) };
    let mut stage = Stage::set(release, &[listener], &[], "canary");
    let mut sent = 0;
    for request in requests() {
        let answer = Response::new(200)
            .field("content-type", "application/json")
            .field("x-told", PLANTED[0])
            .body(json!({"told": PLANTED.join(" ")}).to_string());
        // Envoy itself refuses some of these, which is as well.
        if let Ok(observed) = stage.exchange(&request, &answer) {
            sent += usize::from(observed.response.status != 400);
        }
    }
    assert!(sent > 100, "only {sent} requests got as far as the filter");
    for place in told(&stage) {
        for trace in TRACES {
            assert!(
                !place.1.to_lowercase().contains(trace),
                "{trace:?} in {}: {}",
                place.0,
                around(&place.1, trace)
            );
        }
    }
}

/// Every planted text in every place, with a good key, a wrong one and none, over both versions of HTTP.
fn requests() -> Vec<Request> {
    let mut requests = Vec::new();
    for planted in PLANTED {
        let encoded = planted.replace(' ', "%20").replace('+', "%2B").replace('@', "%40");
        let plus = planted.replace('+', "%2B").replace(' ', "+");
        let raw = planted.replace(' ', "-");
        for path in [&encoded, &plus, &raw] {
            requests.push(get(&format!("/v1/acme/{path}")));
            requests.push(get(&format!("/v1/acme/x?to={path}")));
            requests.push(get(&format!("/v1/acme/x?{path}=1")));
            requests.push(get(&format!("/v1/acme/x?api_key={path}")));
            requests.push(get(&format!("/v1/acme/..%2f{path}")));
            requests.push(get(&format!("/tollgate/{path}")));
            requests.push(get(&format!("/tollgate/audit?tenant={path}")));
        }
        for name in
            ["user-agent", "x-forwarded-for", "x-request-id", "referer", "x-any", "cookie", "content-type"]
        {
            requests.push(get("/v1/acme/x").field(name, planted));
        }
        requests.push(get("/v1/acme/x").field(&format!("x-{}", raw.replace(['@', '+'], "-")), "1"));
        requests.push(get("/v1/acme/x").field("authorization", format!("Bearer {raw}")));
        requests.push(Request { method: raw.replace(['@', '+', '.', '-'], ""), ..get("/v1/acme/x") });
        requests.push(post("/v1/acme/x", planted).field("content-type", "text/plain"));
        let document = json!({"text": planted, planted: 1}).to_string();
        requests.push(post("/v1/acme/x", &document).field("content-type", "application/json"));
        requests.push(post("/v1/acme/x", format!("{document}}}")).field("content-type", "application/json"));
        requests.push(post("/v1/acme/x", planted).trailer("x-any", planted));
    }
    let known = requests.iter().map(|request| request.clone().field("x-api-key", key("acme-live")));
    let wrong = requests.iter().map(|request| request.clone().field("x-api-key", PLANTED[3]));
    let known: Vec<_> = known.chain(wrong).collect();
    requests.extend(known);
    let again: Vec<_> = requests.iter().map(|request| request.clone().http2()).collect();
    requests.extend(again);
    requests
}

/// Everything that the process wrote, and everything that it tells of itself, each with where it stands.
fn told(stage: &Stage) -> Vec<(&'static str, String)> {
    let ask = |path: &str| {
        let request = get(path).field("authorization", format!("Bearer {}", key("admin")));
        let answer = stage.runtime.block_on(client::send(stage.address(), &request)).expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    };
    let records = ask("/tollgate/audit?limit=10000");
    assert!(records.lines().count() > 100, "{records}");
    for line in records.lines() {
        let record: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(record["decision"].is_string(), "{line}");
    }
    let access_log = stage.envoy.access_log();
    assert!(access_log.lines().any(|line| line.starts_with(r#"{"ts":"#)), "no record in {access_log}");
    assert!(access_log.contains("[EMAIL]") && access_log.contains("[PHONE]"), "{access_log}");
    let admin = stage.envoy.admin();
    let (stats, prometheus) =
        stage.runtime.block_on(async { (admin.text("/stats").await, admin.text("/stats/prometheus").await) });
    assert!(prometheus.contains("tollgate_requests_total{"), "{prometheus}");
    vec![
        ("the records", records),
        ("the sums", ask("/tollgate/stats")),
        ("the page", ask("/tollgate/")),
        ("the access log", access_log),
        ("the log", stage.envoy.log()),
        ("the metrics", stats),
        ("the metrics for Prometheus", prometheus),
    ]
}

fn around(text: &str, trace: &str) -> String {
    let lower = text.to_lowercase();
    let line = lower.lines().find(|line| line.contains(trace)).unwrap_or_default();
    line.chars().take(600).collect()
}

/// A connection that is cut in the middle leaves a record, and nothing of what it had sent.
#[test]
fn a_request_that_was_given_up_is_recorded_without_its_text() {
    let configuration = development().set("/admin", json!({"key_sha256": sha256(&key("admin"))}));
    let stage = Stage::set(Release::Newest, &[Listener::new("given-up", &configuration)], &[], "given-up");
    let records = stage.runtime.block_on(async {
        let mut half = Http1::connect(stage.address(), [127, 0, 0, 1].into()).await.expect("a connection");
        let head = format!(
            "POST /v1/acme/x HTTP/1.1\r\nhost: a\r\nx-api-key: {}\r\ncontent-length: 100\r\n\r\n{}",
            key("acme-live"),
            PLANTED[0]
        );
        half.write(head.as_bytes()).await.expect("the connection is open");
        // Envoy has read it when it has counted the request.
        stage.envoy.admin().reached("http.tollgate.downstream_rq_total", 1).await;
        drop(half);
        stage.envoy.admin().reached("http.tollgate.downstream_cx_destroy", 1).await;
        let request = get("/tollgate/audit").field("authorization", format!("Bearer {}", key("admin")));
        client::send(stage.address(), &request).await.expect("an answer").text()
    });
    assert!(records.contains(r#""decision":"aborted","reason":"incomplete""#), "{records}");
    assert!(!records.contains("zelda"), "{records}");
}
