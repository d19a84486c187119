//! Envoy Gateway's manifests: the EnvoyExtensionPolicy, the EnvoyPatchPolicy that adds what it
//! leaves out, and the policies around them.

use std::collections::BTreeSet;

use super::access_log;
use super::anywhere;
use super::capabilities;
use super::checks;
use super::document::{Document, Kind};
use super::node::Node;
use super::plugin::{self, Plugin};
use super::report::Report;

/// What Envoy Gateway sets where a ClientTrafficPolicy says nothing (1.9.1).
const BUFFER_BYTES_DEFAULT: u64 = 32 << 10;
const WINDOW_BYTES_DEFAULT: u64 = 64 << 10;

/// Judges all of them together: each alone is half of it.
pub(crate) fn judge(documents: &[Document], report: &mut Report) {
    let of = |kind| documents.iter().filter(move |document| document.kind == kind).map(Document::root);
    let patches: Vec<_> = of(Kind::PatchPolicy).flat_map(|policy| policy.list("spec.jsonPatches")).collect();
    let mut root_ids = BTreeSet::new();
    let mut body_bytes_max = 0;
    for wasm in of(Kind::ExtensionPolicy).flat_map(|policy| policy.list("spec.wasm")).filter(is_tollgate) {
        let root_id = wasm.text("rootID").unwrap_or_default();
        root_ids.insert(root_id);
        let own: Vec<_> = patches.iter().filter(|patch| concerns(patch, root_id)).collect();
        if let Some(plugin) = judge_wasm(&wasm, &own, report) {
            let bytes = plugin.policy.body_bytes_max() as u64;
            body_bytes_max = bytes.max(body_bytes_max);
            if !documents.iter().any(|document| document.kind == Kind::ClientTrafficPolicy) {
                note_default_limits(&wasm, bytes, report);
            }
            let logs: Vec<_> =
                of(Kind::EnvoyProxy).filter_map(|proxy| proxy.at("spec.telemetry.accessLog")).collect();
            judge_logs(&wasm, &logs, &plugin, report);
        }
    }
    for patch in patches.iter().filter(|patch| sets_filter(patch)) {
        judge_patch(patch, &root_ids, report);
    }
    for policy in of(Kind::ClientTrafficPolicy) {
        judge_traffic(&policy, body_bytes_max, report);
    }
    for policy in of(Kind::SecurityPolicy) {
        anywhere::judge_gateway_origins(&policy, report);
    }
}

fn is_tollgate(wasm: &Node<'_>) -> bool {
    let named = ["name", "rootID", "code.image.url", "code.http.url"].into_iter();
    named.filter_map(|name| wasm.text(name)).any(|name| name.contains("tollgate"))
        || wasm.has("config.tenants")
}

fn judge_wasm(wasm: &Node<'_>, patches: &[&Node<'_>], report: &mut Report) -> Option<Plugin> {
    let plugin = match wasm.field("config") {
        Some(config) => plugin::judge(&config, report),
        None => {
            report.add(checks::CONFIGURATION_INVALID, wasm, "there is no config; tenants must be listed");
            None
        }
    };
    let patched = |name: &str| {
        patches.iter().filter(|patch| target(patch) == name).find_map(|patch| patch.at("operation.value"))
    };
    if wasm.is_true("failOpen") {
        report.add(checks::FAIL_OPEN, wasm, "failOpen is true");
    }
    match patched("failure_policy") {
        Some(value) if value.value == "FAIL_RELOAD" => {}
        Some(value) if value.value == "FAIL_OPEN" => {
            report.add(checks::FAIL_OPEN, &value, "FAIL_OPEN is added")
        }
        _ => report.add(checks::NO_RELOAD, wasm, "no EnvoyPatchPolicy adds failure_policy: FAIL_RELOAD"),
    }
    let holds = plugin.as_ref().map(|plugin| plugin.policy.holds_requests());
    let flag = patched("allow_on_headers_stop_iteration").is_some_and(|value| value.value == true);
    if holds == Some(true) && !flag {
        let saw = "no EnvoyPatchPolicy adds allow_on_headers_stop_iteration: true";
        report.add(checks::HOLD_FLAG_MISSING, wasm, saw);
    } else if holds == Some(false) {
        report.note(checks::NOT_HELD, wasm, "hold_request is false");
    }
    match patched("capability_restriction_config") {
        Some(list) => capabilities::judge(&list, wasm, plugin.as_ref(), report),
        None => {
            let saw = "an EnvoyPatchPolicy could add capability_restriction_config";
            report.note(checks::NO_CAPABILITY_LIST, wasm, saw);
        }
    }
    judge_code(wasm, report);
    if let Some(plugin) = &plugin {
        let given = wasm
            .list("env.hostKeys")
            .iter()
            .filter_map(|name| name.value.as_str())
            .map(str::to_owned)
            .collect();
        plugin.judge_variables(wasm, &given, report);
    }
    plugin
}

