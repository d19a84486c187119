//! One audit record as one line of JSON.

use std::net::IpAddr;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Trail, Verdict};
use crate::fleet::Mode;
use crate::log_line::LogLine;
use crate::policy::{Policy, Surroundings};
use crate::redact::RedactionCounts;
use crate::request::Head;
use crate::scan::Scanner;
use crate::stats;
use crate::time::UnixNanos;
use crate::waf::TextCounts;

/// Longest texts of a record, in bytes of the safe line.
const PATH_BYTES_MAX: usize = 512;
const TEXT_BYTES_MAX: usize = 128;
/// Room for most lines, so that they are written in one piece.
const LINE_BYTES_USUAL: usize = 640;
const ID_BYTES_MAX: usize = 64;

/// Longest line of a record in bytes: what bounds the memory of a [`super::Ring`]. JSON
/// escapes double the texts at most; the rest are names of bounded length and numbers.
pub const RECORD_BYTES_MAX: usize = 8 << 10;

/// The members of a record, in order.
pub const RECORD_FIELDS: [&str; 17] = [
    "ts",
    "request_id",
    "tenant",
    "key_id",
    "client",
    "method",
    "path",
    "decision",
    "reason",
    "status",
    "counts",
    "redactions",
    "bytes",
    "user_agent",
    "forwarded_for",
    "shadowed",
    "rate_limit",
];

#[derive(Serialize)]
struct Record<'a> {
    ts: String,
    request_id: Option<LogLine>,
    tenant: Option<&'a str>,
    key_id: Option<&'a str>,
    client: Option<IpAddr>,
    method: &'static str,
    path: LogLine,
    decision: &'static str,
    reason: Option<&'static str>,
    status: Option<u16>,
    counts: TextCounts,
    redactions: Redactions<'a>,
    bytes: usize,
    user_agent: Option<LogLine>,
    forwarded_for: Option<LogLine>,
    shadowed: Vec<&'static str>,
    rate_limit: Option<&'static str>,
}

/// The record of a request that is over.
pub(super) fn line(policy: &Policy, trail: &mut Trail, head: Head<'_>, around: &Surroundings<'_>) -> String {
    let client = trail.address(around);
    let scanner = &policy.rules_of(trail).redaction.scanner;
    let text = |name, bytes_max| Some(LogLine::new(scanner, head.first(name)?, bytes_max));
    let (decision, reason) = match trail.verdict {
        Verdict::Pending => ("aborted", Some(stats::INCOMPLETE)),
        Verdict::Allowed => ("allowed", None),
        Verdict::Denied(denial) => ("denied", Some(denial.name())),
    };
    let record = Record {
        ts: around.now.to_rfc3339(),
        request_id: text("x-request-id", ID_BYTES_MAX),
        tenant: policy.tenant_of(trail).map(|tenant| &*tenant.id),
        key_id: policy.key_of(trail).map(|key| key.id),
        client,
        method: method(head),
        path: LogLine::new(scanner, policy.target_without_key(head), PATH_BYTES_MAX),
        decision,
        reason,
        status: trail.status,
        counts: trail.counts,
        redactions: Redactions { counts: &trail.redactions, scanner },
        bytes: trail.body_bytes,
        user_agent: text("user-agent", TEXT_BYTES_MAX),
        forwarded_for: text("x-forwarded-for", TEXT_BYTES_MAX),
        shadowed: trail.shadowed.iter().map(|denial| denial.name()).collect(),
        rate_limit: trail.limited_by.map(Mode::name),
    };
    let mut line = Vec::with_capacity(LINE_BYTES_USUAL);
    // Serializing strings, numbers and lists of them cannot fail, and gives UTF-8.
    let _ = serde_json::to_writer(&mut line, &record);
    String::from_utf8(line).unwrap_or_default()
}

/// The method, where it is one of RFC 9110 section 9 or RFC 5789. Any token may be a method,
/// so another might be anything; what stands for it is OpenTelemetry's name for such.
fn method(head: Head<'_>) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    KNOWN.into_iter().find(|known| known.as_bytes() == head.method()).unwrap_or("_OTHER")
}

/// The record of an erasure. It names the tenant and nobody else, and is no record of the
/// tenant's: asking for those of the tenant does not show it.
pub fn erasure_line(tenant: &str, now: UnixNanos) -> String {
    let record = Erasure { ts: now.to_rfc3339(), event: "erasure", tenant: None, erased_tenant: tenant };
    serde_json::to_string(&record).unwrap_or_default()
}

#[derive(Serialize)]
struct Erasure<'a> {
    ts: String,
    event: &'static str,
    tenant: Option<&'a str>,
    erased_tenant: &'a str,
}

/// What was replaced, by the names of the entities; those that were not are left out.
struct Redactions<'a> {
    counts: &'a RedactionCounts,
    scanner: &'a Scanner,
}

impl Serialize for Redactions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (kind, count) in self.counts.by_kind() {
            map.serialize_entry(self.scanner.kind_name(kind), &count)?;
        }
        map.end()
    }
}
