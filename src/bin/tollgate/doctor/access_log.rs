//! What access logs print of a request that may hold a key.

use regex_lite::Regex;
use serde_json::Value;
use tollgate::credential::Source;

use super::checks;
use super::node::Node;
use super::report::Report;

/// Judges the access logs of a listener, of a connection manager, or of a patch of either.
pub(crate) fn judge(place: &Node<'_>, sources: &[Source], report: &mut Report) {
    for log in place.list("access_log") {
        let Some(config) = log.field("typed_config") else { continue };
        judge_default(&log, &config, sources, report);
        judge_formats(&config, sources, report);
    }
}

/// Whether a key may come in the query.
pub(crate) fn in_query(sources: &[Source]) -> bool {
    sources.iter().any(|source| matches!(source, Source::Query(_)))
}

/// What a log prints that is given no format.
fn judge_default(log: &Node<'_>, config: &Node<'_>, sources: &[Source], report: &mut Report) {
    const HAVE_DEFAULT: [&str; 3] = ["FileAccessLog", "StdoutAccessLog", "StderrAccessLog"];
    const FORMATS: [&str; 4] = ["log_format", "format", "json_format", "typed_json_format"];
    if !in_query(sources) {
        return;
    }
    let has_format = FORMATS.iter().any(|name| config.has(name));
    if HAVE_DEFAULT.iter().any(|name| config.is_message(name)) && !has_format {
        let saw = "it has no format, and the default prints the path with its query";
        report.add(checks::KEY_IN_ACCESS_LOG, log, saw);
    }
    if config.is_message("HttpGrpcAccessLogConfig") {
        report.add(checks::KEY_IN_ACCESS_LOG, log, "it sends the path with its query");
    }
}

/// Judges every format at a place and below.
pub(crate) fn judge_formats(place: &Node<'_>, sources: &[Source], report: &mut Report) {
    /// `%NAME%`, `%NAME(ARGUMENTS)%`, `%NAME(ARGUMENTS):LENGTH%`.
    const COMMAND: &str = r"%([A-Z][A-Z0-9_]*)(?:\(([^%]*)\))?(?::[0-9]+)?%";
    let Ok(command) = Regex::new(COMMAND) else { return };
    place.walk(&mut |node| {
        let Value::String(format) = node.value else { return };
        for found in command.captures_iter(format) {
            let part = |i| found.get(i).map(|part| part.as_str()).unwrap_or_default();
            if prints_key(part(1), part(2), sources) {
                report.add(checks::KEY_IN_ACCESS_LOG, node, format!("it prints {}", part(0)));
            }
        }
    });
}

fn prints_key(command: &str, arguments: &str, sources: &[Source]) -> bool {
    let in_query = in_query(sources);
    let arguments = arguments.to_ascii_lowercase();
    match command {
        "REQ" | "REQUEST_HEADER" => arguments.split('?').any(|name| is_key_header(name, sources, in_query)),
        // The first argument says whether the query is printed; it is unless NQ stands there.
        "PATH" => in_query && arguments.split(':').next() != Some("nq"),
        "QUERY_PARAM" => sources.iter().any(|source| match source {
            Source::Query(name) => name.eq_ignore_ascii_case(&arguments),
            _ => false,
        }),
        "QUERY_PARAMS" => in_query,
        "CEL" => in_query && ["request.path", "request.query"].iter().any(|name| arguments.contains(name)),
        _ => false,
    }
}

fn is_key_header(name: &str, sources: &[Source], in_query: bool) -> bool {
    let of_query = in_query && [":path", "x-envoy-original-path"].contains(&name);
    of_query
        || sources.iter().any(|source| match source {
            Source::Header { name: header, .. } => header == name,
            Source::Cookie(_) => name == "cookie",
            Source::Query(_) => false,
        })
}
