//! Tenants and their keys.

use super::{Compiler, PLAIN_PATH};
use crate::api_key::{Aging, ApiKey, Dates, KeyBlocks, KeyRing};
use crate::config::{self, Config};
use crate::path;
use crate::secret::{Digest, Secret};
use crate::tenant::{Namespace, Rules, Tenant};
use crate::time::UnixSeconds;

/// Tenants a configuration may have at most.
const TENANTS_MAX: usize = 10_000;
/// Keys a configuration may have at most, over all tenants.
const KEYS_MAX: usize = 1_000_000;
/// Namespaces a tenant may have at most.
const NAMESPACES_MAX: usize = 1_000;
/// Days an age may be given in at most.
const DAYS_MAX: u32 = 3_650;

impl Compiler<'_> {
    /// Takes the keys out of the tenants that are `listed`.
    pub(super) fn tenants(
        &mut self,
        config: &Config,
        listed: Option<&mut [config::Tenant]>,
        common: &Rules,
    ) -> (Vec<Tenant>, KeyRing) {
        let aging = self.aging(&config.api_keys);
        let Some(listed) = listed else {
            self.problems.push(
                "$.tenants",
                "is missing; list who may call, as in [{\"id\": \"acme\", \"keys\": [...]}]",
            );
            return Default::default();
        };
        self.check_count("$.tenants", listed.len(), TENANTS_MAX);
        self.check_unique(|i| format!("$.tenants[{i}].id"), listed.iter().map(|tenant| tenant.id.as_str()));
        self.check_production_keys(listed);

        let mut keys = Vec::with_capacity(listed.len());
        let mut tenants = Vec::with_capacity(listed.len());
        for (i, tenant) in listed.iter_mut().enumerate() {
            let at = format!("$.tenants[{i}]");
            keys.push(self.keys(&at, std::mem::take(&mut tenant.keys)));
            tenants.push(self.tenant(&at, tenant, config, common));
        }
        let ring = KeyRing::new(keys.into_iter(), aging);
        self.check_collisions(&ring, &tenants);
        (tenants, ring)
    }

    fn aging(&mut self, keys: &config::ApiKeys) -> Aging {
        let mut days = |field: &str, days, default| {
            self.number(format!("$.api_keys.{field}"), days, 1..=DAYS_MAX, default)
        };
        Aging {
            max_age_days: days("max_age_days", keys.max_age_days, 90),
            warn_before_days: days("warn_before_days", keys.warn_before_days, 14),
        }
    }

    fn check_production_keys(&mut self, tenants: &[config::Tenant]) {
        let keys: usize = tenants.iter().map(|tenant| tenant.keys.len()).sum();
        self.check_count("$.tenants", keys, KEYS_MAX);
        if self.in_production() && tenants.is_empty() {
            self.problems.push("$.tenants", "is empty: nobody could call; list at least one tenant");
        } else if self.in_production() && keys == 0 {
            self.problems
                .push("$.tenants", "no tenant has a key: nobody could call; `tollgate keygen` makes one");
        }
    }

    fn tenant(&mut self, at: &str, tenant: &config::Tenant, config: &Config, common: &Rules) -> Tenant {
        let is_id_char = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        self.check_id(&format!("{at}.id"), &tenant.id, is_id_char, "[a-z0-9][a-z0-9-]{0,62}");
        Tenant {
            id: tenant.id.as_str().into(),
            addresses: self.address_rules(at, &tenant.ip_allow, &tenant.ip_deny),
            namespaces: tenant.namespaces.as_deref().map(|listed| self.namespaces(at, listed)),
            rules: self.rules(at, config, Some((tenant, common))),
        }
    }

    fn namespaces(&mut self, at: &str, listed: &[config::Namespace]) -> Vec<Namespace> {
        let at = format!("{at}.namespaces");
        self.check_not_empty(&at, listed.len());
        self.check_count(&at, listed.len(), NAMESPACES_MAX);
        let mut namespaces = Vec::with_capacity(listed.len());
        for (i, namespace) in listed.iter().enumerate() {
            if !path::is_plain(&namespace.path) {
                self.problems.push(format!("{at}[{i}].path"), PLAIN_PATH);
            }
            let methods = namespace.methods.as_deref().map(|methods| {
                self.check_not_empty(&format!("{at}[{i}].methods"), methods.len());
                self.methods(&format!("{at}[{i}].methods"), methods)
            });
            namespaces.push(Namespace { path: namespace.path.as_str().into(), methods });
        }
        namespaces
    }

    /// Methods are case-sensitive (RFC 9110 section 9.1); all that are registered are in capitals.
    fn methods(&mut self, at: &str, methods: &[String]) -> Vec<Box<str>> {
        for (i, method) in methods.iter().enumerate() {
            if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') {
                self.problems.push(format!("{at}[{i}]"), "must be a method in capitals, such as GET");
            }
        }
        methods.iter().map(|method| method.as_str().into()).collect()
    }

    /// The keys of a tenant, those that were not settled behind those that were.
    fn keys(&mut self, at: &str, keys: config::Keys) -> KeyBlocks {
        self.check_unique(|i| format!("{at}.keys[{i}].id"), keys.ids());
        let mut settled = keys.settled;
        for (i, key) in &keys.others {
            let at = format!("{at}.keys[{i}]");
            if !key.has_good_id() {
                self.reject_id(&format!("{at}.id"), &key.id, "[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
            }
            let dates = self.dates(&at, key);
            if let Some(digest) = self.digest(&at, key) {
                settled.push(&key.id, digest, dates);
            }
        }
        settled.close();
        settled
    }

    pub(super) fn check_id(&mut self, at: &str, id: &str, allowed: impl Fn(u8) -> bool, pattern: &str) {
        if !config::is_id(id, allowed) {
            self.reject_id(at, id, pattern);
        }
    }

    fn reject_id(&mut self, at: &str, id: &str, pattern: &str) {
        let what = if id.is_empty() { "is missing; it must match" } else { "must match" };
        self.problems.push(at, format!("{what} {pattern}"));
    }

    fn dates(&mut self, at: &str, key: &config::Key) -> Dates {
        let mut date = |field: &str, text: &Option<String>| {
            let read = UnixSeconds::from_rfc3339(text.as_deref()?);
            if read.is_none() {
                self.problems
                    .push(format!("{at}.{field}"), "must be an RFC 3339 time such as 2026-11-01T00:00:00Z");
            }
            read
        };
        let dates = Dates {
            created: date("created", &key.created),
            not_before: date("not_before", &key.not_before),
            not_after: date("not_after", &key.not_after),
        };
        if dates.are_empty() {
            self.problems.push(
                format!("{at}.not_after"),
                "must be later than not_before: the key would never be good",
            );
        }
        dates
    }

    fn digest(&mut self, at: &str, key: &config::Key) -> Option<Digest> {
        match (&key.sha256, &key.env, &key.plaintext) {
            (Some(hex), None, None) => self.hex_digest(&format!("{at}.sha256"), hex),
            (None, Some(name), None) => self.digest_of_env(&format!("{at}.env"), name),
            (None, None, Some(secret)) => {
                if self.in_production() {
                    self.problems.push(
                        format!("{at}.plaintext"),
                        "is not allowed in production; `tollgate hash` turns the key into sha256, or give env",
                    );
                }
                self.digest_of(&format!("{at}.plaintext"), secret)
            }
            _ => {
                self.problems.push(at, "must have exactly one of sha256, env and plaintext");
                None
            }
        }
    }

    pub(super) fn hex_digest(&mut self, at: &str, hex: &str) -> Option<Digest> {
        let digest = Digest::from_hex(hex);
        if digest.is_none() {
            self.problems.push(at, "must be 64 hexadecimal digits; `tollgate hash` makes them from a key");
        }
        if digest == Some(Digest::OF_NOTHING) {
            self.problems
                .push(at, "is the digest of an empty key; a variable may have been empty when it was made");
        }
        digest
    }

    pub(super) fn digest_of_env(&mut self, at: &str, name: &str) -> Option<Digest> {
        let value = self.variable(at, name)?;
        self.digest_of(at, &Secret::new(value))
    }

    /// The value of an environment variable that a secret was promised to be in.
    pub(super) fn variable(&mut self, at: &str, name: &str) -> Option<String> {
        self.check_env_name(at, name);
        match (self.environ)(name) {
            Some(value) => Some(value),
            None if self.in_production() => {
                self.problems.push(at, format!("the environment variable {name} is not set; Envoy passes it on only if host_env_keys lists it"));
                None
            }
            None => {
                self.warnings.push(format!(
                    "{at}: the environment variable {name} is not set; what it is for does not work"
                ));
                None
            }
        }
    }

    pub(super) fn check_env_name(&mut self, at: &str, name: &str) {
        let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !valid {
            self.problems.push(at, "must be the name of an environment variable: letters, digits and _");
        }
    }

    /// What a key must be made of to survive every place it may be presented in.
    fn digest_of(&mut self, at: &str, secret: &Secret) -> Option<Digest> {
        let key = secret.expose();
        let usable = key.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b';' | b'"' | b'\\'));
        if key.is_empty() {
            self.problems.push(at, "the key is empty");
            return None;
        }
        if !usable {
            self.problems.push(at, "the key must be printable ASCII without spaces, commas, semicolons, quotes and backslashes; is there a line end in it?");
            return None;
        }
        Some(secret.digest())
    }

    fn check_collisions(&mut self, ring: &KeyRing, tenants: &[Tenant]) {
        for (first, second) in ring.collisions() {
            let name = |key: ApiKey<'_>| {
                let tenant = tenants.get(key.tenant as usize).map_or("", |tenant| &tenant.id);
                format!("key {} of tenant {tenant}", key.id)
            };
            self.problems.push(
                "$.tenants",
                format!("{} and {} are the same key; each needs its own", name(first), name(second)),
            );
        }
    }
}
