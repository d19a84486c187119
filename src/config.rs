//! What an operator writes: one JSON document, as types.
//!
//! These types say which fields exist and of what JSON type they are; what their
//! values may be is decided by [`crate::policy::Policy::compile`], which turns a
//! [`Config`] into what runs. Fields that a tenant may override are optional at
//! both levels; the defaults stand in [`crate::policy`] and in the documentation
//! of each field. `null` means the same as leaving a field out. Fields that must be
//! there have a serde default nevertheless, so that one that is missing is reported
//! together with everything else that is wrong.

pub mod error;
mod keys;
mod limits;
mod read;
mod redaction;
mod strict;
#[cfg(test)]
mod tests;
mod text;

use serde::Deserialize;

pub use keys::{Key, Keys, is_id};
pub use limits::{Block, Burst, Distributed, Input, Mode, OnFailure, RateLimit, Waf};
pub use read::{Parsed, parse};
pub use redaction::{Custom, EncodedResponse, EntityName, OperatorName, Redaction, RedactionMode};
pub use text::{ReadText, range_of};

/// The whole plugin configuration.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `production` refuses whatever is unsafe outside a laptop. Default: `production`.
    #[serde(default)]
    pub environment: Environment,
    /// Hold the request until its body was judged. Needs Envoy's
    /// `allow_on_headers_stop_iteration`; without it, set this to `false`. Default: `true`.
    pub hold_request: Option<bool>,
    /// Refuse requests that did not arrive over TLS. Default: `true` in production, else `false`.
    pub require_https: Option<bool>,
    /// Addresses and CIDR networks that may call; absent: every address. `ip_deny` wins.
    #[serde(default)]
    pub ip_allow: Vec<String>,
    /// Addresses and CIDR networks that are refused.
    #[serde(default)]
    pub ip_deny: Vec<String>,
    /// Paths that need no API key: exact, or a prefix when it ends in `*`.
    #[serde(default)]
    pub public_paths: Vec<String>,
    /// Where API keys are looked for, and how old they may get.
    #[serde(default)]
    pub api_keys: ApiKeys,
    /// Who may call: at most 10 000 tenants. The only field without a default.
    #[cfg_attr(feature = "cli", schemars(required, extend("type" = "array")))]
    pub tenants: Option<Vec<Tenant>>,
    /// How often one key may call.
    #[serde(default)]
    pub rate_limit: RateLimit,
    /// How many URLs and phone numbers a request may carry, and when a client is blocked.
    #[serde(default)]
    pub waf: Waf,
    /// How large a request may be.
    #[serde(default)]
    pub input: Input,
    /// What happens to personal data.
    #[serde(default)]
    pub redaction: Redaction,
    /// The headers that tell the upstream who is calling.
    #[serde(default)]
    pub identity_headers: IdentityHeaders,
    /// How long and how many audit records are kept.
    #[serde(default)]
    pub audit: Audit,
    /// The filter's own paths.
    #[serde(default)]
    pub admin: Admin,
}

/// Where the filter runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Fails fast on whatever is unsafe, and tells clients as little as possible.
    #[default]
    Production,
    /// Plaintext keys and plain HTTP are allowed, and answers carry a `detail`.
    Development,
}

/// Where API keys are looked for, and how old they may get.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiKeys {
    /// The places a key may be presented in, all of them read. Default: the header `x-api-key`.
    pub sources: Option<Vec<Source>>,
    /// Age in days after which a key should be replaced; clients are told by
    /// `Deprecation`. 1 to 3650. Default: 90.
    pub max_age_days: Option<u32>,
    /// Days before its end from which on a key's clients are told. 1 to 3650. Default: 14.
    pub warn_before_days: Option<u32>,
}

/// One place a key may be presented in: exactly one of `header`, `query` and `cookie`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A header's name.
    pub header: Option<String>,
    /// The authentication scheme before the key, such as `Bearer`; only with `header`.
    pub scheme: Option<String>,
    /// A query parameter's name.
    pub query: Option<String>,
    /// A cookie's name.
    pub cookie: Option<String>,
}

/// One client of the API, with its keys and what differs for it.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// `[a-z0-9][a-z0-9-]{0,62}`, unique.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(required))]
    pub id: String,
    /// The tenant's keys; several may be live at once, which is how keys are rotated.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "Vec<Key>"))]
    pub keys: Keys,
    /// Where the tenant's keys are good for. Absent: every path and method.
    pub namespaces: Option<Vec<Namespace>>,
    /// Overrides of the limit for this tenant.
    #[serde(default)]
    pub rate_limit: RateLimit,
    /// Overrides of the WAF for this tenant.
    #[serde(default)]
    pub waf: Waf,
    /// Overrides of the input limits for this tenant.
    #[serde(default)]
    pub input: Input,
    /// Overrides of redaction for this tenant.
    #[serde(default)]
    pub redaction: Redaction,
    /// Addresses this tenant may call from, within what `ip_allow` lets in.
    #[serde(default)]
    pub ip_allow: Vec<String>,
    /// Addresses this tenant may not call from.
    #[serde(default)]
    pub ip_deny: Vec<String>,
}

/// A part of the API a tenant's keys are good for.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    /// A path prefix, matched by whole segments.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(required))]
    pub path: String,
    /// The methods allowed there. Absent: every method.
    pub methods: Option<Vec<String>>,
}

/// The headers that tell the upstream who is calling.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IdentityHeaders {
    /// Default: `x-tollgate-tenant`.
    pub tenant: Option<String>,
    /// Default: `x-tollgate-key-id`.
    pub key: Option<String>,
}

/// How long and how many audit records are kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// 1 to 720 hours. Default: 24.
    pub retention_hours: Option<u32>,
    /// Records kept at most, 1 to 65 536. Default: 1024.
    pub capacity: Option<u32>,
    /// Which requests leave a record. Default: `all`.
    pub records: Option<Records>,
}

/// Which requests leave an audit record; all are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Records {
    /// All.
    All,
    /// Those that were refused or given up, and those that a rule in shadow mode would have
    /// refused.
    Denied,
    /// None.
    Off,
}

/// The filter's own paths.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Requests to this path and below are answered by the filter. Default: `/tollgate`.
    pub path: Option<String>,
    /// The environment variable that holds the admin key.
    pub key_env: Option<String>,
    /// The SHA-256 digest of the admin key, 64 hexadecimal digits.
    pub key_sha256: Option<String>,
}
