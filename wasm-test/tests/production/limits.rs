//! How much a client may send, and how many may come.

use crate::gate::{Gate, by_acme};
use wasm_test::envoy::Release;
use wasm_test::message::Request;

/// `max_body_bytes` of the shipped `tollgate.json`.
const BODY_BYTES_MAX: usize = 65_536;

/// What Envoy holds at most: `per_connection_buffer_limit_bytes` and the window of a stream.
const HELD_BYTES_MAX: usize = 131_072;

#[test]
fn bodies_up_to_the_limit_pass_the_newest_envoy_and_larger_ones_do_not() {
    bodies_up_to_the_limit_pass(Release::Newest);
}

#[test]
fn bodies_up_to_the_limit_pass_the_oldest_envoy_and_larger_ones_do_not() {
    bodies_up_to_the_limit_pass(Release::Oldest);
}

fn bodies_up_to_the_limit_pass(release: Release) {
    let gate = Gate::on(release, "bodies", &[]);
    for version in [by_acme("POST", "/v1/acme/x"), by_acme("POST", "/v1/acme/x").http2()] {
        for declared in [true, false] {
            let post = |bytes: usize| {
                // An empty object and blanks: long, and with no text in it.
                let body = format!("{{}}{}", " ".repeat(bytes - 2)).into_bytes();
                let request = version.clone().field("content-type", "application/json");
                match declared {
                    true => request.body(body),
                    false => request.chunks(body.chunks(16_000)),
                }
            };
            let mark = gate.upstream.mark();
            assert_eq!(gate.send(&post(BODY_BYTES_MAX)).status, 200, "{version:?}, declared: {declared}");
            let requests = gate.upstream.since(mark).requests;
            assert_eq!(requests[0].body.len(), BODY_BYTES_MAX);

            let mark = gate.upstream.mark();
            let refused = gate.send(&post(BODY_BYTES_MAX + 1));
            assert_eq!((refused.status, refused.problem().as_deref()), (413, Some("body-too-large")));
            is_refused(&gate, &post(4 * HELD_BYTES_MAX));
            assert_eq!(gate.upstream.since(mark).requests, [], "{version:?}, declared: {declared}");
        }
    }
}

/// With 413, or cut off while it still sends.
fn is_refused(gate: &Gate, request: &Request) {
    if let Ok(answer) = gate.runtime.block_on(gate.client().send(gate.address, request)) {
        assert_eq!(answer.status, 413, "{answer:?}");
    }
}

/// One connection more than the limit gets no TLS.
#[test]
fn connections_beyond_the_limit_are_closed() {
    const CONNECTIONS_MAX: usize = 3;
    let gate = Gate::open("connections", &[("CONNECTIONS_MAX", "3")]);
    let client = gate.client();
    let connect = || client.connect(gate.address, [127, 0, 0, 1].into(), &["h2"]);
    gate.runtime.block_on(async {
        let mut open = Vec::new();
        for _ in 0..CONNECTIONS_MAX {
            open.push(connect().await.expect("there is room"));
        }
        assert!(connect().await.is_err(), "one too many was let in");
        assert!(gate.envoy.admin().is_ready().await, "nobody can look into a busy Envoy");
    });
    // Those closed, there is room again.
    let gone = "listener.127.0.0.1_0.downstream_cx_destroy";
    gate.runtime.block_on(gate.envoy.admin().reached(gone, CONNECTIONS_MAX as u64));
    assert_eq!(gate.send(&by_acme("GET", "/v1/acme/x")).status, 200);
}
