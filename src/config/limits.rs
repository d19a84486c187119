//! How often, how much and how large: what a tenant may override.

use serde::Deserialize;

/// Whether a rule refuses or only counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Refuse.
    #[default]
    Enforce,
    /// Count and log what would have been refused, and let it pass.
    Shadow,
}

/// How often one key may call: a token bucket.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Default: `enforce`.
    pub mode: Option<Mode>,
    /// Tokens that flow into the bucket each second, 1 to 1 000 000. Default: 10.
    pub requests_per_second: Option<u64>,
    /// Tokens the bucket holds, 1 to 10 000 000. Default: twice `requests_per_second`.
    pub burst: Option<u64>,
    /// One limit over many Envoys, through the standard Rate Limit Service.
    pub distributed: Option<Distributed>,
}

/// The Rate Limit Service that many Envoys share.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Distributed {
    /// Envoy's cluster of the service, 1 to 100 bytes. No default.
    pub cluster: Option<String>,
    /// The service's domain, 1 to 100 bytes. Default: `tollgate`.
    pub domain: Option<String>,
    /// How long an answer may take, 1 to 1000 milliseconds. Default: 50.
    pub timeout_ms: Option<u64>,
    /// Tokens taken at a time at most, 1 to 10 000. Default: 10.
    pub lease: Option<u32>,
    /// What to do while the service does not answer. Default: `local`.
    pub on_failure: Option<OnFailure>,
    /// How many Envoys share the limit, 1 to 10 000: what `local` divides it by, and what
    /// leases are sized by. Default: 1.
    pub replicas: Option<u32>,
}

/// What to do while the Rate Limit Service does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// Apply the limit divided by `replicas` in each Envoy.
    Local,
    /// Let pass.
    Allow,
    /// Refuse with 503.
    Deny,
}

/// How many URLs and phone numbers a request may carry, and when a client is blocked.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Waf {
    /// Default: `enforce`.
    pub mode: Option<Mode>,
    /// URLs a request may carry, 1 to 8192. Default: 5.
    pub max_urls: Option<u32>,
    /// Phone numbers a request may carry, 1 to 8192. Default: 3.
    pub max_phones: Option<u32>,
    /// Requests in a window above which a key's burst is a violation.
    pub burst: Option<Burst>,
    /// Violations in a window above which a key or an address is blocked.
    pub block: Option<Block>,
}

/// Requests in a window above which a key's burst is a violation.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// 1 to 1 000 000. Default: 50.
    pub requests: Option<u32>,
    /// 1 to 60 000 milliseconds. Default: 1000.
    pub window_ms: Option<u32>,
}

/// Violations in a window above which a key or an address is blocked.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// 1 to 100. Default: 10.
    pub violations: Option<u32>,
    /// 1 to 3600 seconds. Default: 60.
    pub window_s: Option<u32>,
    /// 1 to 86 400 seconds. Default: 300.
    pub block_s: Option<u32>,
}

/// How large a request may be.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Default: `enforce`.
    pub mode: Option<Mode>,
    /// Unicode scalar values of the decoded text, 1 to 1 048 576. Default: 8192.
    pub max_chars: Option<u32>,
    /// Bytes of the body, 1 to 1 048 576. Default: 65 536.
    pub max_body_bytes: Option<u32>,
    /// Bytes of path and query, 1 to 61 440. Default: 8192.
    pub max_url_bytes: Option<u32>,
}
