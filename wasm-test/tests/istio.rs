//! What Istio hands to Envoy of the shipped manifests, in a real Envoy.

use serde_json::{Value, json};
use wasm_test::message::Response;
use wasm_test::planes::{
    BehindTlsProxy, Held, Manifest, differences, environment, fixed_key, preflight, set_stage, steps,
};
use wasm_test::scenario::{Backend, post};

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

/// What the WasmPlugin's comments warn of is so: the refusal comes, and upstream saw the head and not the end.
#[test]
fn without_the_hold_upstream_sees_the_head_of_a_body_that_is_too_large() {
    let mut stage = set_stage(&made_of_wasmplugin(), &environment(), "wasmplugin-large");
    let request = post("/v1/acme/orders", "")
        .chunks([vec![b'a'; 40_000], vec![b'a'; 40_000]])
        .field("x-api-key", fixed_key("ACME_KEY"))
        .field("content-type", "text/plain");
    let observed = BehindTlsProxy(&mut stage).exchange(&request, &Response::new(200)).expect("an answer");
    assert_eq!(observed.response.status, 413);
    assert!(observed.upstream_bytes > 0, "it was held: say so in wasmplugin.yaml, and play all steps above");
    assert!(observed.upstream.iter().all(|seen| !seen.complete), "upstream got all of what was refused");
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
