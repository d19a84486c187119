//! What is unsafe wherever in Envoy's configuration it stands: old TLS, and CORS for all.

use serde_json::Value;

use super::checks;
use super::node::Node;
use super::report::Report;

/// Judges all of a document.
pub(crate) fn judge(document: &Node<'_>, report: &mut Report) {
    document.walk(&mut |node| {
        judge_tls(node, report);
        for matcher in node.list("allow_origin_string_match") {
            judge_origin_matcher(&matcher, report);
        }
    });
}

fn judge_tls(params: &Node<'_>, report: &mut Report) {
    const GOOD: [&str; 3] = ["TLS_AUTO", "TLSv1_2", "TLSv1_3"];
    for bound in ["tls_minimum_protocol_version", "tls_maximum_protocol_version"] {
        let Some(version) = params.field(bound) else { continue };
        if !version.value.as_str().is_some_and(|version| GOOD.contains(&version)) {
            report.add(checks::TLS_TOO_OLD, &version, format!("{bound} is {}", version.value));
        }
    }
}

/// A `StringMatcher` against the `Origin` header.
fn judge_origin_matcher(matcher: &Node<'_>, report: &mut Report) {
    if let Some(origin) = matcher.text("exact") {
        judge_origin(matcher, origin, report);
    } else if let Some(prefix) = matcher.text("prefix") {
        match prefix {
            "" | "http" | "https" | "http://" | "https://" => {
                wildcard(matcher, "a prefix of every origin", report)
            }
            // https://app.example.com is a prefix of https://app.example.com.elsewhere.org.
            _ => report.add(checks::CORS_ORIGIN, matcher, "a prefix also matches longer names of others"),
        }
    } else if let Some(suffix) = matcher.text("suffix") {
        match suffix {
            "" => wildcard(matcher, "a suffix of every origin", report),
            _ if suffix.starts_with('.') || suffix.starts_with("://") => {}
            _ => report.add(
                checks::CORS_ORIGIN,
                matcher,
                "a suffix without a dot also matches names of others",
            ),
        }
    } else if let Some(regex) = matcher.text("safe_regex.regex") {
        let anything = ["*", ".*", ".+", "https?://.*", "https?://.+", "https://.*", "https://.+", "http.*"];
        let bare = regex.trim_start_matches('^').trim_end_matches('$');
        if anything.contains(&bare) {
            wildcard(matcher, "a regex that matches every origin", report);
        }
    } else if matcher.has("contains") {
        report.add(checks::CORS_ORIGIN, matcher, "contains also matches names of others");
    }
}

fn wildcard(at: &Node<'_>, saw: &str, report: &mut Report) {
    report.add(checks::CORS_WILDCARD, at, saw);
}

/// One allowed origin, as the header would have it.
pub(crate) fn judge_origin(at: &Node<'_>, origin: &str, report: &mut Report) {
    if origin == "*" {
        return wildcard(at, "*", report);
    }
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let saw = match host {
        _ if origin == "null" => "null, which sandboxed pages and files of any site send",
        None => "no origin: it has no scheme",
        Some(host) if host.is_empty() || host.contains(['/', '?', '#', '@', ' ', ',']) => {
            "no origin: it is more than scheme, host and port, so it never matches"
        }
        Some(_) if origin.starts_with("http://") => {
            "an origin without TLS: whoever is on the way speaks for it"
        }
        Some(_) => return,
    };
    report.add(checks::CORS_ORIGIN, at, saw);
}

/// Origins as Envoy Gateway writes them, where `*` may stand in a name.
pub(crate) fn judge_gateway_origins(policy: &Node<'_>, report: &mut Report) {
    for origin in policy.list("spec.cors.allowOrigins") {
        match origin.value {
            Value::String(text) if text == "*" || text == "https://*" || text == "http://*" => {
                wildcard(&origin, text, report);
            }
            Value::String(text) => judge_origin(&origin, &text.replacen("*.", "", 1), report),
            _ => {}
        }
    }
}
