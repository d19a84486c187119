//! The fields `RateLimit` and `RateLimit-Policy`,
//! draft-ietf-httpapi-ratelimit-headers-11: lists of quoted policy names with parameters.
//!
//! The draft is not an RFC yet and has renamed parameters before, so all that knows its
//! syntax is here.

use super::{Answer, Quota};

/// Lower-case name of the field that says what is left.
pub const RATELIMIT: &str = "ratelimit";
/// Lower-case name of the field that says what is allowed.
pub const RATELIMIT_POLICY: &str = "ratelimit-policy";

/// The name of Tollgate's one policy.
const POLICY_NAME: &str = "default";

/// What is allowed: `"default";q=10;w=1`, `q` requests in `w` seconds.
pub fn policy(quota: Quota) -> String {
    format!("\"{POLICY_NAME}\";q={};w=1", quota.rate())
}

/// What is left: `"default";r=19;t=1`, `r` requests now and more in `t` seconds.
pub fn remaining(answer: Answer) -> String {
    format!("\"{POLICY_NAME}\";r={};t={}", answer.remaining, answer.next_token_seconds())
}

/// The least `r` in a `RateLimit` field of any server, over all its lines; `None` where it
/// has none that is well formed, as for a field that must be ignored.
pub fn least_remaining<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<u64> {
    lines.filter_map(|line| std::str::from_utf8(line).ok()).flat_map(items).filter_map(remaining_of).min()
}

/// The lines of a list as one; `None` where there is none that can be written back.
pub fn joined<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let lines: Vec<&str> = lines.filter_map(|line| std::str::from_utf8(line).ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The items of a list (RFC 9651 section 3.1), split at the commas outside quotes.
fn items(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    line.split(move |c: char| {
        let separates = c == ',' && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && quoted && !escaped;
        separates
    })
}

/// `r` of one item: a quoted name, then `;key=value` parameters.
fn remaining_of(item: &str) -> Option<u64> {
    /// An sf-integer has at most 15 digits (RFC 9651 section 3.3.1).
    const DIGITS_MAX: usize = 15;
    let rest = item.trim().strip_prefix('"')?;
    let parameters = rest.get(rest.rfind('"')?..)?;
    let value = parameters.split(';').skip(1).find_map(|p| p.trim_start().strip_prefix("r="))?;
    let digits = value.bytes().all(|b| b.is_ascii_digit()) && value.len() <= DIGITS_MAX;
    if digits { value.parse().ok() } else { None }
}
