//! The one place where a reason to refuse becomes an answer: status, headers and body,
//! as `application/problem+json` (RFC 9457).

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::config::Environment;
use crate::denial::Denial;
use crate::rate_limit::{Answer, Quota, fields};

/// What the filter answers in place of the upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Header fields, lower-case names; every value is printable ASCII.
    pub headers: Vec<(&'static str, String)>,
    /// The body; the host leaves it out for HEAD.
    pub body: Vec<u8>,
}

/// What an answer depends on besides the reason.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// Development answers say more.
    pub environment: Environment,
    /// Whether clients may use `Bearer`.
    pub bearer: bool,
    /// The request's id as the proxy gave it.
    pub request_id: Option<&'a [u8]>,
}

/// The answer to a refused request.
pub fn reply(denial: Denial, audience: Audience<'_>) -> Reply {
    let told = told(denial, audience.environment);
    let problem = Problem {
        r#type: format!("urn:tollgate:problem:{}", told.name()),
        title: title(told),
        status: status(told),
        request_id: audience.request_id.and_then(printable_id),
        detail: (audience.environment == Environment::Development).then(|| detail(denial)),
    };
    let mut headers = common_headers();
    headers.extend(headers_of(told, audience));
    problem.into_reply(headers)
}

/// The answer to a request for something that the filter itself does not have.
pub fn not_found(request_id: Option<&[u8]>) -> Reply {
    let problem = Problem {
        r#type: "urn:tollgate:problem:not-found".into(),
        title: "There is nothing here",
        status: 404,
        request_id: request_id.and_then(printable_id),
        detail: None,
    };
    problem.into_reply(common_headers())
}

/// The answer to an admin call that is not well formed; whoever calls has the admin key, so
/// it says what to change in production too.
pub fn bad_admin_call(detail: &'static str, request_id: Option<&[u8]>) -> Reply {
    let problem = Problem {
        r#type: "urn:tollgate:problem:bad-admin-call".into(),
        title: "The call is not well formed",
        status: 400,
        request_id: request_id.and_then(printable_id),
        detail: Some(detail),
    };
    problem.into_reply(common_headers())
}

/// The answer of a filter that cannot judge, and therefore lets nothing pass.
pub fn unavailable() -> Reply {
    let problem = Problem {
        r#type: "urn:tollgate:problem:unavailable".into(),
        title: "The gate is not ready",
        status: 503,
        request_id: None,
        detail: None,
    };
    problem.into_reply(common_headers())
}

/// The answer of a filter that works.
pub fn healthy() -> Reply {
    let headers = vec![("content-type", "application/json".into()), ("cache-control", "no-store".into())];
    Reply { status: 200, headers, body: br#"{"status":"ok"}"#.to_vec() }
}

/// RFC 9457 section 3.1, with `request_id` as an extension member.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

impl Problem<'_> {
    fn into_reply(self, headers: Vec<(&'static str, String)>) -> Reply {
        // Serializing strings and numbers cannot fail.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        Reply { status: self.status, headers, body }
    }
}

/// Production does not tell a client whether a key it guessed exists.
fn told(denial: Denial, environment: Environment) -> Denial {
    match (denial, environment) {
        (Denial::ExpiredApiKey, Environment::Production) => Denial::InvalidApiKey,
        _ => denial,
    }
}

fn status(denial: Denial) -> u16 {
    match denial {
        Denial::AmbiguousApiKey | Denial::InvalidUtf8 | Denial::MalformedBody => 400,
        Denial::MissingApiKey | Denial::InvalidApiKey | Denial::ExpiredApiKey | Denial::InvalidAdminKey => {
            401
        }
        Denial::HttpsRequired | Denial::IpDenied | Denial::Blocked { .. } | Denial::NamespaceDenied => 403,
        Denial::BodyTooLarge | Denial::TextTooLong => 413,
        Denial::UrlTooLong => 414,
        Denial::UnsupportedEncoding | Denial::UnsupportedCharset => 415,
        Denial::TooManyUrls | Denial::TooManyPhones => 422,
        Denial::RateLimited { .. } => 429,
        Denial::UnredactableResponse => 502,
        Denial::RateLimitUnavailable => 503,
    }
}

fn title(denial: Denial) -> &'static str {
    match denial {
        Denial::HttpsRequired => "HTTPS is required",
        Denial::IpDenied => "This address may not call",
        Denial::MissingApiKey => "An API key is required",
        Denial::AmbiguousApiKey => "More than one API key was presented",
        Denial::InvalidApiKey => "The API key is not valid",
        Denial::ExpiredApiKey => "The API key has expired",
        Denial::Blocked { .. } => "Blocked after repeated violations",
        Denial::NamespaceDenied => "The API key is not good for this path or method",
        Denial::RateLimited { .. } => "Too many requests",
        Denial::RateLimitUnavailable => "Requests cannot be counted at the moment",
        Denial::UrlTooLong => "The URL is too long",
        Denial::BodyTooLarge => "The body is too large",
        Denial::UnsupportedEncoding => "Encoded bodies are not accepted",
        Denial::UnsupportedCharset | Denial::InvalidUtf8 => "Text must be UTF-8",
        Denial::MalformedBody => "The body is not what its content type says",
        Denial::TextTooLong => "The text is too long",
        Denial::TooManyUrls => "The text holds too many URLs",
        Denial::TooManyPhones => "The text holds too many phone numbers",
        Denial::UnredactableResponse => "The answer could not be checked for personal data",
        Denial::InvalidAdminKey => "The admin key is required",
    }
}

