//! What Istio hands to Envoy of the shipped manifests, in a real Envoy.

use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::time::{interval, timeout};
use wasm_test::client::{Http1, PATIENCE};
use wasm_test::planes::{
    BehindTlsProxy, Held, Manifest, differences, environment, fixed_key, preflight, set_stage, steps,
};

/// How often what will come about is asked for.
const ASKING_INTERVAL: Duration = Duration::from_millis(10);

#[test]
fn the_filter_of_the_envoyfilter_holds_and_judges() {
    let wasm = Manifest::shipped("istio/envoyfilter.yaml").wasm_of_envoyfilter();
    let mut stage = set_stage(&wasm, &environment(), "envoyfilter");
    let mut all = steps(Held::Yes);
    all.push(preflight());
    let differences = differences(&all, &mut BehindTlsProxy(&mut stage));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn what_istio_makes_of_the_wasmplugin_judges_without_holding() {
    let mut stage = set_stage(&made_of_wasmplugin(), &environment(), "wasmplugin");
    let differences = differences(&steps(Held::No), &mut BehindTlsProxy(&mut stage));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What the WasmPlugin's comments warn of is so: upstream sees the beginning of a body before its end is refused.
#[test]
fn without_the_hold_upstream_sees_the_beginning_of_what_is_refused() {
    let stage = set_stage(&made_of_wasmplugin(), &environment(), "wasmplugin-large");
    let head = format!(
        "POST /v1/acme/orders HTTP/1.1\r\nhost: api.example.com\r\nx-forwarded-for: 198.51.100.7\r\n\
         x-forwarded-proto: https\r\nx-api-key: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        fixed_key("ACME_KEY")
    );
    let half = format!("9c40\r\n{}\r\n", "a".repeat(0x9c40));
    let answer = stage.runtime.block_on(async {
        let mut client =
            Http1::connect(stage.address(), Ipv4Addr::LOCALHOST.into()).await.expect("Envoy listens");
        client.write(head.as_bytes()).await.expect("it is open");
        client.write(half.as_bytes()).await.expect("it is open");
        let seen = async {
            let mut asking = interval(ASKING_INTERVAL);
            while stage.upstream.record().bytes == 0 {
                asking.tick().await;
            }
        };
        timeout(PATIENCE, seen).await.expect("it is held, though wasmplugin.yaml says it is not");
        client.write(half.as_bytes()).await.expect("it is open");
        client.read_answer(false).await.expect("an answer")
    });
    assert_eq!((answer.status, answer.problem().as_deref()), (413, Some("body-too-large")));
    let seen = stage.upstream.record().requests;
    assert!(seen.iter().all(|request| !request.complete), "upstream got all of what was refused");
}

/// As Istio 1.31 translates it: settings of the plugin alone, no `vm_id`, no hold, a configuration as text.
fn made_of_wasmplugin() -> Value {
    let manifest = Manifest::shipped("istio/wasmplugin.yaml");
    let spec = &manifest.object("WasmPlugin")["spec"];
    let variables = spec["vmConfig"]["env"].as_array().expect("variables").iter();
    let names: Vec<_> = variables.map(|variable| variable["name"].clone()).collect();
    json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
        "config": {
            "name": "istio-ingress.tollgate",
            "root_id": spec["pluginName"],
            "failure_policy": spec["failStrategy"],
            "vm_config": {
                "runtime": "envoy.wasm.runtime.v8",
                "environment_variables": {"host_env_keys": names},
            },
            "configuration": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": manifest.plugin_configuration().to_string(),
            },
        },
    })
}
