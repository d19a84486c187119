//! A listener: what it lets in, what stands in its chain of filters, and where it leads.

use std::collections::BTreeSet;

use super::access_log;
use super::checks;
use super::envoy::{Envoy, is_loopback};
use super::filter;
use super::node::Node;
use super::plugin::Plugin;
use super::report::Report;
use super::route;

/// Envoy's default for `per_connection_buffer_limit_bytes`.
const BUFFER_BYTES_DEFAULT: u64 = 1 << 20;
/// Envoy's default for `initial_stream_window_size`, of 1.40; it was larger before.
const WINDOW_BYTES_DEFAULT: u64 = 16 << 20;

/// Where a network filter of a listener leads.
pub(crate) struct Reach<'d> {
    pub(crate) at: Node<'d>,
    /// Whether Tollgate stands before it.
    pub(crate) guarded: bool,
    /// Whether only the machine itself can come in here.
    pub(crate) local: bool,
    /// Whether it speaks HTTP.
    pub(crate) http: bool,
    pub(crate) clusters: BTreeSet<&'d str>,
}

/// One connection manager with a Tollgate in it.
struct Gate<'a, 'd> {
    envoy: &'a Envoy<'d>,
    listener: &'a Node<'d>,
    chain: &'a Node<'d>,
    manager: &'a Node<'d>,
    plugin: &'a Plugin,
}

/// Judges a listener; where it leads.
pub(crate) fn judge<'d>(listener: &Node<'d>, envoy: &Envoy<'d>, report: &mut Report) -> Vec<Reach<'d>> {
    let mut chains = listener.list("filter_chains");
    chains.extend(listener.field("default_filter_chain"));
    let local = listener.at("address.socket_address").is_some_and(|address| is_loopback(&address))
        || listener.has("address.pipe");
    let mut reaches = Vec::new();
    for chain in &chains {
        for filter in chain.list("filters") {
            let Some(config) = filter.field("typed_config") else { continue };
            let http = config.is_message("HttpConnectionManager");
            let routes = route::all(&config, envoy);
            let guarded = http && judge_manager(listener, chain, &config, envoy, &routes, report);
            let clusters = routes.iter().flat_map(route::clusters).collect();
            reaches.push(Reach { at: config, guarded, local, http, clusters });
        }
    }
    reaches
}

/// Judges a connection manager; whether there is a Tollgate in it.
fn judge_manager<'d>(
    listener: &Node<'d>,
    chain: &Node<'d>,
    manager: &Node<'d>,
    envoy: &Envoy<'d>,
    routes: &[Node<'d>],
    report: &mut Report,
) -> bool {
    let filters = manager.list("http_filters");
    let mut guarded = false;
    for (position, http_filter) in filters.iter().enumerate() {
        let Some(config) = tollgate_in(http_filter, envoy) else { continue };
        guarded = true;
        route::judge_switch(http_filter, routes, report);
        let plugin = filter::judge(&config, envoy.version, report);
        judge_order(&filters, position, report);
        if let Some(plugin) = &plugin {
            Gate { envoy, listener, chain, manager, plugin }.judge(report);
        }
    }
    guarded
}

/// The `PluginConfig` of a Tollgate in an HTTP filter, or where it is discovered from.
fn tollgate_in<'d>(http_filter: &Node<'d>, envoy: &Envoy<'d>) -> Option<Node<'d>> {
    let name = http_filter.text("name").unwrap_or_default();
    let discovered = http_filter.has("config_discovery");
    let from = if discovered {
        envoy.extensions.iter().find(|extension| extension.text("name") == Some(name))?
    } else {
        http_filter
    };
    filter::find(from).into_iter().next()
}

