//! Good surroundings of every kind, made of the shipped bootstraps.

use std::path::Path;

use serde_json::{Value, json};

use super::edit;

/// Documents that belong together.
pub(crate) struct Good {
    pub(crate) name: &'static str,
    pub(crate) documents: Vec<Value>,
    /// Whether places begin with a document's number.
    pub(crate) is_set: bool,
    /// Where the filter's configuration is, as JSON or as text.
    configuration: &'static str,
    /// Short names of places.
    places: Vec<(&'static str, String)>,
}

const LISTENER: &str = "/static_resources/listeners/0";
const MANAGER: &str = "/filter_chains/0/filters/0/typed_config";

impl Good {
    fn one(
        name: &'static str,
        document: Value,
        configuration: &'static str,
        places: Vec<(&'static str, String)>,
    ) -> Self {
        Self { name, documents: vec![document], is_set: false, configuration, places }
    }

    fn set(name: &'static str, documents: Vec<Value>, configuration: &'static str) -> Self {
        Self { name, documents, is_set: true, configuration, places: Vec::new() }
    }

    /// A place, its short name in braces written out.
    pub(crate) fn place(&self, place: &str) -> String {
        let written =
            |text: String, (name, pointer): &(&str, String)| text.replace(&format!("{{{name}}}"), pointer);
        let place = self.places.iter().fold(place.to_owned(), written);
        assert!(!place.contains('{'), "{}: {place}", self.name);
        place
    }

    pub(crate) fn merge_configuration(&mut self, patch: &Value) {
        let place = self.place(self.configuration);
        let target = self.documents[0].pointer_mut(&place).expect("there is a configuration");
        match target {
            Value::String(text) => {
                let mut configuration: Value = serde_json::from_str(text).expect("it is JSON");
                edit::merge(&mut configuration, patch);
                *text = configuration.to_string();
            }
            configuration => edit::merge(configuration, patch),
        }
    }
}

pub(crate) fn named(name: &str) -> Good {
    all().into_iter().find(|good| good.name == name).unwrap_or_else(|| panic!("no good one is called {name}"))
}

pub(crate) fn all() -> Vec<Good> {
    let envoy = shipped("envoy.yaml");
    let plugin = wasm(&envoy)["config"].clone();
    const TEXT: &str = "{plugin}/configuration/value";
    vec![
        Good::one("envoy", envoy.clone(), TEXT, envoy_places(LISTENER)),
        Good::one("fleet", shipped("distributed.yaml"), TEXT, envoy_places(LISTENER)),
        Good::one("listeners", listeners(&envoy), TEXT, envoy_places("/resources/0")),
        Good::one(
            "dump",
            dump(&envoy),
            TEXT,
            envoy_places("/configs/2/dynamic_listeners/0/active_state/listener"),
        ),
        Good::one("plugin", configuration(), "", Vec::new()),
        Good::set("wasmplugin", vec![wasm_plugin()], "/spec/pluginConfig"),
        Good {
            places: vec![("plugin", "/0/spec/configPatches/0/patch/value/typed_config/config".to_owned())],
            ..Good::set("envoyfilter", vec![envoy_filter(&plugin)], "")
        },
        Good::set("gateway", gateway(&plugin), "/spec/wasm/0/config"),
    ]
}

fn shipped(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("envoy/demo").join(name);
    let text = std::fs::read_to_string(path).expect("it is shipped");
    serde_norway::from_str(&text).expect("it is YAML")
}

fn wasm(envoy: &Value) -> &Value {
    let filter = envoy.pointer(&format!("{LISTENER}{MANAGER}/http_filters/1/typed_config"));
    filter.expect("the filter is the second")
}

fn envoy_places(listener: &str) -> Vec<(&'static str, String)> {
    let manager = format!("{listener}{MANAGER}");
    vec![
        ("listener", listener.to_owned()),
        ("chain", format!("{listener}/filter_chains/0")),
        ("filter", format!("{manager}/http_filters/1")),
        ("plugin", format!("{manager}/http_filters/1/typed_config/config")),
        ("log", format!("{manager}/access_log/1/typed_config/log_format/json_format")),
        (
            "origins",
            format!(
                "{manager}/route_config/virtual_hosts/0/typed_per_filter_config/envoy.filters.http.cors/allow_origin_string_match"
            ),
        ),
        ("manager", manager),
    ]
}

fn listeners(envoy: &Value) -> Value {
    let mut listener = envoy.pointer(LISTENER).expect("there is one").clone();
    listener["@type"] = "type.googleapis.com/envoy.config.listener.v3.Listener".into();
    json!({"version_info": "1", "resources": [listener]})
}

/// As Envoy 1.40 answers `/config_dump`, without what is of no interest here.
fn dump(envoy: &Value) -> Value {
    let mut listener = envoy.pointer(LISTENER).expect("there is one").clone();
    listener["@type"] = "type.googleapis.com/envoy.config.listener.v3.Listener".into();
    let clusters: Vec<Value> = envoy["static_resources"]["clusters"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| json!({"cluster": c}))
        .collect();
    json!({"configs": [
        {
            "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
            "bootstrap": {
                "node": {
                    "user_agent_name": "envoy",
                    "user_agent_build_version": {"version": {"major_number": 1, "minor_number": 40}},
                },
                "admin": envoy["admin"],
            },
        },
        {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump", "static_clusters": clusters},
        {
            "@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
            "dynamic_listeners": [{"name": "tollgate", "active_state": {"listener": listener}}],
        },
    ]})
}

fn configuration() -> Value {
    json!({
        "tenants": [{"id": "acme", "keys": [{"id": "acme-1", "env": "ACME_KEY"}]}],
        "admin": {"key_env": "ADMIN_KEY"},
    })
}

fn wasm_plugin() -> Value {
    let mut configuration = configuration();
    configuration["hold_request"] = false.into();
    json!({
        "apiVersion": "extensions.istio.io/v1alpha1",
        "kind": "WasmPlugin",
        "metadata": {"name": "tollgate", "namespace": "default"},
        "spec": {
            "pluginName": "tollgate",
            "url": "oci://registry.example/tollgate:1",
            "sha256": "0".repeat(64),
            "phase": "AUTHN",
            "failStrategy": "FAIL_RELOAD",
            "vmConfig": {"env": [
                {"name": "ACME_KEY", "valueFrom": "HOST"},
                {"name": "ADMIN_KEY", "valueFrom": "HOST"},
            ]},
            "pluginConfig": configuration,
        },
    })
}

fn envoy_filter(plugin: &Value) -> Value {
    let mut plugin = plugin.clone();
    plugin["vm_config"]["code"] = json!({
        "remote": {"http_uri": {"uri": "https://files.example/tollgate.wasm", "cluster": "_"}, "sha256": "0".repeat(64)},
    });
    let wasm = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
    let manager = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    let patch = |place: &str, operation: &str, value: Value| json!({"applyTo": place, "match": {"context": "GATEWAY"}, "patch": {"operation": operation, "value": value}});
    json!({
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": "tollgate", "namespace": "istio-ingress"},
        "spec": {"configPatches": [
            patch("EXTENSION_CONFIG", "ADD", json!({
                "name": "tollgate",
                "typed_config": {"@type": wasm, "config": plugin},
            })),
            patch("HTTP_FILTER", "INSERT_BEFORE", json!({
                "name": "tollgate",
                "config_discovery": {
                    "config_source": {"ads": {}, "initial_fetch_timeout": "0s", "resource_api_version": "V3"},
                    "type_urls": [wasm, "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC"],
                },
            })),
            patch("LISTENER", "MERGE", json!({"per_connection_buffer_limit_bytes": 131_072})),
            patch("NETWORK_FILTER", "MERGE", json!({
                "typed_config": {
                    "@type": manager,
                    "http2_protocol_options": {"initial_stream_window_size": 131_072},
                },
            })),
        ]},
    })
}

fn gateway(plugin: &Value) -> Vec<Value> {
    let policy = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "gateway.envoyproxy.io/v1alpha1",
            "kind": kind,
            "metadata": {"name": "tollgate", "namespace": "default"},
            "spec": spec,
        })
    };
    let add = |path: &str, value: Value| {
        json!({
            "type": "type.googleapis.com/envoy.config.listener.v3.Listener",
            "name": "default/edge/https",
            "operation": {
                "op": "add",
                "jsonPath": "$..http_filters[?(@.typed_config.config.root_id=='tollgate')].typed_config.config",
                "path": path,
                "value": value,
            },
        })
    };
    vec![
        policy(
            "EnvoyExtensionPolicy",
            json!({
                "wasm": [{
                    "name": "tollgate",
                    "rootID": "tollgate",
                    "code": {"type": "HTTP", "http": {"url": "https://files.example/tollgate.wasm", "sha256": "0".repeat(64)}},
                    "env": {"hostKeys": ["ACME_KEY", "ADMIN_KEY"]},
                    "config": configuration(),
                }],
            }),
        ),
        policy(
            "EnvoyPatchPolicy",
            json!({
                "type": "JSONPatch",
                "jsonPatches": [
                    add("allow_on_headers_stop_iteration", true.into()),
                    add("failure_policy", "FAIL_RELOAD".into()),
                    add("capability_restriction_config", plugin["capability_restriction_config"].clone()),
                ],
            }),
        ),
        policy(
            "ClientTrafficPolicy",
            json!({
                "connection": {"bufferLimit": "128Ki"},
                "http2": {"initialStreamWindowSize": "128Ki"},
                "tls": {"minVersion": "1.2"},
            }),
        ),
        policy("SecurityPolicy", json!({"cors": {"allowOrigins": ["https://*.example.com"]}})),
        policy(
            "EnvoyProxy",
            json!({
                "telemetry": {"accessLog": {"settings": [
                    {"format": {"type": "Text", "text": "%FILTER_STATE(wasm.tollgate:PLAIN)%\n"}},
                ]}},
            }),
        ),
    ]
}
