//! Where Envoy listens.

use crate::gate::Gate;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use wasm_test::client;
use wasm_test::message::Request;

/// The gate is for the network, its admin interface for this machine. 127.0.0.2 stands for any other address that the
/// machine has: a socket that is bound to 127.0.0.1 alone cannot be reached there, one bound to all can.
#[test]
fn the_gate_is_reached_on_every_address_and_the_admin_on_one() {
    let gate = Gate::open("reach", &[("LISTEN_ADDRESS", "0.0.0.0")]);
    assert!(gate.address.ip().is_unspecified(), "{}", gate.address);
    let elsewhere = |port| SocketAddr::from(([127, 0, 0, 2], port));
    let admin = gate.envoy.admin().address();
    assert!(admin.ip().is_loopback(), "{admin}");
    gate.runtime.block_on(async {
        assert!(TcpStream::connect(elsewhere(gate.address.port())).await.is_ok(), "the gate is closed");
        assert!(TcpStream::connect(elsewhere(admin.port())).await.is_err(), "the admin is open to others");
        let ready = client::send(admin, &Request::new("GET", "/ready")).await.expect("an answer");
        assert_eq!(ready.status, 200);
    });
}