fn judge_code(wasm: &Node<'_>, report: &mut Report) {
    for code in ["code.http", "code.image"].into_iter().filter_map(|code| wasm.at(code)) {
        if !code.has("sha256") && !code.text("url").unwrap_or_default().contains("@sha256:") {
            report.add(checks::MODULE_UNPINNED, &code, "url has no digest, and there is no sha256");
        }
    }
}

/// Whether a patch is for the filter of this root id, or may be, since it names none.
fn concerns(patch: &Node<'_>, root_id: &str) -> bool {
    let Some(path) = patch.text("operation.jsonPath") else { return true };
    let quoted = |quote: char| path.contains(&format!("{quote}{root_id}{quote}"));
    !path.contains("root_id") || quoted('\'') || quoted('"')
}

/// The field that a patch adds or changes.
fn target<'d>(patch: &Node<'d>) -> &'d str {
    patch.text("operation.path").unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

fn sets_filter(patch: &Node<'_>) -> bool {
    ["failure_policy", "allow_on_headers_stop_iteration", "capability_restriction_config"]
        .contains(&target(patch))
}

fn judge_patch(patch: &Node<'_>, root_ids: &BTreeSet<&str>, report: &mut Report) {
    let message = patch.text("type").unwrap_or_default();
    if !message.ends_with("/envoy.config.listener.v3.Listener") {
        report.add(checks::PATCH_MISSES, patch, format!("its type is {message}"));
    } else if root_ids.is_empty() {
        report.add(checks::NOT_SEEN, patch, "there is no EnvoyExtensionPolicy that it could be for");
    } else if !root_ids.iter().any(|root_id| concerns(patch, root_id)) {
        report.add(
            checks::PATCH_MISSES,
            patch,
            "jsonPath names another root_id than the EnvoyExtensionPolicy",
        );
    }
}

fn judge_logs(wasm: &Node<'_>, logs: &[Node<'_>], plugin: &Plugin, report: &mut Report) {
    let sources = plugin.policy.key_sources();
    for log in logs {
        access_log::judge_formats(log, sources, report);
    }
    if logs.is_empty() && access_log::in_query(sources) {
        let saw = "without telemetry.accessLog of an EnvoyProxy, the path is printed with its query";
        report.note(checks::KEY_IN_ACCESS_LOG, wasm, saw);
    }
}

fn note_default_limits(wasm: &Node<'_>, body: u64, report: &mut Report) {
    if BUFFER_BYTES_DEFAULT < body {
        let saw = format!(
            "without a ClientTrafficPolicy the limit is {BUFFER_BYTES_DEFAULT}, and max_body_bytes {body}"
        );
        report.note(checks::BUFFER_LIMIT, wasm, saw);
    }
    if WINDOW_BYTES_DEFAULT < body {
        let saw = format!(
            "without a ClientTrafficPolicy the window is {WINDOW_BYTES_DEFAULT}, and max_body_bytes {body}"
        );
        report.note(checks::STREAM_WINDOW, wasm, saw);
    }
}

fn judge_traffic(policy: &Node<'_>, body: u64, report: &mut Report) {
    let quantity = |name: &str| policy.at(name).and_then(|node| bytes(&node));
    let buffer = quantity("spec.connection.bufferLimit").unwrap_or(BUFFER_BYTES_DEFAULT);
    if buffer < body {
        let saw = format!("connection.bufferLimit is {buffer}, and max_body_bytes {body}");
        report.add(checks::BUFFER_LIMIT, policy, saw);
    }
    let window = quantity("spec.http2.initialStreamWindowSize").unwrap_or(WINDOW_BYTES_DEFAULT);
    if window < body {
        let saw = format!("http2.initialStreamWindowSize is {window}, and max_body_bytes {body}");
        report.add(checks::STREAM_WINDOW, policy, saw);
    }
    for bound in ["spec.tls.minVersion", "spec.tls.maxVersion"] {
        let old = |version: &str| ["1.0", "1.1"].contains(&version);
        if let Some(version) = policy.text(bound).filter(|version| old(version)) {
            report.add(checks::TLS_TOO_OLD, policy, format!("{bound} is {version}"));
        }
    }
}

/// A Kubernetes quantity: a number, perhaps with `Ki`, `Mi`, `k` or `M`.
fn bytes(quantity: &Node<'_>) -> Option<u64> {
    if let Some(number) = quantity.value.as_u64() {
        return Some(number);
    }
    let text = quantity.value.as_str()?;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text.strip_prefix(digits)? {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}
