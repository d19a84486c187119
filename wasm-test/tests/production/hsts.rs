//! Every answer says that this host speaks TLS only, whoever gave it; none says what software gave it.

use crate::gate::{Gate, NAME, by_acme};
use wasm_test::client::Http1;
use wasm_test::envoy::Release;
use wasm_test::message::{Request, Response};

const HSTS: &str = "max-age=31536000; includeSubDomains";

#[test]
fn every_answer_of_the_newest_envoy_has_hsts() {
    every_answer_has_hsts(Release::Newest);
}

#[test]
fn every_answer_of_the_oldest_envoy_has_hsts() {
    every_answer_has_hsts(Release::Oldest);
}

fn every_answer_has_hsts(release: Release) {
    let gate = Gate::on(release, "hsts", &[("ALLOWED_ORIGINS", "https://app.example.com")]);
    let talkative = Response::new(200)
        .field("strict-transport-security", "max-age=0")
        .field("server", "an-api/1.2.3")
        .field("x-powered-by", "a framework");
    gate.upstream.answer_with(talkative);
    for request in [Request::new("GET", "/"), Request::new("GET", "/").http2()] {
        let good = request.clone().target("/v1/acme/x").field("x-api-key", wasm_test::fixture::key("acme"));
        let preflight = Request { method: "OPTIONS".to_owned(), ..request.clone() };
        let preflight = preflight
            .field("origin", "https://app.example.com")
            .field("access-control-request-method", "POST");
        is_quiet(&gate.send(&good), 200);
        is_quiet(&gate.send(&request), 401);
        is_quiet(&gate.send(&good.clone().target("/v1/globex/x")), 403);
        is_quiet(&gate.send(&request.clone().target("/tollgate/none")), 404);
        is_quiet(&gate.send(&request.clone().target("/tollgate/healthz")), 200);
        is_quiet(&gate.send(&preflight), 200);
    }
    is_quiet(&gate.send(&by_acme("GET", "/v1/acme/x").field("x_any", "1")), 400);
    is_quiet(&gate.send(&by_acme("GET", "/v1/acme/x").field("x-long", "a".repeat(70_000))), 431);
    is_quiet(&said_to(&gate, "GET / HTTP/1.1\r\nhost: a\r\nno colon\r\n\r\n"), 400);
    is_quiet(&said_to(&gate, "GET / HTTP/1.0\r\n\r\n"), 426);
}

/// The upstream is gone: the router answers.
#[test]
fn the_answer_for_an_api_that_is_away_has_hsts() {
    let nobody = wasm_test::child::free_port().to_string();
    let gate = Gate::open("away", &[("UPSTREAM_PORT", &nobody)]);
    is_quiet(&gate.send(&by_acme("GET", "/v1/acme/x")), 503);
    is_quiet(&gate.send(&by_acme("GET", "/v1/acme/x").http2()), 503);
}

/// With no memory left Envoy answers before any filter is there. (At a little more it takes no connections at all; that
/// is taken out here.)
#[test]
fn the_answer_of_an_overloaded_envoy_has_hsts() {
    let taking_connections = |rendered: String| {
        let (before, rest) = rendered.split_once("  loadshed_points:").expect("it sheds connections");
        let (_, after) = rest.split_once("\nstats_config:").expect("what comes next");
        format!("{before}stats_config:{after}")
    };
    let gate = Gate::of(Release::Newest, "overloaded", &[("HEAP_BYTES_MAX", "1000")], taking_connections);
    let overloaded = "overload.envoy.overload_actions.stop_accepting_requests.active";
    gate.runtime.block_on(gate.envoy.admin().reached(overloaded, 1));
    is_quiet(&gate.send(&by_acme("GET", "/v1/acme/x")), 503);
    is_quiet(&gate.send(&by_acme("GET", "/v1/acme/x").http2()), 503);
    assert_eq!(gate.upstream.record().bytes, 0);
}

fn is_quiet(answer: &Response, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    let hsts: Vec<_> = answer.fields.all("strict-transport-security").collect();
    assert_eq!(hsts, [HSTS.as_bytes()], "{answer:?}");
    for name in ["server", "x-powered-by", "x-envoy-upstream-service-time"] {
        assert!(!answer.fields.has(name), "{answer:?}");
    }
}

/// What is answered to bytes that are no good HTTP.
fn said_to(gate: &Gate, bytes: &str) -> Response {
    let conversation = async {
        let source = [127, 0, 0, 1].into();
        let stream = gate.client().connect(gate.address, source, &["http/1.1"]).await.expect(NAME);
        let mut connection = Http1::over(stream);
        connection.write(bytes.as_bytes()).await.expect("it is open");
        connection.read_answer(false).await.expect("an answer")
    };
    gate.runtime.block_on(conversation)
}
