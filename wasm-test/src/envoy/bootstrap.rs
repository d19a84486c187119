//! The shipped `envoy/demo/envoy.yaml`, with only that changed which a test must choose: ports, the module's path, the
//! upstream's address, the access log's path, and the plugin's configuration.

mod chain;

pub use chain::Chain;

use crate::fixture::Configuration;
use crate::module;
use serde_norway::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// A bootstrap for Envoy.
#[derive(Clone, Debug)]
pub struct Bootstrap(Value);

/// One listener of a bootstrap: the shipped one, for another plugin configuration.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Its name, and the `vm_id` of its plugin: each has state of its own.
    pub name: String,
    /// The plugin's configuration; the shipped one where there is none.
    pub configuration: Option<serde_json::Value>,
    /// The environment variables that the plugin may see; the shipped list where there is none.
    pub host_env_keys: Option<Vec<String>>,
    /// How many proxies before Envoy are trusted to name the client in `x-forwarded-for`.
    pub trusted_hops: u32,
    /// Whether clients may upgrade to WebSocket; the shipped file does not let them.
    pub websocket: bool,
    /// Whether Envoy answers 200 itself where the upstream would be asked: where many requests are made, the upstream
    /// would be the slowest part, and what it records the largest.
    pub answers_itself: bool,
}

impl Listener {
    /// The shipped one.
    pub fn shipped() -> Self {
        Self {
            name: "tollgate".to_owned(),
            configuration: None,
            host_env_keys: None,
            trusted_hops: 0,
            websocket: false,
            answers_itself: false,
        }
    }

    /// The shipped one for another plugin configuration, which needs no environment.
    pub fn new(name: &str, configuration: &Configuration) -> Self {
        Self {
            name: name.to_owned(),
            configuration: Some(configuration.json().clone()),
            host_env_keys: Some(Vec::new()),
            ..Self::shipped()
        }
    }
}

fn yaml(json: &serde_json::Value) -> Value {
    serde_norway::to_value(json).expect("JSON is YAML")
}

/// Where the parts lie in the shipped file.
const LISTENER: &str = "static_resources/listeners/0";
const MANAGER: &str = "filter_chains/0/filters/0/typed_config";
const ROUTES: &str = "route_config/virtual_hosts/0/routes/0";
const UPSTREAM: &str =
    "static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
const SERVICE: &str =
    "static_resources/clusters/1/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";

impl Bootstrap {
    /// The shipped file, for the module under test.
    ///
    /// # Panics
    /// When the file is not there, or its parts lie elsewhere than this crate knows.
    pub fn shipped() -> Self {
        Self::shipped_in("demo", "envoy.yaml")
    }

    /// The shipped file for one of many Envoys that share a limit.
    ///
    /// # Panics
    /// As above.
    pub fn shipped_distributed() -> Self {
        Self::shipped_in("demo", "distributed.yaml")
    }

    /// A shipped file, from a folder of `envoy/`.
    ///
    /// # Panics
    /// As above.
    pub fn shipped_in(folder: &str, file: &str) -> Self {
        let path = module::repository().join("envoy").join(folder).join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let document =
            serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(document)
    }

    /// The shipped file on free ports, with these listeners in place of its one, before this upstream.
    pub fn for_test(listeners: &[Listener], upstream: SocketAddr) -> Self {
        Self::shipped().with(listeners, upstream)
    }

    /// The shipped file for one of many Envoys, on free ports, with this listener in place of its own, before this
    /// upstream and this rate limit service.
    pub fn for_fleet(listener: &Listener, upstream: SocketAddr, service: SocketAddr) -> Self {
        let mut bootstrap = Self::shipped_distributed().with(std::slice::from_ref(listener), upstream);
        *at(&mut bootstrap.0, &format!("{SERVICE}/address")) = Value::from(service.ip().to_string());
        *at(&mut bootstrap.0, &format!("{SERVICE}/port_value")) = Value::from(service.port());
        bootstrap
    }

    fn with(self, listeners: &[Listener], upstream: SocketAddr) -> Self {
        let mut bootstrap = self;
        let template = at(&mut bootstrap.0, LISTENER).clone();
        let listeners = listeners.iter().map(|listener| listener_of(&template, listener)).collect();
        *at(&mut bootstrap.0, "static_resources/listeners") = Value::Sequence(listeners);
        *at(&mut bootstrap.0, "admin/address/socket_address/port_value") = Value::from(0);
        *at(&mut bootstrap.0, &format!("{UPSTREAM}/address")) = Value::from(upstream.ip().to_string());
        *at(&mut bootstrap.0, &format!("{UPSTREAM}/port_value")) = Value::from(upstream.port());
        bootstrap
    }

    /// The shipped file on free ports, before this upstream, with its listener in a file that is watched.
    pub fn watching(listener_file: &Path, upstream: SocketAddr) -> Self {
        Self::for_test(&[], upstream).with_listener_of(listener_file)
    }

