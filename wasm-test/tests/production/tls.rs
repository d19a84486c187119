//! Which TLS is spoken.

use crate::gate::{Gate, NAME, by_acme};
use crate::hello::{
    Answer, ECDHE_ECDSA_AES128_CBC_SHA, ECDHE_ECDSA_AES128_GCM_SHA256, HANDSHAKE_FAILURE, PROTOCOL_VERSION,
    TLS_1_0, TLS_1_1, TLS_1_2, hello,
};
use std::net::{IpAddr, Ipv4Addr};
use tokio_rustls::rustls::ProtocolVersion;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use wasm_test::client::{self, Tls};
use wasm_test::envoy::Release;
use wasm_test::message::Request;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How often Envoy took a certificate, the first one too.
const CERTIFICATES_TAKEN: &str = "listener.127.0.0.1_0.server_ssl_socket_factory.ssl_context_update_by_sds";

/// How often it refused one.
const CERTIFICATES_REFUSED: &str = "sds.server.key_rotation_failed";

#[test]
fn the_newest_envoy_speaks_tls_1_2_and_1_3_and_nothing_else() {
    speaks_tls_1_2_and_1_3_only(Release::Newest);
}

#[test]
fn the_oldest_envoy_speaks_tls_1_2_and_1_3_and_nothing_else() {
    speaks_tls_1_2_and_1_3_only(Release::Oldest);
}

fn speaks_tls_1_2_and_1_3_only(release: Release) {
    let gate = Gate::on(release, "tls", &[]);
    old_versions_and_weak_suites_are_refused(&gate);
    plain_http_is_not_answered(&gate);
    both_versions_pass_with_both_of_http(&gate);
}

fn old_versions_and_weak_suites_are_refused(gate: &Gate) {
    let hears = |version, suites: &[u16]| gate.runtime.block_on(hello(gate.address, version, suites));
    let all = [ECDHE_ECDSA_AES128_GCM_SHA256, ECDHE_ECDSA_AES128_CBC_SHA];
    assert_eq!(hears(TLS_1_0, &all), Answer::Alert(PROTOCOL_VERSION));
    assert_eq!(hears(TLS_1_1, &all), Answer::Alert(PROTOCOL_VERSION));
    assert_eq!(hears(TLS_1_2, &[ECDHE_ECDSA_AES128_CBC_SHA]), Answer::Alert(HANDSHAKE_FAILURE));
    let good = Answer::Hello { version: TLS_1_2, suite: ECDHE_ECDSA_AES128_GCM_SHA256 };
    assert_eq!(hears(TLS_1_2, &all), good);
}

/// Else the refusals above would be of a hello that nobody would answer.
#[test]
fn an_envoy_that_allowed_old_tls_would_speak_it() {
    let lax = |rendered: String| {
        let minimum = rendered.replace("TLSv1_2", "TLSv1_0");
        let suites = minimum.replace("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA");
        assert!(minimum != rendered && suites != minimum, "{rendered}");
        suites
    };
    let gate = Gate::of(Release::Newest, "lax", &[], lax);
    for version in [TLS_1_0, TLS_1_1, TLS_1_2] {
        let heard = gate.runtime.block_on(hello(gate.address, version, &[ECDHE_ECDSA_AES128_CBC_SHA]));
        assert_eq!(heard, Answer::Hello { version, suite: ECDHE_ECDSA_AES128_CBC_SHA });
    }
}

fn both_versions_pass_with_both_of_http(gate: &Gate) {
    for (version, spoken) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let client = gate.client().only(version);
        for (offered, chosen) in [(&["h2", "http/1.1"][..], "h2"), (&["http/1.1"], "http/1.1")] {
            let connecting = client.connect(gate.address, HERE, offered);
            let stream = gate.runtime.block_on(connecting).expect("a connection");
            assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(chosen.as_bytes()));
        }
        for request in [by_acme("GET", "/v1/acme/x"), by_acme("GET", "/v1/acme/x").http2()] {
            let answer = gate.runtime.block_on(client.send(gate.address, &request)).expect("an answer");
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

fn plain_http_is_not_answered(gate: &Gate) {
    for request in [by_acme("GET", "/v1/acme/x"), by_acme("GET", "/v1/acme/x").http2()] {
        let answer = gate.runtime.block_on(client::send(gate.address, &request));
        assert!(answer.is_err(), "{answer:?}");
    }
    let listeners = gate.runtime.block_on(gate.envoy.admin().listeners());
    assert_eq!(listeners.len(), 1, "another port: {listeners:?}");
    assert_eq!(gate.upstream.record().bytes, 0);
}

/// A new certificate is shown to new connections; those that are open go on.
#[test]
fn a_certificate_is_renewed_without_a_restart() {
    let gate = Gate::open("renewed", &[]);
    let request = by_acme("GET", "/v1/acme/x");
    let before = certificate(&gate, &gate.client());
    let stream = gate.runtime.block_on(gate.client().connect(gate.address, HERE, &["http/1.1"]));
    let mut open = client::Http1::over(stream.expect("a connection"));

    gate.authority.issue(&[NAME]).put_into(&gate.files.certificates());
    gate.runtime.block_on(gate.envoy.admin().reached(CERTIFICATES_TAKEN, 2));
    let after = certificate(&gate, &gate.client());
    assert!(before != after, "the old certificate is still shown");
    assert_eq!(gate.send(&request).status, 200);
    let answer = gate.runtime.block_on(open.send(&request)).expect("the old connection goes on");
    assert_eq!(answer.status, 200);
}

/// The certificate that a new connection is shown.
fn certificate(gate: &Gate, client: &Tls) -> Vec<u8> {
    let stream =
        gate.runtime.block_on(client.connect(gate.address, HERE, &["http/1.1"])).expect("a connection");
    let shown = stream.get_ref().1.peer_certificates().expect("a certificate");
    shown[0].to_vec()
}

#[test]
fn a_key_that_does_not_fit_leaves_the_old_certificate() {
    let gate = Gate::open("unfit", &[]);
    let before = certificate(&gate, &gate.client());
    let mut unfit = gate.authority.issue(&[NAME]);
    unfit.key = gate.authority.issue(&[NAME]).key;
    unfit.put_into(&gate.files.certificates());
    gate.runtime.block_on(gate.envoy.admin().reached(CERTIFICATES_REFUSED, 1));
    assert_eq!(certificate(&gate, &gate.client()), before);
    let answer = gate.send(&Request::new("GET", "/tollgate/healthz"));
    assert_eq!(answer.status, 200, "{}", answer.text());
}
