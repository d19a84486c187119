//! Istio's manifests: the plain WasmPlugin, and the EnvoyFilter that carries a whole filter.

use std::collections::BTreeSet;

use super::access_log;
use super::checks;
use super::document::{Document, Kind};
use super::filter;
use super::listener;
use super::node::Node;
use super::plugin::{self, Plugin};
use super::report::Report;

/// Judges all of them together: they refer to each other by name.
pub(crate) fn judge(documents: &[Document], report: &mut Report) {
    let of = |kind| documents.iter().filter(move |document| document.kind == kind).map(Document::root);
    let plugins: Vec<_> = of(Kind::WasmPlugin).collect();
    for wasm_plugin in plugins.iter().filter(|plugin| is_tollgate(plugin)) {
        judge_wasm_plugin(wasm_plugin, report);
    }
    let mut names = Names { wasm_plugins: plugins.iter().map(name_of).collect(), ..Names::default() };
    for envoy_filter in of(Kind::EnvoyFilter) {
        let patches = envoy_filter.list("spec.configPatches");
        let judged: Vec<_> =
            patches.iter().flat_map(|patch| judge_patch(patch, &mut names, report)).collect();
        for plugin in &judged {
            judge_around(&patches, plugin, report);
        }
    }
    names.judge_pairs(report);
}