fn judge_order(filters: &[Node<'_>], position: usize, report: &mut Report) {
    for behind in filters.iter().skip(position.saturating_add(1)) {
        let is = |message: &str, name: &str| {
            behind.field("typed_config").is_some_and(|config| config.is_message(message))
                || behind.text("name") == Some(name)
        };
        if is("Cors", "envoy.filters.http.cors") {
            report.add(checks::CORS_AFTER_FILTER, behind, "it stands after Tollgate");
        }
        const SWITCH: &str = "typed_config.request_direction_config.common_config.enabled.default_value";
        let off = behind.at(SWITCH).is_some_and(|switch| switch.value == &serde_json::Value::Bool(false));
        if is("Decompressor", "envoy.filters.http.decompressor") && !off {
            report.add(checks::DECOMPRESSOR_BEHIND, behind, "it stands after Tollgate");
        }
    }
}

/// Judges what a listener holds of a body in HTTP/1.1.
pub(crate) fn judge_buffer(listener: &Node<'_>, default: u64, body: u64, report: &mut Report) {
    let buffer = listener.number("per_connection_buffer_limit_bytes").unwrap_or(default);
    if buffer < body {
        let saw = format!("per_connection_buffer_limit_bytes is {buffer}, and max_body_bytes {body}");
        report.add(checks::BUFFER_LIMIT, listener, saw);
    }
}

/// Judges what a connection manager holds of a body in HTTP/2.
pub(crate) fn judge_window(manager: &Node<'_>, default: u64, body: u64, report: &mut Report) {
    let window = manager.number("http2_protocol_options.initial_stream_window_size").unwrap_or(default);
    if window < body {
        let saw = format!("initial_stream_window_size is {window}, and max_body_bytes {body}");
        report.add(checks::STREAM_WINDOW, manager, saw);
    }
}

impl Gate<'_, '_> {
    fn judge(&self, report: &mut Report) {
        self.judge_limits(report);
        self.judge_client_address(report);
        self.judge_tls(report);
        self.judge_services(report);
        let sources = self.plugin.policy.key_sources();
        access_log::judge(self.listener, sources, report);
        access_log::judge(self.manager, sources, report);
        if let Some(tracing) = self.manager.field("tracing").filter(|_| access_log::in_query(sources)) {
            report.add(checks::KEY_IN_TRACE, &tracing, "api_keys.sources has a query");
        }
    }

    fn judge_limits(&self, report: &mut Report) {
        let body = self.plugin.policy.body_bytes_max() as u64;
        judge_buffer(self.listener, BUFFER_BYTES_DEFAULT, body, report);
        judge_window(self.manager, WINDOW_BYTES_DEFAULT, body, report);
    }

    fn has_trusted_proxy(&self) -> bool {
        self.manager.number("xff_num_trusted_hops").is_some_and(|hops| hops > 0)
            || !self.manager.list("original_ip_detection_extensions").is_empty()
    }

    fn judge_client_address(&self, report: &mut Report) {
        if !self.manager.is_true("use_remote_address") && !self.has_trusted_proxy() {
            let saw = "use_remote_address is not true, and xff_num_trusted_hops not set";
            report.add(checks::CLIENT_ADDRESS, self.manager, saw);
        }
    }

    fn judge_tls(&self, report: &mut Report) {
        let secured = self.chain.has("transport_socket");
        let local = self.listener.at("address.socket_address").is_some_and(|address| is_loopback(&address));
        if secured {
            return;
        }
        if !self.plugin.policy.requires_https() {
            if !local {
                report.add(checks::PLAIN_HTTP, self.chain, "there is no transport_socket");
            }
        } else if self.manager.is_true("use_remote_address") && !self.has_trusted_proxy() {
            report.add(checks::HTTPS_IMPOSSIBLE, self.chain, "there is no transport_socket");
        }
    }

    fn judge_services(&self, report: &mut Report) {
        let Some(clusters) = &self.envoy.clusters else { return };
        for service in self.plugin.policy.services() {
            let named = |cluster: &&Node<'_>| cluster.text("name") == Some(&service.cluster);
            match clusters.iter().find(named) {
                None => {
                    let saw = format!("there is no cluster {}", service.cluster);
                    report.add(checks::RATELIMIT_CLUSTER, self.manager, saw);
                }
                Some(cluster) if cluster.find(|node| node.has("http2_protocol_options")).is_empty() => {
                    report.add(checks::RATELIMIT_CLUSTER, cluster, "there are no http2_protocol_options");
                }
                Some(_) => {}
            }
        }
    }
}
