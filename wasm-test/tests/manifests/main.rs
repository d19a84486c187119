//! The manifests that are shipped for Istio and Envoy Gateway: every field is one that the control plane knows, and the
//! configuration in them is one that the filter takes.

mod schemas;

use schemas::Schemas;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tollgate::policy::Policy;
use wasm_test::envoy::Bootstrap;
use wasm_test::planes::{Manifest, environment};

const FILES: [&str; 4] =
    ["gateway/gateway.yaml", "gateway/tollgate.yaml", "istio/wasmplugin.yaml", "istio/envoyfilter.yaml"];

/// Those that hold a plugin configuration.
const WITH_CONFIGURATION: [&str; 3] =
    ["gateway/tollgate.yaml", "istio/wasmplugin.yaml", "istio/envoyfilter.yaml"];

#[test]
fn the_schemas_of_the_control_planes_know_every_field() {
    let schemas = Schemas::fetched();
    for file in FILES {
        for object in Manifest::shipped(file).objects() {
            let problems = schemas.problems(&object);
            assert!(problems.is_empty(), "{file}, {}: {}", object["kind"], problems.join("\n"));
        }
    }
}

/// Each is one mistake in a shipped manifest: the object's kind, a place in it, and what stands there.
fn mistakes() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let (gateway, tollgate) = ("gateway/gateway.yaml", "gateway/tollgate.yaml");
    let (plugin, filter) = ("istio/wasmplugin.yaml", "istio/envoyfilter.yaml");
    vec![
        (gateway, "GatewayClass", "spec/controller", json!("gateway.envoyproxy.io/gatewayclass-controller")),
        (gateway, "Gateway", "spec/listeners/0/protocoll", json!("HTTPS")),
        (gateway, "Gateway", "spec/listeners/0/port", json!(70_000)),
        (gateway, "HTTPRoute", "spec/rules/0/timeouts/request", json!("15 seconds")),
        (gateway, "Backend", "spec/endpoints/0/fqdn/hostnames", json!(["api"])),
        (gateway, "EnvoyProxy", "spec/provider/kubernetes/envoyDeployment/container/envs", json!([])),
        (gateway, "EnvoyProxy", "spec/telemetry/accessLog/settings/0/sinks/0/type", json!("Stdout")),
        (tollgate, "ClientTrafficPolicy", "spec/connection/bufferLimits", json!("128Ki")),
        (tollgate, "ClientTrafficPolicy", "spec/connection/bufferLimit", json!("128 KiB")),
        (tollgate, "ClientTrafficPolicy", "spec/clientIPDetection/directSourceIP/hops", json!(1)),
        (gateway, "SecurityPolicy", "spec/cors/allowOrigin", json!([])),
        (tollgate, "EnvoyExtensionPolicy", "spec/wasm/0/rootId", json!("tollgate")),
        (tollgate, "EnvoyExtensionPolicy", "spec/wasm/0/failOpen", json!("false")),
        (tollgate, "EnvoyExtensionPolicy", "spec/wasm/0/env/hostEnvKeys", json!([])),
        (tollgate, "EnvoyPatchPolicy", "spec/jsonPatches/0/operation/op", json!("set")),
        (tollgate, "EnvoyPatchPolicy", "metadata/label", json!({})),
        (plugin, "WasmPlugin", "spec/failStrategy", json!("FAIL_LATER")),
        (plugin, "WasmPlugin", "spec/vmConfig/envs", json!([])),
        (plugin, "WasmPlugin", "spec/sha256", json!("0000")),
        (filter, "EnvoyFilter", "spec/configPatches/0/applyTo", json!("EXTENSION")),
        (filter, "EnvoyFilter", "spec/configPatches/1/patch/operation", json!("INSERT_SOMEWHERE")),
        (filter, "EnvoyFilter", "spec/workloadSelector/matchLabels", json!({})),
    ]
}

#[test]
fn the_schemas_refuse_every_mistake() {
    let schemas = Schemas::fetched();
    for (file, kind, place, value) in mistakes() {
        let mut manifest = Manifest::shipped(file);
        manifest.set(kind, place, &value);
        let problems = schemas.problems(&manifest.object(kind));
        assert!(!problems.is_empty(), "{kind} is taken with {place}: {value}");
    }
}