/// Judges what patches beside the filter make of listener and connection manager. What they
/// leave alone Istio has set, which is not seen here.
fn judge_around(patches: &[Node<'_>], plugin: &Plugin, report: &mut Report) {
    let body = plugin.policy.body_bytes_max() as u64;
    let sources = plugin.policy.key_sources();
    for value in patches.iter().filter_map(|patch| patch.at("patch.value")) {
        listener::judge_buffer(&value, u64::MAX, body, report);
        if let Some(config) = value.field("typed_config") {
            listener::judge_window(&config, u64::MAX, body, report);
            access_log::judge(&config, sources, report);
        }
    }
}

/// Istio's own access log, where it is on.
fn note_access_log(at: &Node<'_>, plugin: &Plugin, report: &mut Report) {
    if access_log::in_query(plugin.policy.key_sources()) {
        let saw = "Istio's own access log, where it is on, prints the path with its query";
        report.note(checks::KEY_IN_ACCESS_LOG, at, saw);
    }
}

/// As Istio writes it within its own names.
fn name_of(wasm_plugin: &Node<'_>) -> String {
    let part = |name| wasm_plugin.text(name).unwrap_or_default();
    format!("{}.{}", part("metadata.namespace"), part("metadata.name"))
}

fn is_tollgate(wasm_plugin: &Node<'_>) -> bool {
    let named = ["metadata.name", "spec.pluginName", "spec.url"].into_iter();
    named.filter_map(|name| wasm_plugin.text(name)).any(|name| name.contains("tollgate"))
        || wasm_plugin.has("spec.pluginConfig.tenants")
}

fn judge_wasm_plugin(wasm_plugin: &Node<'_>, report: &mut Report) {
    let Some(spec) = wasm_plugin.field("spec") else { return };
    let plugin = match spec.field("pluginConfig") {
        Some(config) => plugin::judge(&config, report),
        None => {
            report.add(
                checks::CONFIGURATION_INVALID,
                &spec,
                "there is no pluginConfig; tenants must be listed",
            );
            None
        }
    };
    match spec.text("failStrategy") {
        Some("FAIL_RELOAD") => {}
        Some("FAIL_OPEN") => report.add(checks::FAIL_OPEN, &spec, "failStrategy is FAIL_OPEN"),
        other => {
            let saw = other.unwrap_or("not set, which is FAIL_CLOSE");
            report.add(checks::NO_RELOAD, &spec, format!("failStrategy is {saw}"));
        }
    }
    match plugin.as_ref().map(|plugin| plugin.policy.holds_requests()) {
        Some(true) => report.add(checks::HOLD_FLAG_MISSING, &spec, "a WasmPlugin cannot set the flag"),
        Some(false) => report.note(checks::NOT_HELD, &spec, "hold_request is false"),
        None => {}
    }
    report.note(checks::DEFAULT_VM_ID, &spec, "a WasmPlugin has no vm_id");
    report.note(checks::NO_CAPABILITY_LIST, &spec, "a WasmPlugin has no place for it");
    report.note(checks::PREFLIGHT_REFUSED, &spec, "a WasmPlugin stands first in the chain");
    let url = spec.text("url").unwrap_or_default();
    if !spec.has("sha256") && !url.contains("@sha256:") && !url.starts_with("file:") {
        report.add(checks::MODULE_UNPINNED, &spec, "url has no digest, and there is no sha256");
    }
    if let Some(plugin) = &plugin {
        judge_environment(&spec, plugin, report);
        note_access_log(&spec, plugin, report);
    }
}

fn judge_environment(spec: &Node<'_>, plugin: &Plugin, report: &mut Report) {
    let variables = spec.list("vmConfig.env");
    let names = variables.iter().filter_map(|variable| variable.text("name")).map(str::to_owned);
    plugin.judge_variables(spec, &names.collect(), report);
    let written = variables.iter().filter(|variable| variable.has("value"));
    let written =
        written.map(|variable| (variable.text("name").unwrap_or_default().to_owned(), variable.clone()));
    plugin.judge_written(written, report);
}

/// Under which names filters are defined and used in EnvoyFilters.
#[derive(Default)]
struct Names<'d> {
    wasm_plugins: BTreeSet<String>,
    defined: Vec<(String, Node<'d>)>,
    used: Vec<(String, Node<'d>)>,
}

/// What an EnvoyFilter does, after what was tried with a real istiod and Envoy 1.40.
fn judge_patch<'d>(patch: &Node<'d>, names: &mut Names<'d>, report: &mut Report) -> Vec<Plugin> {
    let operation = patch.text("patch.operation").unwrap_or_default();
    let Some(value) = patch.at("patch.value") else { return Vec::new() };
    let name = value.text("name").unwrap_or_default().to_owned();
    let configs = filter::find(&value);
    let sets = |field: &str| !value.find(|node| node.has(field)).is_empty();
    let of_wasm = !configs.is_empty() || sets("allow_on_headers_stop_iteration") || sets("failure_policy");
    match (patch.text("applyTo").unwrap_or_default(), operation) {
        ("EXTENSION_CONFIG", "ADD") if !configs.is_empty() => {
            if names.is_of_a_wasm_plugin(&name) {
                report.add(checks::ENVOYFILTER_DUPLICATE, &value, format!("it adds {name}"));
            }
            names.defined.push((name, value));
        }
        ("EXTENSION_CONFIG" | "HTTP_FILTER", "MERGE") | ("EXTENSION_CONFIG", "REPLACE") if of_wasm => {
            let place = patch.text("applyTo").unwrap_or_default();
            report.add(checks::ENVOYFILTER_IGNORED, patch, format!("{place} with {operation}"));
            return Vec::new();
        }
        ("HTTP_FILTER", _) => {
            if value.has("config_discovery") {
                if operation == "REPLACE" {
                    report.add(
                        checks::ENVOYFILTER_FRAGILE,
                        patch,
                        "it replaces a filter of Istio's by its name",
                    );
                }
                names.used.push((name.clone(), value));
            }
            if operation == "INSERT_FIRST" && (name.contains("tollgate") || of_wasm) {
                report.add(checks::PREFLIGHT_REFUSED, patch, "INSERT_FIRST puts it before cors");
            }
        }
        _ => {}
    }
    let judged: Vec<_> = configs.iter().filter_map(|config| filter::judge(config, None, report)).collect();
    judged.iter().for_each(|plugin| note_access_log(patch, plugin, report));
    judged
}

impl Names<'_> {
    fn is_of_a_wasm_plugin(&self, name: &str) -> bool {
        name.starts_with("extensions.istio.io/")
            || self
                .wasm_plugins
                .iter()
                .any(|plugin| name == plugin || name.trim_start_matches("default/") == plugin)
    }

    fn judge_pairs(&self, report: &mut Report) {
        for (name, at) in &self.defined {
            match self.used.iter().find(|(used, _)| used == name) {
                None => report.add(checks::ENVOYFILTER_UNPAIRED, at, format!("no HTTP_FILTER uses {name}")),
                Some((_, filter)) => judge_discovery(filter, report),
            }
        }
        for (name, at) in &self.used {
            let defined = self.defined.iter().any(|(defined, _)| defined == name);
            if name.contains("tollgate") && !defined && !self.is_of_a_wasm_plugin(name) {
                report.add(checks::ENVOYFILTER_UNPAIRED, at, format!("no EXTENSION_CONFIG adds {name}"));
            }
        }
    }
}

fn judge_discovery(filter: &Node<'_>, report: &mut Report) {
    let types = filter.list("config_discovery.type_urls");
    let is_wasm = |name: &Node<'_>| name.value.as_str().is_some_and(|name| name.ends_with("wasm.v3.Wasm"));
    if !types.iter().any(is_wasm) {
        let saw = "its type_urls do not list envoy.extensions.filters.http.wasm.v3.Wasm";
        report.add(checks::ENVOYFILTER_UNPAIRED, filter, saw);
    }
}
