//! What a client says of itself is not believed; what a trusted proxy says of it is.

use crate::gate::{Gate, by_acme, keys};
use serde_json::Value;
use wasm_test::message::Request;

#[test]
fn without_hops_nothing_is_believed() {
    let gate = Gate::open("no-hops", &[]);
    a_client_cannot_name_its_address_or_scheme(&gate);
    a_path_leads_where_it_is_judged_to_lead(&gate);
    the_admin_key_of_the_environment_works_and_no_other(&gate);
}

fn a_client_cannot_name_its_address_or_scheme(gate: &Gate) {
    for request in [by_acme("GET", "/v1/acme/x"), by_acme("GET", "/v1/acme/x").http2()] {
        let forged = request
            .field("x-forwarded-for", "203.0.113.7")
            .field("x-forwarded-proto", "http")
            .field("x-envoy-external-address", "203.0.113.7")
            .field("x-envoy-internal", "true")
            .field("x-envoy-retry-on", "5xx")
            .field("x-envoy-max-retries", "9")
            .field("x-envoy-upstream-rq-timeout-ms", "1");
        // Plain HTTP would be refused in production: it is the connection that counts.
        assert_eq!(gate.send(&forged).status, 200);
        assert_eq!(record(gate)["client"], "127.0.0.1");
    }
    for seen in gate.upstream.record().requests {
        assert_eq!(seen.fields.text("x-forwarded-proto").as_deref(), Some("https"));
        for name in
            ["x-envoy-internal", "x-envoy-retry-on", "x-envoy-max-retries", "x-envoy-upstream-rq-timeout-ms"]
        {
            assert!(!seen.fields.has(name), "{name} reached the API: {seen:?}");
        }
        let external = seen.fields.text("x-envoy-external-address");
        assert_ne!(external.as_deref(), Some("203.0.113.7"));
    }
}

#[test]
fn with_one_hop_what_the_proxy_says_counts_and_what_its_client_says_does_not() {
    let gate = Gate::open("one-hop", &[("TRUSTED_HOPS", "1")]);
    let through_proxy = |forwarded: &str| {
        let request = by_acme("GET", "/v1/acme/x").field("x-forwarded-for", forwarded);
        gate.send(&request.field("x-forwarded-proto", "https"))
    };
    assert_eq!(through_proxy("198.51.100.7").status, 200);
    assert_eq!(record(&gate)["client"], "198.51.100.7");
    // The client itself wrote the first; the proxy added the second.
    assert_eq!(through_proxy("203.0.113.7, 198.51.100.8").status, 200);
    assert_eq!(record(&gate)["client"], "198.51.100.8");

    let mark = gate.upstream.mark();
    let in_clear = by_acme("GET", "/v1/acme/x").field("x-forwarded-for", "198.51.100.7");
    let refused = gate.send(&in_clear.field("x-forwarded-proto", "http"));
    assert_eq!((refused.status, refused.problem().as_deref()), (403, Some("https-required")));
    assert_eq!(gate.upstream.since(mark).bytes, 0);
}

/// The path that is judged is the one that the API gets.
fn a_path_leads_where_it_is_judged_to_lead(gate: &Gate) {
    for (sent, seen) in [("/v1/acme//x", "/v1/acme/x"), ("/v1/globex/../acme/x", "/v1/acme/x")] {
        let mark = gate.upstream.mark();
        assert_eq!(gate.send(&by_acme("GET", sent)).status, 200, "{sent}");
        let paths: Vec<_> =
            gate.upstream.since(mark).requests.into_iter().map(|request| request.path).collect();
        assert_eq!(paths, [seen], "{sent}");
    }
    let mark = gate.upstream.mark();
    for sent in [
        "/v1/acme/../globex/x",
        "/v1/acme/%2e%2e/globex/x",
        "/v1/acme/..%2fglobex/x",
        "/v1/acme/..\\globex/x",
    ] {
        let refused = gate.send(&by_acme("GET", sent));
        assert_eq!((refused.status, refused.problem().as_deref()), (403, Some("namespace-denied")), "{sent}");
    }
    assert_eq!(gate.upstream.since(mark).bytes, 0);
}

/// The newest audit record.
fn record(gate: &Gate) -> Value {
    let audit = gate.send(&as_admin("/tollgate/audit?limit=1"));
    assert_eq!(audit.status, 200, "{}", audit.text());
    serde_json::from_slice(&audit.body).expect("one record")
}

fn as_admin(target: &str) -> Request {
    let key = keys().into_iter().find(|(name, _)| name == "ADMIN_KEY").expect("one of them").1;
    Request::new("GET", target)
        .field("authorization", format!("Bearer {key}"))
        .field("x-forwarded-proto", "https")
}

fn the_admin_key_of_the_environment_works_and_no_other(gate: &Gate) {
    assert_eq!(gate.send(&as_admin("/tollgate/stats")).status, 200);
    assert_eq!(gate.send(&by_acme("GET", "/tollgate/stats")).status, 401);
}