    /// The same for one of many Envoys, which ask this rate limit service.
    pub fn fleet_watching(listener_file: &Path, upstream: SocketAddr, service: SocketAddr) -> Self {
        let mut bootstrap = Self::for_fleet(&Listener::shipped(), upstream, service);
        *at(&mut bootstrap.0, "static_resources/listeners") = Value::Sequence(Vec::new());
        bootstrap.with_listener_of(listener_file)
    }

    fn with_listener_of(self, listener_file: &Path) -> Self {
        let mut bootstrap = self;
        *at(&mut bootstrap.0, "node/id") = Value::from("test");
        *at(&mut bootstrap.0, "node/cluster") = Value::from("test");
        *at(&mut bootstrap.0, "dynamic_resources/lds_config/resource_api_version") = Value::from("V3");
        *at(&mut bootstrap.0, "dynamic_resources/lds_config/path_config_source/path") =
            Value::from(listener_file.to_string_lossy());
        bootstrap
    }

    /// What a watched file says to put this listener in the place of the shipped one.
    pub fn discovery_response(self, listener: &Listener) -> String {
        let mut bootstrap = self;
        let mut made = listener_of(at(&mut bootstrap.0, LISTENER), listener);
        *at(&mut made, "@type") = Value::from("type.googleapis.com/envoy.config.listener.v3.Listener");
        let mut response = Value::Null;
        *at(&mut response, "resources") = Value::Sequence(vec![made]);
        serde_norway::to_string(&response).expect("a YAML document can be written")
    }

    /// The same, with the access logs of all listeners in this file.
    #[must_use]
    pub fn logging_to(&self, path: &Path) -> Self {
        let mut bootstrap = self.clone();
        let Value::Sequence(listeners) = at(&mut bootstrap.0, "static_resources/listeners") else {
            panic!("listeners are a list")
        };
        for listener in listeners {
            if let Value::Sequence(logs) = at(listener, &format!("{MANAGER}/access_log")) {
                for log in logs {
                    *at(log, "typed_config/path") = Value::from(path.to_string_lossy());
                }
            }
        }
        bootstrap
    }

    /// Puts a header of this name on every answer: when Envoy took the request and when it gave the answer, in seconds
    /// since 1970.
    pub fn stamp_answers(&mut self, name: &str) {
        let routes = at(&mut self.0, &format!("{LISTENER}/{MANAGER}/route_config"));
        *at(routes, "response_headers_to_add") = Value::Sequence(vec![Value::Null]);
        *at(routes, "response_headers_to_add/0/header/key") = Value::from(name);
        *at(routes, "response_headers_to_add/0/header/value") =
            Value::from("%START_TIME(%s.%6f)% %EMIT_TIME(%s.%6f)%");
    }

    /// Puts another filter in the place of Tollgate's, with its actions at the route; or none.
    pub fn replace_filter(&mut self, filter: Option<(serde_json::Value, serde_json::Value)>) {
        let manager = at(&mut self.0, &format!("{LISTENER}/{MANAGER}"));
        let Value::Sequence(filters) = at(manager, "http_filters") else { panic!("filters are a list") };
        let ours = filters.iter().position(|filter| filter["name"] == "tollgate");
        let ours = ours.expect("the shipped file has a filter named tollgate");
        filters.remove(ours);
        if let Some((filter, actions)) = filter {
            filters.insert(ours, yaml(&filter));
            *at(manager, "route_config/virtual_hosts/0/rate_limits") = yaml(&actions);
        }
    }

    /// Puts this filter in the place of Tollgate's, and leaves all else as it is.
    pub fn put_filter(&mut self, filter: &serde_json::Value) {
        let manager = at(&mut self.0, &format!("{LISTENER}/{MANAGER}"));
        let Value::Sequence(filters) = at(manager, "http_filters") else { panic!("filters are a list") };
        let ours = filters.iter_mut().find(|filter| filter["name"] == "tollgate");
        *ours.expect("the shipped file has a filter named tollgate") =
            serde_norway::to_value(filter).expect("JSON is YAML");
    }

    /// Lets the last filter before the router answer 200: every other filter does what it would do before an upstream,
    /// and none is asked. (With a route that answers, Envoy's own rate limit filter would have nothing to do.)
    pub fn answer_behind_filters(&mut self) {
        let manager = at(&mut self.0, &format!("{LISTENER}/{MANAGER}"));
        let Value::Sequence(filters) = at(manager, "http_filters") else { panic!("filters are a list") };
        let mut fault = Value::Null;
        *at(&mut fault, "name") = Value::from("envoy.filters.http.fault");
        *at(&mut fault, "typed_config/@type") =
            Value::from("type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault");
        *at(&mut fault, "typed_config/abort/http_status") = Value::from(200);
        *at(&mut fault, "typed_config/abort/percentage/numerator") = Value::from(100);
        *at(&mut fault, "typed_config/max_active_faults") = Value::from(u32::MAX);
        let before_router = filters.len() - 1;
        filters.insert(before_router, fault);
    }

