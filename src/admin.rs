//! The filter's own paths: health, sums, records and erasure.
//!
//! They are answered by whichever worker the request came to; what they show is of all.

mod call;
mod erasure;
pub mod page;
#[cfg(test)]
mod tests;

use crate::audit::{Query, Trail, Verdict, Violation};
use crate::denial::Denial;
use crate::path::JudgedPath;
use crate::policy::{Policy, Surroundings};
use crate::problem::{self, Reply};
use crate::request::Head;
use crate::secret::Digest;
use crate::stats;
use call::Call;

/// Where the filter's own paths are, and who may see them.
#[derive(Debug, Clone)]
pub struct AdminRules {
    /// This path and all below it.
    pub path: String,
    /// The admin key's digest; without one there is only `healthz`.
    pub key: Option<Digest>,
}

/// Whether a request is for one of the filter's own paths; then what to answer.
///
/// # Errors
/// `invalid-admin-key`, and `blocked` for an address that guessed too often.
pub fn answer(
    policy: &Policy,
    head: Head<'_>,
    around: &Surroundings<'_>,
    trail: &mut Trail,
) -> Option<Result<Reply, Denial>> {
    let rules = policy.admin();
    let path = JudgedPath::new(head.path());
    let rest = path.is_below(&rules.path).then(|| path.raw().get(rules.path.len()..))?.unwrap_or_default();
    let request_id = head.first("x-request-id");
    let not_found = || Ok(problem::not_found(request_id));
    let answer = match (Call::parse(rest, head), rules.key) {
        (Some(Call::Health), _) => Ok(problem::healthy()),
        (_, None) | (None, _) => not_found(),
        (Some(call), Some(key)) => {
            let may = check_key(policy, key, head, around, trail);
            match (call, may) {
                (Call::Page, Ok(())) => Ok(page_reply(200)),
                (Call::Page, Err(Denial::InvalidAdminKey)) => Ok(page_without_key(head, trail)),
                (_, Err(denial)) => Err(denial),
                (Call::Stats, Ok(())) => Ok(json(stats::report(policy, around))),
                (Call::Audit(query), Ok(())) => Ok(records(policy, query, around)),
                (Call::Erase(tenant), Ok(())) => match policy.tenant_named(tenant) {
                    Some(index) => Ok(json(erasure::erase(policy, index, around))),
                    None => not_found(),
                },
                (Call::Malformed(detail), Ok(())) => Ok(problem::bad_admin_call(detail, request_id)),
                (Call::Health, Ok(())) => Ok(problem::healthy()),
            }
        }
    };
    Some(answer)
}

/// Whether the request carries the admin key. A wrong one is a violation of its address.
fn check_key(
    policy: &Policy,
    key: Digest,
    head: Head<'_>,
    around: &Surroundings<'_>,
    trail: &mut Trail,
) -> Result<(), Denial> {
    policy.check_address_block(around, trail)?;
    let Some(presented) = bearer(head) else { return Err(Denial::InvalidAdminKey) };
    if Digest::of(presented) == key {
        return Ok(());
    }
    let subject = policy.address_of(around, trail);
    trail.note_violation(Violation::AdminKey, subject, policy.common_rules(), around);
    Err(Denial::InvalidAdminKey)
}

/// What `Authorization: Bearer` holds (RFC 6750 section 2.1).
fn bearer(head: Head<'_>) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"bearer ";
    let (scheme, token) = head.first("authorization")?.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim_ascii()).filter(|token| !token.is_empty())
}

/// The page asks for the key, so that calling it without one is no refusal; with a wrong one it is.
fn page_without_key(head: Head<'_>, trail: &mut Trail) -> Reply {
    if bearer(head).is_some() {
        trail.verdict = Verdict::Denied(Denial::InvalidAdminKey);
        trail.status = Some(401);
    }
    page_reply(401)
}

fn page_reply(status: u16) -> Reply {
    let page = page::document();
    let mut headers = vec![
        ("content-type", "text/html; charset=utf-8".into()),
        ("content-security-policy", page.security_policy),
        ("cache-control", "no-store".into()),
        ("x-content-type-options", "nosniff".into()),
        ("referrer-policy", "no-referrer".into()),
    ];
    if status == 401 {
        headers.push(problem::admin_challenge());
    }
    Reply { status, headers, body: page.html.into_bytes() }
}

fn records(policy: &Policy, query: Query<'_>, around: &Surroundings<'_>) -> Reply {
    let lines = policy.audit().ring.read(around.store, query, around.now);
    let mut body = Vec::with_capacity(lines.iter().map(|line| line.len().saturating_add(1)).sum());
    for line in lines {
        body.extend_from_slice(line.as_bytes());
        body.push(b'\n');
    }
    reply("application/x-ndjson", body)
}

fn json(body: String) -> Reply {
    reply("application/json", body.into_bytes())
}

fn reply(content_type: &str, body: Vec<u8>) -> Reply {
    let headers = vec![
        ("content-type", content_type.into()),
        ("cache-control", "no-store".into()),
        ("x-content-type-options", "nosniff".into()),
    ];
    Reply { status: 200, headers, body }
}