/// For a developer: what to change. Says nothing that came with the request.
pub fn detail(denial: Denial) -> &'static str {
    match denial {
        Denial::HttpsRequired => "Call over TLS; behind a trusted proxy, let it set x-forwarded-proto.",
        Denial::IpDenied => "The address is in ip_deny, not in ip_allow, or not known.",
        Denial::MissingApiKey => "Present the key in one of the places listed in api_keys.sources.",
        Denial::AmbiguousApiKey => "Present one key; the same key may be repeated, different ones may not.",
        Denial::InvalidApiKey => {
            "No key in the configuration has this digest, or its not_before is still ahead."
        }
        Denial::ExpiredApiKey => "The key's not_after is over.",
        Denial::Blocked { .. } => "The key or the address had too many violations; the block ends by itself.",
        Denial::NamespaceDenied => {
            "Path and method must be in one of the tenant's namespaces; a path that servers may read in several ways is in none."
        }
        Denial::RateLimited { .. } => "The key's bucket is empty; wait for as long as Retry-After says.",
        Denial::RateLimitUnavailable => {
            "The Rate Limit Service does not answer, and rate_limit.distributed.on_failure is deny."
        }
        Denial::UrlTooLong => "Path and query are longer than input.max_url_bytes.",
        Denial::BodyTooLarge => "The body is longer than input.max_body_bytes.",
        Denial::UnsupportedEncoding => "Send the body without content-encoding.",
        Denial::UnsupportedCharset => "Send text as UTF-8.",
        Denial::InvalidUtf8 => "The body, or what it decodes to, is not UTF-8.",
        Denial::MalformedBody => "Send what content-type says, or leave content-type out.",
        Denial::TextTooLong => "The decoded text has more characters than input.max_chars.",
        Denial::TooManyUrls => "Query and body together hold more URLs than waf.max_urls.",
        Denial::TooManyPhones => "Query and body together hold more phone numbers than waf.max_phones.",
        Denial::UnredactableResponse => {
            "The upstream answered with a content-encoding or charset that cannot be read, although it was asked not to."
        }
        Denial::InvalidAdminKey => "Present the admin key as Authorization: Bearer.",
    }
}

fn common_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "application/problem+json".into()), ("cache-control", "no-store".into())]
}

/// What asks for the admin key (RFC 6750 section 3).
pub fn admin_challenge() -> (&'static str, String) {
    ("www-authenticate", "Bearer realm=\"tollgate\"".into())
}

fn headers_of(denial: Denial, audience: Audience<'_>) -> Vec<(&'static str, String)> {
    match denial {
        Denial::MissingApiKey => vec![("www-authenticate", challenge(audience.bearer, ""))],
        Denial::InvalidApiKey | Denial::ExpiredApiKey => {
            vec![("www-authenticate", challenge(audience.bearer, ", error=\"invalid_token\""))]
        }
        Denial::InvalidAdminKey => vec![admin_challenge()],
        Denial::Blocked { retry_after_s } => vec![("retry-after", retry_after_s.to_string())],
        Denial::RateLimited { quota, answer } => limited_headers(quota, answer),
        Denial::RateLimitUnavailable => vec![("retry-after", "1".into())],
        Denial::UnsupportedEncoding => vec![("accept-encoding", "identity".into())],
        Denial::UnsupportedCharset => {
            vec![("accept", "application/json, text/plain;charset=utf-8".into())]
        }
        Denial::HttpsRequired
        | Denial::IpDenied
        | Denial::AmbiguousApiKey
        | Denial::NamespaceDenied
        | Denial::UrlTooLong
        | Denial::BodyTooLarge
        | Denial::InvalidUtf8
        | Denial::MalformedBody
        | Denial::TextTooLong
        | Denial::TooManyUrls
        | Denial::TooManyPhones
        | Denial::UnredactableResponse => Vec::new(),
    }
}

/// A challenge is required with 401 (RFC 9110 section 11.6.1). There is no registered scheme
/// for an API key in a header of its own; `Bearer` is offered where it is accepted.
fn challenge(bearer: bool, bearer_error: &str) -> String {
    let own = "ApiKey realm=\"tollgate\"";
    if bearer { format!("Bearer realm=\"tollgate\"{bearer_error}, {own}") } else { own.into() }
}

fn limited_headers(quota: Quota, answer: Answer) -> Vec<(&'static str, String)> {
    vec![
        ("retry-after", answer.next_token_seconds().max(1).to_string()),
        (fields::RATELIMIT_POLICY, fields::policy(quota)),
        (fields::RATELIMIT, fields::remaining(answer)),
    ]
}

/// A request id that can be repeated safely: what proxies generate, nothing else.
fn printable_id(id: &[u8]) -> Option<&str> {
    const ID_BYTES_MAX: usize = 128;
    let plain = id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
    let fits = !id.is_empty() && id.len() <= ID_BYTES_MAX;
    if plain && fits { std::str::from_utf8(id).ok() } else { None }
}