    /// Takes away the cluster of the rate limit service.
    pub fn without_service(&mut self) {
        let Value::Sequence(clusters) = at(&mut self.0, "static_resources/clusters") else {
            panic!("clusters are a list")
        };
        clusters.remove(1);
    }

    /// Leaves the cluster of the rate limit service without endpoints.
    pub fn without_service_endpoints(&mut self) {
        *at(&mut self.0, "static_resources/clusters/1/load_assignment/endpoints") =
            Value::Sequence(Vec::new());
    }

    /// Every value that holds no other, each with its path.
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut leaves = Vec::new();
        add_leaves(&self.0, String::new(), &mut leaves);
        leaves
    }

    /// As text.
    pub fn to_yaml(&self) -> String {
        serde_norway::to_string(&self.0).expect("a YAML document can be written")
    }

    /// The plugin's configuration in the shipped file.
    pub fn shipped_configuration() -> serde_json::Value {
        Self::shipped().configuration()
    }

    /// The plugin's configuration in the shipped file for one of many.
    pub fn shipped_distributed_configuration() -> serde_json::Value {
        Self::shipped_distributed().configuration()
    }

    /// The plugin's configuration.
    ///
    /// # Panics
    /// When it is no JSON text.
    pub fn configuration(self) -> serde_json::Value {
        let mut document = self.0;
        let plugin = plugin_of(at(&mut document, LISTENER));
        let text = at(plugin, "configuration/value").as_str().expect("a StringValue").to_owned();
        serde_json::from_str(&text).expect("the shipped configuration is JSON")
    }

    /// The names the shipped file allows the module to import and Envoy to call.
    pub fn shipped_capabilities() -> Vec<String> {
        let mut document = Self::shipped().0;
        let plugin = plugin_of(at(&mut document, LISTENER));
        let allowed = at(plugin, "capability_restriction_config/allowed_capabilities");
        let names = allowed.as_mapping().expect("capabilities are a map").keys();
        names.map(|name| name.as_str().expect("a name").to_owned()).collect()
    }
}

fn listener_of(template: &Value, listener: &Listener) -> Value {
    let mut made = template.clone();
    *at(&mut made, "name") = Value::from(listener.name.as_str());
    *at(&mut made, "address/socket_address/port_value") = Value::from(0);
    *at(&mut made, &format!("{MANAGER}/xff_num_trusted_hops")) = Value::from(listener.trusted_hops);
    if listener.websocket {
        *at(&mut made, &format!("{MANAGER}/upgrade_configs")) = Value::Sequence(vec![Value::Null]);
        *at(&mut made, &format!("{MANAGER}/upgrade_configs/0/upgrade_type")) = Value::from("websocket");
    }
    if listener.answers_itself {
        let route = at(&mut made, &format!("{MANAGER}/{ROUTES}"));
        route.as_mapping_mut().expect("a route is a map").remove("route");
        *at(route, "direct_response/status") = Value::from(200);
    }
    let plugin = plugin_of(&mut made);
    *at(plugin, "vm_config/vm_id") = Value::from(listener.name.as_str());
    *at(plugin, "vm_config/code/local/filename") = Value::from(module::path().to_string_lossy());
    if let Some(configuration) = &listener.configuration {
        *at(plugin, "configuration/value") = Value::from(configuration.to_string());
    }
    if let Some(names) = &listener.host_env_keys {
        *at(plugin, "vm_config/environment_variables/host_env_keys") =
            Value::Sequence(names.iter().map(|name| Value::from(name.as_str())).collect());
    }
    made
}

/// The Wasm filter's `config` in a listener.
fn plugin_of(listener: &mut Value) -> &mut Value {
    let Value::Sequence(filters) = at(at(listener, MANAGER), "http_filters") else {
        panic!("filters are a list")
    };
    let ours = filters.iter_mut().find(|filter| filter["name"] == "tollgate");
    at(ours.expect("the shipped file has a filter named tollgate"), "typed_config/config")
}

fn add_leaves(value: &Value, path: String, leaves: &mut Vec<(String, String)>) {
    let below = |step: String| if path.is_empty() { step } else { format!("{path}/{step}") };
    match value {
        Value::Mapping(map) if !map.is_empty() => {
            for (key, value) in map {
                add_leaves(value, below(key.as_str().expect("keys are text").to_owned()), leaves);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                add_leaves(item, below(index.to_string()), leaves);
            }
        }
        leaf => leaves.push((path, serde_norway::to_string(leaf).expect("YAML can be written"))),
    }
}

/// The value at a path of keys and indices parted by `/`; a last key that is not there yet is made.
pub(crate) fn at<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('/').fold(value, |value, step| match step.parse::<usize>() {
        Ok(index) => &mut value[index],
        Err(_) => &mut value[step],
    })
}
