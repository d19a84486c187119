//! What happens to personal data: what a tenant may override.

use serde::Deserialize;

/// What happens to personal data.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Redaction {
    /// Default: `logs`.
    pub mode: Option<RedactionMode>,
    /// What counts as personal. Default: all three.
    pub entities: Option<Vec<EntityName>>,
    /// What an entity is replaced with. Default: `replace`.
    pub operator: Option<OperatorName>,
    /// The environment variable with the key of the operator `hash`.
    pub hash_key_env: Option<String>,
    /// Regions whose national phone numbers are recognised, ISO 3166. Default: `["US"]`.
    pub phone_regions: Option<Vec<String>>,
    /// The operator's own patterns, at most 32.
    pub custom: Option<Vec<Custom>>,
    /// In `strict` mode, redact answers too. Default: `true`.
    pub response: Option<bool>,
    /// What happens to an answer that should be redacted and is encoded, although the
    /// upstream was asked not to. Default: `withhold`.
    pub encoded_response: Option<EncodedResponse>,
}

impl Redaction {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        let Self {
            mode,
            entities,
            operator,
            hash_key_env,
            phone_regions,
            custom,
            response,
            encoded_response,
        } = self;
        mode.is_none()
            && entities.is_none()
            && operator.is_none()
            && hash_key_env.is_none()
            && phone_regions.is_none()
            && custom.is_none()
            && response.is_none()
            && encoded_response.is_none()
    }
}

/// What happens to an answer that cannot be redacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EncodedResponse {
    /// It is replaced by `unredactable-response`.
    Withhold,
    /// It passes unread.
    Pass,
}

/// How far redaction goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RedactionMode {
    /// Logs and audit records only.
    Logs,
    /// Bodies as well.
    Strict,
    /// Nothing; refused in production.
    Off,
}

/// A kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityName {
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// A payment card number.
    CreditCard,
}

/// What an entity is replaced with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OperatorName {
    /// Its kind: `[EMAIL]`.
    Replace,
    /// Asterisks, but for the last four characters.
    Mask,
    /// A keyed hash: the same value gives the same token.
    Hash,
}

/// An operator's own pattern.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Custom {
    /// `[a-z0-9][a-z0-9_]{0,62}`, unique.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(required))]
    pub name: String,
    /// A regular expression in the syntax of the crate `regex-lite`, at most 512 bytes.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(required))]
    pub pattern: String,
}
