//! A client of the API: where it may call from, what it may call, and by which rules.

use std::net::IpAddr;

use crate::abuse::BlockRule;
use crate::account::Tariff;
use crate::denial::Denial;
use crate::input::InputLimits;
use crate::ip::AddressSet;
use crate::path::JudgedPath;
use crate::request::Head;

/// A client of the API.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// What the configuration, the logs and the upstream call it.
    pub id: Box<str>,
    /// Where it may call from.
    pub addresses: AddressRules,
    /// What it may call; `None`: everything.
    pub namespaces: Option<Vec<Namespace>>,
    /// What else is asked of its requests.
    pub rules: Rules,
}

/// What is asked of a request besides a key: the defaults, or a tenant's own.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// What a request costs.
    pub tariff: Tariff,
    /// Count violations, but block nobody.
    pub waf_shadow: bool,
    /// When a client is blocked.
    pub block: BlockRule,
    /// How large a request may be.
    pub input: InputLimits,
}

/// Which addresses may call.
#[derive(Debug, Clone, Default)]
pub struct AddressRules {
    /// Only these, unless empty.
    pub allow: AddressSet,
    /// Not these, whatever `allow` says.
    pub deny: AddressSet,
}

impl AddressRules {
    /// Whether every address may call, so that there is no need to know it.
    fn is_open(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }

    /// Judges the address of a request, asked for only if there is a rule; an address that
    /// is not known passes no rule.
    ///
    /// # Errors
    /// `ip-denied`.
    pub fn check(&self, address: impl FnOnce() -> Option<IpAddr>) -> Result<(), Denial> {
        if self.is_open() {
            return Ok(());
        }
        let address = address().ok_or(Denial::IpDenied)?;
        let allowed = self.allow.is_empty() || self.allow.contains(address);
        if allowed && !self.deny.contains(address) { Ok(()) } else { Err(Denial::IpDenied) }
    }
}

/// A part of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// This path and what is below it.
    pub path: Box<str>,
    /// By these methods; `None`: by every method.
    pub methods: Option<Vec<Box<str>>>,
}

impl Tenant {
    /// Judges path and method as the upstream might read them.
    ///
    /// # Errors
    /// `namespace-denied`.
    pub fn check_namespace(&self, path: JudgedPath<'_>, head: Head<'_>) -> Result<(), Denial> {
        let Some(namespaces) = &self.namespaces else { return Ok(()) };
        let allowed = namespaces.iter().any(|n| path.is_within(&n.path) && n.allows_methods_of(head));
        let rewritten = PATH_OVERRIDES.iter().any(|name| head.first(name).is_some());
        if allowed && !rewritten { Ok(()) } else { Err(Denial::NamespaceDenied) }
    }
}

/// Headers by which some servers let a client choose another path than the request's.
const PATH_OVERRIDES: [&str; 2] = ["x-original-url", "x-rewrite-url"];

/// Headers by which some servers let a client choose another method than the request's.
const METHOD_OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

impl Namespace {
    fn allows_methods_of(&self, head: Head<'_>) -> bool {
        let Some(methods) = &self.methods else { return true };
        let overrides = METHOD_OVERRIDES.iter().flat_map(|name| head.all(name));
        std::iter::once(head.method())
            .chain(overrides)
            .all(|method| methods.iter().any(|allowed| allowed.as_bytes() == method))
    }
}
