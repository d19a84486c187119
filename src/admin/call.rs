//! What is asked of the filter itself.

use crate::audit::{ANSWER_RECORDS_MAX, Query};
use crate::request::{Head, query_pairs};
use crate::time::{UnixNanos, UnixSeconds};

/// Records an answer holds where no limit is asked for.
const RECORDS_DEFAULT: usize = 1_000;

/// One of the filter's own calls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call<'a> {
    Health,
    Page,
    Stats,
    Audit(Query<'a>),
    /// Erase the data of the tenant of this id.
    Erase(&'a str),
    /// One of these, wrongly asked for: what to change.
    Malformed(&'static str),
}

impl<'a> Call<'a> {
    /// Reads the path behind the admin path, and the method; `None` where there is no such call.
    pub(super) fn parse(rest: &'a [u8], head: Head<'a>) -> Option<Self> {
        let reads = matches!(head.method(), b"GET" | b"HEAD");
        match rest {
            b"/healthz" if reads => Some(Self::Health),
            b"/" if reads => Some(Self::Page),
            b"/stats" if reads => Some(Self::Stats),
            b"/audit" if reads => Some(audit(head.query()).map_or_else(Self::Malformed, Self::Audit)),
            _ if head.method() == b"DELETE" => {
                let tenant = rest.strip_prefix(b"/tenants/")?.strip_suffix(b"/data")?;
                std::str::from_utf8(tenant).ok().map(Self::Erase)
            }
            _ => None,
        }
    }
}

/// Reads `tenant`, `since` and `limit`; what to change where one is wrong.
fn audit(query: Option<&[u8]>) -> Result<Query<'_>, &'static str> {
    let mut read = Query { tenant: None, since: None, limit: RECORDS_DEFAULT };
    for pair in query_pairs(query.unwrap_or_default()).filter(|pair| !pair.raw.is_empty()) {
        match pair.name {
            b"tenant" => read.tenant = Some(std::str::from_utf8(pair.value).map_err(|_| TENANT)?),
            b"since" => read.since = Some(since(pair.value).ok_or(SINCE)?),
            b"limit" => read.limit = limit(pair.value).ok_or(LIMIT)?,
            _ => return Err("audit takes tenant, since and limit."),
        }
    }
    Ok(read)
}

const TENANT: &str = "tenant must be the id of a tenant.";
const SINCE: &str = "since must be an RFC 3339 time such as 2026-11-01T00:00:00Z.";
const LIMIT: &str = "limit must be a number from 1 to 10000.";

fn since(value: &[u8]) -> Option<UnixNanos> {
    // A plus is how RFC 3339 begins an offset, and how a form writes a blank.
    let decoded = crate::percent::decode(value);
    let text = std::str::from_utf8(&decoded).ok()?;
    Some(UnixNanos::from_seconds(UnixSeconds::from_rfc3339(text)?.0))
}

fn limit(value: &[u8]) -> Option<usize> {
    let limit: usize = std::str::from_utf8(value).ok()?.parse().ok()?;
    (1..=ANSWER_RECORDS_MAX).contains(&limit).then_some(limit)
}
