//! The manifests that are shipped for Envoy Gateway, on the real Envoy Gateway and the real Envoy that it starts:
//! `make e2e-gateway`.

use serde_json::Value;
use std::process::ExitCode;
use std::time::Instant;
use wasm_test::fixture::holds_key;
use wasm_test::planes::{EnvoyGateway, Held, differences, environment, preflight, steps};

fn main() -> ExitCode {
    let begun = Instant::now();
    let mut gateway = EnvoyGateway::start(&environment(), "gateway");
    println!("Envoy Gateway and its Envoy judge requests after {} s", begun.elapsed().as_secs());
    let filter = gateway.filter_config();
    let mut wrong = missing(&filter, &FILTER);
    wrong.extend(shared_vm(&filter));
    wrong.extend(missing(&gateway.listener_config(), &LISTENER));
    let mut all = steps(Held::Yes);
    all.push(preflight());
    wrong.extend(differences(&all, &mut gateway));
    wrong.extend(wrong_in_log(&gateway.log_once(|log| missing_records(log).is_empty())));
    for difference in &wrong {
        println!("NOT AS EXPECTED: {difference}");
    }
    println!("{} steps, {} differences, {} s", all.len(), wrong.len(), begun.elapsed().as_secs());
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the EnvoyPatchPolicy adds to the filter, and what Envoy Gateway itself makes of an EnvoyExtensionPolicy and the
/// manifests say of it, as JSON pointers into Envoy's configuration.
const FILTER: [(&str, &str); 5] = [
    ("/failure_policy", r#""FAIL_RELOAD""#),
    ("/allow_on_headers_stop_iteration", "true"),
    ("/reload_config/backoff/base_interval", r#""1s""#),
    ("/capability_restriction_config/allowed_capabilities/proxy_on_request_headers", "{}"),
    ("/vm_config/environment_variables/host_env_keys", r#"["ACME_KEY","GLOBEX_KEY","ADMIN_KEY"]"#),
];

const MANAGER: &str = "/filter_chains/0/filters/0/typed_config";

/// What the ClientTrafficPolicy sets, because a held request needs it; below the connection manager or, with a `/` in
/// front, of the listener.
const LISTENER: [(&str, &str); 4] = [
    ("/per_connection_buffer_limit_bytes", "131072"),
    ("http2_protocol_options/initial_stream_window_size", "131072"),
    ("http_protocol_options/enable_trailers", "true"),
    ("use_remote_address", "true"),
];

/// What is not as it should be, of values at these places.
fn missing(config: &Value, expected: &[(&str, &str)]) -> Vec<String> {
    let difference = |(place, value): &(&str, &str)| {
        let pointer = if place.starts_with('/') { (*place).to_owned() } else { format!("{MANAGER}/{place}") };
        let expected: Value = serde_json::from_str(value).expect("JSON");
        let is = config.pointer(&pointer).unwrap_or(&Value::Null);
        println!("  {} {pointer}: {is}", if *is == expected { "ok " } else { "NOT" });
        (*is != expected).then(|| format!("{pointer} is {is}, not {expected}"))
    };
    expected.iter().filter_map(difference).collect()
}

/// Buckets and blocks lie in data shared by all that have the same `vm_id`.
fn shared_vm(filter: &Value) -> Option<String> {
    let id = filter["vm_config"]["vm_id"].as_str().unwrap_or_default();
    println!("  {} /vm_config/vm_id: {id}", if id.is_empty() { "NOT" } else { "ok " });
    id.is_empty().then(|| "the filter has the vm_id that every other plugin has".to_owned())
}

/// No key and nothing personal may be logged, and every request leaves its audit record where the access log goes.
fn wrong_in_log(log: &str) -> Vec<String> {
    let leaking = log.lines().filter(|line| holds_key(line) || line.contains("jo@example.org"));
    let mut wrong: Vec<_> = leaking.map(|line| format!("this was logged: {line}")).collect();
    wrong.extend(missing_records(log));
    wrong
}

/// What was refused first and last, and is in no audit record.
fn missing_records(log: &str) -> Vec<String> {
    let records: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let is_there = |reason: &str| {
        records.iter().any(|record| record["decision"] == "denied" && record["reason"] == reason)
    };
    let missing = ["missing-api-key", "too-many-urls"].into_iter().filter(|reason| !is_there(reason));
    missing.map(|reason| format!("no audit record says {reason}")).collect()
}
