//! Refusals as clients of all kinds get them, and requests of unusual shape.

use super::by_acme;
use crate::fixture::{development, key, production};
use crate::message::{Request, Response};
use crate::scenario::{Scenario, admitted, answered, get, refused};

pub(super) fn scenarios() -> Vec<Scenario> {
    let head = |target: &str| Request::new("HEAD", target);
    let upload = || Request::new("POST", "/v1/acme/x").field("x-api-key", key("acme-live"));
    vec![
        Scenario::new("an answer to HEAD has no body", development())
            .step(head("/v1/acme/x"), refused(401, "missing-api-key"))
            .step(head("/v1/acme/x").http2(), refused(401, "missing-api-key"))
            .step(head("/v1/acme/x").field("x-api-key", key("acme-live")), admitted()),
        Scenario::new("no refusal is kept by a cache", development())
            .step(get("/v1/acme/x"), refused(401, "missing-api-key").field("cache-control", "no-store")),
        Scenario::new("production says no more than it must", production())
            .step(get("/v1/acme/x"), refused(403, "https-required")),
        Scenario::new("a gRPC client gets Envoy's own mapping", development())
            .step(
                grpc().http2(),
                answered(200).field("grpc-status", "16").field("content-type", "application/grpc"),
            )
            .step(
                grpc().http2().field("x-api-key", key("globex-live")),
                answered(200).field("grpc-status", "7"),
            ),
        Scenario::new("a body goes through as it came, however it is cut", development())
            .step(upload().body("hello"), admitted().upstream_body("hello"))
            .step(upload().chunks(["h", "e", "llo"]), admitted().upstream_body("hello"))
            .step(upload().chunks(["h", "e", "llo"]).http2(), admitted().upstream_body("hello"))
            .step(upload().chunks(["hel", "lo"]).trailer("x-sum", "5"), admitted().upstream_body("hello"))
            .step(
                upload().chunks(["hel", "lo"]).http2().trailer("x-sum", "5"),
                admitted().upstream_body("hello"),
            )
            .step(upload().chunks([""]), admitted().upstream_body(""))
            .step(upload().chunks([""]).trailer("x-sum", "0"), admitted().upstream_body(""))
            .step(upload().http2().trailer("x-sum", "0"), admitted().upstream_body(""))
            .step(upload().field("content-length", "0"), admitted().upstream_body("")),
        Scenario::new("a refused upload is refused once, whether its body came or not", development())
            .step(Request::new("POST", "/v1/acme/x").body("hello"), refused(401, "missing-api-key"))
            .step(
                Request::new("POST", "/v1/acme/x").chunks(["a", "b"]).trailer("x-t", "1"),
                refused(401, "missing-api-key"),
            )
            .step(
                Request::new("POST", "/v1/acme/x").http2().chunks(["a", "b"]),
                refused(401, "missing-api-key"),
            ),
        Scenario::new("bytes that are no text go through in values", development())
            .step(by_acme("/v1/acme/x").field("x-raw", [0x80, 0xfe, 0xff]), admitted())
            .step(by_acme("/v1/acme/x").http2().field("x-raw", [0x80, 0xfe, 0xff]), admitted())
            .step(get("/v1/acme/x").field("x-raw", [0x80, 0xfe, 0xff]), refused(401, "missing-api-key"))
            .step_answered(
                by_acme("/v1/acme/x"),
                Response::new(200).field("x-raw", [0x80, 0xff]),
                admitted(),
            ),
        Scenario::new("the absolute form is the same request", development())
            .step(by_acme("http://api.example.com/v1/acme/x"), admitted().upstream_path("/v1/acme/x"))
            .step(by_acme("http://api.example.com/v1/globex/x"), refused(403, "namespace-denied"))
            .step(get("http://api.example.com/v1/acme/x"), refused(401, "missing-api-key")),
        Scenario::new("an upstream's answer goes back as it came", development())
            .step_answered(
                by_acme("/v1/acme/x"),
                Response::new(503).field("retry-after", "7").body("busy"),
                admitted().status(503).body("busy").field("retry-after", "7"),
            )
            .step_answered(by_acme("/v1/acme/x"), Response::new(204), admitted().status(204))
            .step_answered(
                by_acme("/v1/acme/x").http2(),
                Response::new(404).body("no"),
                admitted().status(404).body("no"),
            ),
    ]
}

fn grpc() -> Request {
    Request::new("POST", "/v1/acme/Orders/Get")
        .field("content-type", "application/grpc")
        .field("te", "trailers")
        .body([0, 0, 0, 0, 0])
}
