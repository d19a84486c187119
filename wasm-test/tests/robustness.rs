//! Requests of strange shapes through real Envoys. Whatever becomes of them, afterwards every worker still answers and
//! no instance of the module has died.

use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use wasm_test::client::{self, Http1, Http2};
use wasm_test::envoy::{Listener, Release, Stage};
use wasm_test::fixture::{development, key};
use wasm_test::message::{Request, Response, Version};
use wasm_test::scenario::{Backend, get};

/// How often each strange thing is done: often enough to reach both workers.
const TIMES: usize = 8;

/// Enough fresh connections for the kernel to hand some to each of two workers.
const CONNECTIONS: usize = 64;

#[test]
fn nothing_a_client_sends_takes_a_worker_down_in_the_newest_envoy() {
    survive(Release::Newest);
}

#[test]
fn nothing_a_client_sends_takes_a_worker_down_in_the_oldest_envoy() {
    survive(Release::Oldest);
}

fn survive(release: Release) {
    let mut stage = stage(release);
    for _ in 0..TIMES {
        strange_values(&mut stage);
        many_fields(&mut stage);
        strange_requests(&mut stage);
        upgrades(&stage);
        let address = stage.address();
        stage.runtime.block_on(refuse_what_has_not_ended(address));
        stage.runtime.block_on(leave_in_the_middle(address));
        stage.runtime.block_on(send_rubbish(address));
    }
    every_worker_answers(&mut stage);
    no_instance_died(&stage);
}

fn stage(release: Release) -> Stage {
    // Wrong keys are sent on purpose, and more than it takes to be blocked.
    let generous = development()
        .set("/waf/mode", json!("shadow"))
        .set("/rate_limit", json!({"requests_per_second": 100_000, "burst": 100_000}))
        .set("/waf/burst/requests", json!(1_000_000));
    let listener = Listener { websocket: true, ..Listener::new("robustness", &generous) };
    let stage = Stage::set(release, &[listener], &[], "robustness");
    stage.upstream.answer_with(Response::new(200));
    stage
}

fn by_acme(target: &str) -> Request {
    get(target).field("x-api-key", key("acme-live"))
}

fn status(stage: &mut Stage, request: &Request) -> u16 {
    let observed = stage.exchange(request, &Response::new(200).field("x-raw", [0x80, 0xff]));
    observed.unwrap_or_else(|broken| panic!("{request:?}: {broken}")).response.status
}

/// Each byte from 0x80 to 0xff, in fields that the filter reads and in those it does not.
fn strange_values(stage: &mut Stage) {
    let all: Vec<u8> = (0x80..=0xff).collect();
    for version in [Version::Http1, Version::Http2] {
        let request = |target: &str| Request { version, ..by_acme(target) };
        for name in [
            "x-any",
            "cookie",
            "content-type",
            "content-encoding",
            "x-forwarded-for",
            "x-request-id",
            "user-agent",
        ] {
            let strange = status(stage, &request("/v1/acme/x").field(name, &all));
            // Envoy itself refuses some, and strange encodings are not identity.
            assert!(matches!(strange, 200 | 400 | 415), "{name}: {strange}");
        }
        let keyless = Request { version, ..get("/v1/acme/x") };
        assert_eq!(
            status(stage, &keyless.clone().field("authorization", [b"Bearer ", &all[..]].concat())),
            401
        );
        assert_eq!(status(stage, &keyless.clone().field("x-api-key", &all)), 401);
        assert_eq!(status(stage, &keyless.field("cookie", [b"api_key=", &all[..]].concat())), 401);
    }
}