#[test]
fn a_kind_that_no_control_plane_knows_is_refused() {
    let unknown =
        json!({"apiVersion": "extensions.istio.io/v1", "kind": "WasmPlugin", "metadata": {"name": "x"}});
    assert!(!Schemas::fetched().problems(&unknown).is_empty());
}

#[test]
fn the_filter_takes_the_configuration_in_them() {
    for file in WITH_CONFIGURATION {
        let configuration = Manifest::shipped(file).plugin_configuration().to_string();
        if let Err(problems) = Policy::load(&configuration, &variable) {
            panic!("{file}: {problems}");
        }
    }
}

/// They are for production, where a key that is forgotten must not go unnoticed.
#[test]
fn the_filter_takes_none_of_them_without_its_keys() {
    for file in WITH_CONFIGURATION {
        let configuration = Manifest::shipped(file).plugin_configuration().to_string();
        let Err(problems) = Policy::load(&configuration, &|_| None) else {
            panic!("{file} is taken without keys")
        };
        for (name, _) in environment() {
            assert!(problems.to_string().contains(&name), "{file} does not miss {name}: {problems}");
        }
    }
}

#[test]
fn they_say_the_same_but_that_a_wasmplugin_cannot_hold() {
    let [gateway, mut plugin, filter] =
        WITH_CONFIGURATION.map(|file| Manifest::shipped(file).plugin_configuration());
    let hold = plugin.as_object_mut().expect("an object").remove("hold_request");
    assert_eq!(hold, Some(json!(false)));
    assert_eq!(gateway, plugin);
    assert_eq!(gateway, filter);
}

/// Names of variables the plugin may see, and those its configuration names.
#[test]
fn every_variable_that_the_configuration_names_is_handed_on() {
    let gateway = Manifest::shipped("gateway/tollgate.yaml").object("EnvoyExtensionPolicy");
    let plugin = Manifest::shipped("istio/wasmplugin.yaml").object("WasmPlugin");
    let filter = Manifest::shipped("istio/envoyfilter.yaml").wasm_of_envoyfilter();
    let names = |list: &Value, name: fn(&Value) -> &Value| -> BTreeSet<String> {
        let items = list.as_array().expect("a list").iter();
        items.map(|item| name(item).as_str().expect("a name").to_owned()).collect()
    };
    let needed: BTreeSet<_> = environment().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names(&gateway["spec"]["wasm"][0]["env"]["hostKeys"], |item| item), needed);
    assert_eq!(names(&plugin["spec"]["vmConfig"]["env"], |item| &item["name"]), needed);
    let environment = &filter["config"]["vm_config"]["environment_variables"];
    assert_eq!(names(&environment["host_env_keys"], |item| item), needed);
    let deployed = Manifest::shipped("gateway/gateway.yaml").object("EnvoyProxy");
    let container = &deployed["spec"]["provider"]["kubernetes"]["envoyDeployment"]["container"];
    assert_eq!(names(&container["env"], |item| &item["name"]), needed);
}

/// What the module needs is tested with the demo's bootstrap, so it is enough that these say the same.
#[test]
fn they_allow_the_module_what_the_demo_does() {
    let names = |list: &Value| -> BTreeSet<String> {
        list["allowed_capabilities"].as_object().expect("an object").keys().cloned().collect()
    };
    let shipped: BTreeSet<_> = Bootstrap::shipped_capabilities().into_iter().collect();
    let filter = Manifest::shipped("istio/envoyfilter.yaml").wasm_of_envoyfilter();
    assert_eq!(names(&filter["config"]["capability_restriction_config"]), shipped);
    let policy = Manifest::shipped("gateway/tollgate.yaml").object("EnvoyPatchPolicy");
    let patches = policy["spec"]["jsonPatches"].as_array().expect("patches");
    let restriction =
        patches.iter().find(|patch| patch["operation"]["path"] == "capability_restriction_config");
    assert_eq!(names(&restriction.expect("it restricts")["operation"]["value"]), shipped);
}

fn variable(name: &str) -> Option<String> {
    environment().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
