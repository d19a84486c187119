//! What counts as personal, and what is written instead.

use std::sync::Arc;

use super::Compiler;
use super::rules::Pair;
use crate::config::{self, EntityName, OperatorName, RedactionMode};
use crate::inspection::RedactionRules;
use crate::redact::{HASH_KEY_BYTES_MIN, HashKey, Operator, Redactor};
use crate::scan::{CUSTOM_PATTERNS_MAX, CustomPattern, EntityKind, KindSet, Region, Scanner};

impl Compiler<'_> {
    /// The rules at `at`; a tenant that overrides nothing shares those of all.
    pub(super) fn redaction(
        &mut self,
        at: &str,
        pair: Pair<'_, config::Redaction>,
        common: Option<&Arc<RedactionRules>>,
    ) -> Arc<RedactionRules> {
        match (common, pair.own) {
            (Some(common), Some(own)) if own.is_empty() => Arc::clone(common),
            _ => Arc::new(self.own_redaction(at, pair)),
        }
    }

    fn own_redaction(&mut self, at: &str, pair: Pair<'_, config::Redaction>) -> RedactionRules {
        let mode = pair.pick(|r| r.mode).unwrap_or(RedactionMode::Logs);
        if pair.newest().mode == Some(RedactionMode::Off) && self.in_production() {
            self.problems.push(format!("{at}.mode"), "must not be off in production");
        }
        let path = |field: &str| format!("{at}.{field}");
        let kinds = self.level(pair, |r| r.entities.as_deref(), |c, names| c.kinds(&path("entities"), names));
        let regions = self.level(
            pair,
            |r| r.phone_regions.as_deref(),
            |c, codes| c.regions(&path("phone_regions"), codes),
        );
        let custom = self.level(pair, |r| r.custom.as_deref(), |c, listed| c.custom(&path("custom"), listed));
        let operator = self.operator(at, pair);
        let names: Vec<String> = custom.iter().map(|pattern| pattern.name().to_owned()).collect();
        RedactionRules {
            strict: mode == RedactionMode::Strict,
            response: pair.pick(|r| r.response).unwrap_or(true),
            pass_encoded: pair.pick(|r| r.encoded_response) == Some(config::EncodedResponse::Pass),
            scanner: Scanner::new(KindSet::ALL, &regions, custom),
            redactor: Redactor::new(operator, kinds, names.iter().map(String::as_str)),
        }
    }

    /// Compiles a field with whichever value is in force, and reports what is wrong with it
    /// only where it was written.
    fn level<'c, T: ?Sized + 'c, R>(
        &mut self,
        pair: Pair<'c, config::Redaction>,
        field: impl Fn(&'c config::Redaction) -> Option<&'c T>,
        compile: impl FnOnce(&mut Self, Option<&'c T>) -> R,
    ) -> R {
        let value = pair.pick_ref(&field);
        if pair.own.is_none() || field(pair.newest()).is_some() {
            return compile(self, value);
        }
        let reported = (self.problems.clone(), self.warnings.clone());
        let compiled = compile(self, value);
        (self.problems, self.warnings) = reported;
        compiled
    }

    fn kinds(&mut self, at: &str, names: Option<&[EntityName]>) -> KindSet {
        let Some(names) = names else { return KindSet::ALL };
        self.check_not_empty(at, names.len());
        let kind = |name: &EntityName| match name {
            EntityName::Email => EntityKind::Email,
            EntityName::Phone => EntityKind::Phone,
            EntityName::CreditCard => EntityKind::CreditCard,
        };
        names.iter().map(kind).collect()
    }

    fn regions(&mut self, at: &str, codes: Option<&[String]>) -> Vec<Region> {
        const DEFAULT: &str = "US";
        let Some(codes) = codes else { return DEFAULT.parse().into_iter().collect() };
        self.check_not_empty(at, codes.len());
        let mut regions = Vec::with_capacity(codes.len());
        for (i, code) in codes.iter().enumerate() {
            match code.parse::<Region>() {
                Ok(region) => regions.push(region),
                Err(_) => {
                    let known: Vec<&str> = Region::supported().collect();
                    self.problems.push(format!("{at}[{i}]"), format!("must be one of {}", known.join(", ")));
                }
            }
        }
        regions
    }

    fn custom(&mut self, at: &str, listed: Option<&[config::Custom]>) -> Vec<CustomPattern> {
        let listed = listed.unwrap_or_default();
        self.check_count(at, listed.len(), CUSTOM_PATTERNS_MAX);
        self.check_unique(|i| format!("{at}[{i}].name"), listed.iter().map(|custom| custom.name.as_str()));
        let mut patterns = Vec::with_capacity(listed.len());
        for (i, custom) in listed.iter().enumerate() {
            let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            self.check_id(&format!("{at}[{i}].name"), &custom.name, allowed, "[a-z0-9][a-z0-9_]{0,62}");
            match CustomPattern::new(&custom.name, &custom.pattern) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => self.problems.push(format!("{at}[{i}].pattern"), error.to_string()),
            }
        }
        patterns
    }

    fn operator(&mut self, at: &str, pair: Pair<'_, config::Redaction>) -> Operator {
        match pair.pick(|r| r.operator).unwrap_or(OperatorName::Replace) {
            OperatorName::Replace => Operator::Replace,
            OperatorName::Mask => Operator::Mask,
            OperatorName::Hash => {
                let at = format!("{at}.hash_key_env");
                let key = self.level(pair, |r| r.hash_key_env.as_deref(), |c, name| c.hash_key(&at, name));
                key.map_or(Operator::Replace, Operator::Hash)
            }
        }
    }

    /// In development a variable that is not set falls back to `replace`, with a warning.
    fn hash_key(&mut self, at: &str, name: Option<&str>) -> Option<HashKey> {
        let Some(name) = name else {
            self.problems.push(at, "is missing; the operator hash needs a key, in an environment variable");
            return None;
        };
        let value = self.variable(at, name)?;
        let key = HashKey::new(value.as_bytes());
        if key.is_none() {
            self.problems.push(at, format!("the key must be at least {HASH_KEY_BYTES_MIN} bytes long"));
        }
        key
    }
}