/// As many fields as Envoy takes (100, of which some are its own), and more.
fn many_fields(stage: &mut Stage) {
    let with = |name: fn(usize) -> String, count: usize| {
        (0..count).fold(by_acme("/v1/acme/x"), |request, number| request.field(&name(number), [0xff]))
    };
    for name in [|number| format!("x-{number}"), |_| "x-same".to_owned()] {
        let statuses: Vec<_> = (90..=100).map(|count| status(stage, &with(name, count))).collect();
        assert!(statuses.starts_with(&[200]) && statuses.ends_with(&[431]), "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 431)), "{statuses:?}");
    }
}

fn strange_requests(stage: &mut Stage) {
    let upload = || Request { method: "POST".to_owned(), ..by_acme("/v1/acme/x") };
    let grpc = upload().field("content-type", "application/grpc").field("te", "trailers");
    let requests = [
        upload().chunks([""]).trailer("x-t", "1"),
        upload().chunks([""]).trailer("x-t", [0x80, 0xff]),
        upload().http2().trailer("x-t", [0x80, 0xff]),
        upload().http2().chunks(["", "a", ""]),
        upload().chunks(std::iter::repeat_n("b", 200)),
        upload().http2().chunks(std::iter::repeat_n("b", 200)),
        Request { method: "HEAD".to_owned(), ..by_acme("/v1/acme/x") },
        Request { method: "HEAD".to_owned(), ..by_acme("/v1/acme/x") }.http2(),
        by_acme("http://api.example.com/v1/acme/x"),
        grpc.clone().http2().body([0, 0, 0, 0, 1, 7]),
        grpc.http2().body([0, 0, 0, 0, 1, 7]).trailer("x-t", "1"),
        by_acme("/v1/acme/x?").http2(),
        by_acme("/v1/acme/x?&&=&api_key&=x&%"),
        by_acme("/v1/acme/x").field("cookie", ";;=;a;=b;\"").field("cookie", ""),
        by_acme("/v1/acme/x").field("authorization", ",,Bearer,,Basic"),
        by_acme("/v1/acme/x")
            .field("x-forwarded-for", "::1, x, 999.1.1.1,")
            .field("x-forwarded-proto", "gopher"),
        upload().field("expect", "100-continue").body("c"),
    ];
    for request in requests {
        assert_eq!(status(stage, &request), 200, "{request:?}");
    }
    for target in ["*", "/%", "/v1/acme/%00", "/%ff%fe", "/v1/acme/x%c3%28"] {
        let refused = status(stage, &by_acme(target));
        assert!(matches!(refused, 400 | 403 | 404), "{target}: {refused}");
    }
}

/// An upgrade is judged like any request; admitted, it is a stream of bytes both ways.
fn upgrades(stage: &Stage) {
    let upgrade = |request: Request| request.field("connection", "upgrade").field("upgrade", "websocket");
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    stage.runtime.block_on(async {
        let before = stage.upstream.mark();
        let refused = client::send(stage.address(), &upgrade(get("/v1/acme/x"))).await.expect("an answer");
        assert_eq!((refused.status, stage.upstream.since(before).bytes), (401, 0));

        let mut connection = Http1::connect(stage.address(), source).await.expect("Envoy takes connections");
        let switched = connection.send(&upgrade(by_acme("/v1/acme/x"))).await.expect("an answer");
        assert_eq!(switched.status, 101);
        for message in [&b"ping"[..], &[0x80, 0xff, 0], b"pong"] {
            connection.write(message).await.expect("the stream is open");
            assert_eq!(connection.read(message.len()).await.expect("an echo"), message);
        }
    });
}

/// A body that cannot become UTF-8 is refused while its client still sends, and one that can is waited for.
async fn refuse_what_has_not_ended(address: SocketAddr) {
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let upload = Request { method: "POST".to_owned(), ..get("/v1/acme/x") }
        .field("x-api-key", key("acme-live"))
        .http2();
    let [start, end] = [&b"\xf0\x9f"[..], b"\x98\x80"];

    let mut connection = Http1::connect(address, source).await.expect("Envoy takes connections");
    let head = format!("POST /v1/acme/x HTTP/1.1\r\nhost: a\r\nx-api-key: {}\r\n", key("acme-live"));
    let pieces = [b"transfer-encoding: chunked\r\n\r\n2\r\n", start, b"\r\n1\r\n(\r\n"].concat();
    connection.write(&[head.as_bytes(), &pieces].concat()).await.expect("Envoy reads");
    assert_eq!(connection.read_answer(false).await.expect("an answer before the end").status, 400);

    let mut connection = Http2::connect(address, source).await.expect("Envoy takes connections");
    for (second, status) in [(&b"("[..], 400), (end, 200)] {
        let (answer, mut sending) = connection.open(&upload.clone().chunks([start])).await.expect("a stream");
        sending.send_data(start.into(), false).expect("the stream is open");
        sending.send_data(second.into(), false).expect("the stream is open");
        if status == 200 {
            sending.send_data("".into(), true).expect("it is waited for");
        }
        assert_eq!(answer.await.expect("an answer").status(), status);
    }
}

/// Clients that leave while their request is held.
async fn leave_in_the_middle(address: SocketAddr) {
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for key in [key("acme-live"), "no such key".to_owned()] {
        let head = format!("POST /v1/acme/x HTTP/1.1\r\nhost: a\r\nx-api-key: {key}\r\n");
        for rest in [
            "content-length: 100\r\n\r\nhalf",
            "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "x-unfinished: ",
        ] {
            let mut connection = Http1::connect(address, source).await.expect("Envoy takes connections");
            connection.write(format!("{head}{rest}").as_bytes()).await.expect("Envoy reads");
        }
        let upload =
            Request { method: "POST".to_owned(), ..get("/v1/acme/x") }.field("x-api-key", key).http2();
        let upload = upload.chunks(["a"]);
        let mut connection = Http2::connect(address, source).await.expect("Envoy takes connections");
        let (_answer, mut sending) = connection.open(&upload).await.expect("Envoy takes streams");
        // A refusal may have ended the stream already.
        let _ = sending.send_data("half".into(), false);
        sending.send_reset(h2::Reason::CANCEL);
        let (_answer, _sending) = connection.open(&upload).await.expect("Envoy takes streams");
    }
}

/// What is no HTTP at all is Envoy's to refuse.
async fn send_rubbish(address: SocketAddr) {
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for rubbish in [
        &b"\x16\x03\x01\x02\x00\x01"[..],
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish!rubbish!",
    ] {
        let mut connection = Http1::connect(address, source).await.expect("Envoy takes connections");
        connection.write(rubbish).await.expect("Envoy reads");
    }
}

fn every_worker_answers(stage: &mut Stage) {
    let before = stage.runtime.block_on(stage.envoy.connections_by_worker());
    for _ in 0..CONNECTIONS {
        assert_eq!(status(stage, &by_acme("/v1/acme/x")), 200);
        assert_eq!(status(stage, &get("/v1/acme/x")), 401);
    }
    let after = stage.runtime.block_on(stage.envoy.connections_by_worker());
    let asked = before.iter().zip(&after).filter(|(before, after)| after > before).count();
    assert_eq!(asked, 2, "connections before {before:?}, after {after:?}");
}

fn no_instance_died(stage: &Stage) {
    let reloads = stage.runtime.block_on(stage.envoy.admin().stats("vm_reload"));
    assert!(reloads.iter().all(|(_, count)| *count == 0), "{reloads:?}");
    let log = stage.envoy.log();
    let deaths: Vec<_> = log
        .lines()
        .filter(|line| {
            ["[critical]", "panicked", "Function: proxy_", "restricted"]
                .iter()
                .any(|word| line.contains(word))
        })
        .collect();
    assert!(deaths.is_empty(), "{}", deaths.join("\n"));
    assert!(stage.envoy.access_log().contains("/v1/acme/x"), "the access log is empty");
}
