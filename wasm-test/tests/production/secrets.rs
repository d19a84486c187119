//! Keys stay where they were put: in Envoy's environment and the module.

use crate::gate::{Files, Gate, by_acme, keys};
use std::fs;
use tokio::runtime::Runtime;
use wasm_test::certificate::Authority;
use wasm_test::fixture::{KEY_PREFIX, holds_key};
use wasm_test::message::Request;

#[test]
fn no_key_stands_in_a_file_the_admin_interface_or_the_log() {
    let gate = Gate::open("secrets", &[]);
    gate.runtime.block_on(gate.envoy.admin().set_log_level("wasm", "debug"));
    let (acme, admin) = (&keys()[0].1, &keys()[1].1);
    for request in [Request::new("GET", "/v1/acme/x"), Request::new("GET", "/v1/acme/x").http2()] {
        gate.send(&request.clone().field("x-api-key", acme));
        gate.send(&request.clone().field("authorization", format!("Bearer {admin}")));
        gate.send(&request.clone().field("x-api-key", format!("{acme}0")));
        gate.send(&request.clone().target(&format!("/v1/acme/x?api_key={admin}")).field("x-api-key", acme));
        gate.send(
            &request.clone().target("/tollgate/stats").field("authorization", format!("Bearer {admin}")),
        );
        gate.send(&Request { method: "DELETE".to_owned(), ..request }.field("cookie", format!("k={admin}")));
    }
    let told = |path| gate.runtime.block_on(gate.envoy.admin().text(path));
    let places = [
        ("the rendered file", fs::read_to_string(gate.files.folder.join("envoy.yaml")).expect("it is there")),
        ("config_dump", told("/config_dump?include_eds")),
        ("certs", told("/certs")),
        ("server_info", told("/server_info")),
        ("stats", told("/stats")),
        ("the log", gate.envoy.log()),
    ];
    let certificate_key = fs::read_to_string(gate.files.certificates().join("tls.key")).expect("it is there");
    let line = certificate_key.lines().nth(1).expect("PEM has lines");
    for (place, text) in places {
        assert!(!holds_key(&text), "a key stands in {place}: {}", around(&text, KEY_PREFIX));
        assert!(!text.contains(line), "the certificate's key stands in {place}");
    }
}

/// Each line is JSON, but for those of before Envoy had read its file: a program can read the log, and a message cannot
/// forge a line.
#[test]
fn every_line_of_the_log_is_json() {
    let gate = Gate::open("json", &[]);
    gate.send(&by_acme("GET", "/v1/acme/x"));
    gate.send(&by_acme("GET", "/v1/acme/x").field("x_any", "1"));
    // The log is written a moment later than the answer.
    let admin = gate.envoy.admin();
    gate.runtime.block_on(admin.reached("filesystem.write_completed", 2));
    let log = gate.envoy.log();
    let mut lines = Vec::new();
    for line in log.lines().skip_while(|line| !line.starts_with('{')).filter(|line| !line.is_empty()) {
        let line =
            serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        lines.push(line);
    }
    assert!(lines.iter().any(|line| line["logger"] == "wasm"), "{log}");
    assert!(lines.iter().any(|line| line["decision"] == "allowed" && line["tenant"] == "acme"), "{log}");
    let refused = lines.iter().find(|line| line["status"] == 400).expect("what the filter never saw");
    assert_eq!(refused["tls"], "TLSv1.3", "{log}");
}

/// A key that is not set stops the start, and is named.
#[test]
fn without_its_keys_envoy_does_not_start() {
    let files = Files::lay_out("no-keys");
    Authority::new().issue(&["api.example.com"]).put_into(&files.certificates());
    files.render(&[("UPSTREAM_HOST", "localhost")]).unwrap_or_else(|said| panic!("{said}"));
    let runtime = Runtime::new().expect("a runtime");
    let Err(failure) = files.start(&runtime, &keys()[1..], "no-keys") else {
        panic!("it started without ACME_KEY")
    };
    assert!(failure.log.contains("ACME_KEY"), "{}", failure.log);
}

/// What is missing or secret is said, and nothing is written.
#[test]
fn nothing_is_rendered_without_an_upstream_or_with_a_secret() {
    let files = Files::lay_out("unrendered");
    let said = files.render(&[]).expect_err("there is no upstream");
    assert!(said.contains("UPSTREAM_HOST"), "{said}");
    let key = Authority::new().issue(&["a.example"]).key;
    let said = files.render(&[("UPSTREAM_HOST", &key)]).expect_err("a private key is no name");
    assert!(said.contains("UPSTREAM_HOST") && !said.contains("MII"), "{said}");
    assert!(!files.folder.join("envoy.yaml").exists(), "a file was written");
}

fn around(text: &str, trace: &str) -> String {
    let line = text.lines().find(|line| line.contains(trace)).unwrap_or_default();
    line.chars().take(400).collect()
}
