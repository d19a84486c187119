//! One Tollgate in Envoy's own terms: the `PluginConfig` of a Wasm filter.

use std::collections::BTreeSet;

use super::capabilities;
use super::checks;
use super::node::Node;
use super::plugin::{self, Plugin};
use super::report::Report;

/// How a Wasm filter came into the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Somebody wrote it: whatever is missing can be added.
    Written,
    /// Istio made it of a WasmPlugin, which has no place for the rest.
    WasmPlugin,
    /// Envoy Gateway made it of an EnvoyExtensionPolicy, to which patches can add.
    ExtensionPolicy,
}

/// The first Envoy that knows `allow_on_headers_stop_iteration`.
const HOLDS_SINCE: (u64, u64) = (1, 35);

/// The `PluginConfig`s of Tollgates at a place and below, `Wasm` messages all.
pub(crate) fn find<'d>(at: &Node<'d>) -> Vec<Node<'d>> {
    at.find(|node| node.has("vm_config") && is_tollgate(node))
}

/// By its names, its code, or what its configuration looks like.
fn is_tollgate(config: &Node<'_>) -> bool {
    const NAMES: [&str; 5] = [
        "root_id",
        "name",
        "vm_config.vm_id",
        "vm_config.code.local.filename",
        "vm_config.code.remote.http_uri.uri",
    ];
    let named = NAMES.into_iter().filter_map(|name| config.text(name)).any(|name| name.contains("tollgate"));
    let text = config.text("configuration.value").unwrap_or_default();
    named || (text.contains("\"tenants\"") && text.contains("\"keys\""))
}

/// Judges a `PluginConfig`; what its configuration says is for whoever judges what stands around it.
pub(crate) fn judge(config: &Node<'_>, version: Option<(u64, u64)>, report: &mut Report) -> Option<Plugin> {
    let origin = origin_of(config);
    let plugin = configuration(config, report);
    failure_policy(config, report);
    hold(config, plugin.as_ref(), version, report);
    if config.text("vm_config.vm_id").unwrap_or_default().is_empty() {
        let saw = "vm_config has no vm_id";
        match origin {
            Origin::WasmPlugin => report.note(checks::DEFAULT_VM_ID, config, saw),
            _ => report.add(checks::DEFAULT_VM_ID, config, saw),
        }
    }
    match capabilities::restriction(config) {
        Some(restriction) => capabilities::judge(&restriction, config, plugin.as_ref(), report),
        None if origin == Origin::Written => {
            report.add(checks::NO_CAPABILITY_LIST, config, "there is no capability_restriction_config");
        }
        None => report.note(checks::NO_CAPABILITY_LIST, config, "the manifest has no place for it"),
    }
    if let Some(plugin) = &plugin {
        variables(config, plugin, report);
    }
    if let Some(remote) = config
        .at("vm_config.code.remote")
        .filter(|remote| remote.text("sha256").unwrap_or_default().is_empty())
    {
        report.add(checks::MODULE_UNPINNED, &remote, "code is fetched, and has no sha256");
    }
    plugin
}

/// Control planes give their filters names of their own.
fn origin_of(config: &Node<'_>) -> Origin {
    const ISTIO: [&str; 2] = ["extensions.istio.io/", "istio-translated-wasmplugin"];
    let vm_id = config.text("vm_config.vm_id").unwrap_or_default();
    let name = config.text("name").unwrap_or_default();
    let variables = config.at("vm_config.environment_variables.key_values");
    let by_istio =
        variables.iter().flat_map(Node::fields).any(|(name, _)| name.starts_with("ISTIO_META_WASM_"));
    if by_istio || ISTIO.iter().any(|mark| name.contains(mark)) {
        Origin::WasmPlugin
    } else if vm_id.starts_with('/') && vm_id.contains("/wasm/") {
        Origin::ExtensionPolicy
    } else {
        Origin::Written
    }
}

fn configuration(config: &Node<'_>, report: &mut Report) -> Option<Plugin> {
    let Some(configuration) = config.field("configuration") else {
        report.add(
            checks::CONFIGURATION_INVALID,
            config,
            "there is no configuration; tenants must be listed",
        );
        return None;
    };
    match configuration.field("value") {
        Some(text) if configuration.is_message("StringValue") && text.value.is_string() => {
            plugin::judge(&text, report)
        }
        _ => {
            let found = configuration.text("@type").unwrap_or("a message without @type");
            let found = found.rsplit('/').next().unwrap_or_default();
            report.add(checks::STRUCT_CONFIGURATION, &configuration, format!("the configuration is {found}"));
            None
        }
    }
}

fn failure_policy(config: &Node<'_>, report: &mut Report) {
    let policy = config.text("failure_policy");
    if config.is_true("fail_open") || policy == Some("FAIL_OPEN") {
        let saw =
            if policy == Some("FAIL_OPEN") { "failure_policy is FAIL_OPEN" } else { "fail_open is true" };
        report.add(checks::FAIL_OPEN, config, saw);
    } else if policy != Some("FAIL_RELOAD") {
        let saw = policy.unwrap_or("not set, which is FAIL_CLOSED");
        report.add(checks::NO_RELOAD, config, format!("failure_policy is {saw}"));
    }
}

fn hold(config: &Node<'_>, plugin: Option<&Plugin>, version: Option<(u64, u64)>, report: &mut Report) {
    let holds = plugin.is_none_or(|plugin| plugin.policy.holds_requests());
    let flag = config.is_true("allow_on_headers_stop_iteration");
    match (holds, flag) {
        (false, _) => report.add(checks::NOT_HELD, config, "hold_request is false"),
        (true, false) => {
            report.add(checks::HOLD_FLAG_MISSING, config, "allow_on_headers_stop_iteration is not true");
        }
        (true, true) => {
            if let Some((major, minor)) = version.filter(|version| *version < HOLDS_SINCE) {
                report.add(checks::ENVOY_TOO_OLD, config, format!("this Envoy is {major}.{minor}"));
            }
        }
    }
}

fn variables(config: &Node<'_>, plugin: &Plugin, report: &mut Report) {
    const LIST: &str = "vm_config.environment_variables";
    let listed = config.list(&format!("{LIST}.host_env_keys"));
    let written = config.at(&format!("{LIST}.key_values"));
    let written = || written.iter().flat_map(Node::fields).map(|(name, at)| (name.to_owned(), at));
    let mut given: BTreeSet<String> =
        listed.iter().filter_map(|name| name.value.as_str()).map(str::to_owned).collect();
    given.extend(written().map(|(name, _)| name));
    let place = config.at(&format!("{LIST}.host_env_keys")).unwrap_or_else(|| config.clone());
    plugin.judge_variables(&place, &given, report);
    plugin.judge_written(written(), report);
}
