//! From what an operator wrote to what runs, or to everything that is wrong with it.

mod admin;
mod fleet;
mod keys;
mod redaction;
mod rules;

use std::collections::HashSet;

use crate::config::error::Problems;
use crate::config::{self, Config, Environment};
use crate::credential::{Source, Sources};
use crate::fleet::Service;
use crate::ip::{self, AddressSet};
use crate::path::PublicPath;
use crate::policy::{IdentityHeaders, Policy};
use crate::tenant::AddressRules;

/// Looks up an environment variable.
pub type Environ<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// Public paths a configuration may list at most.
const PUBLIC_PATHS_MAX: usize = 1_000;
/// Places of keys a configuration may list at most.
const SOURCES_MAX: usize = 16;

/// Keys whose age and end are told by metrics and statistics. Metrics are never freed, so
/// of more keys than these only the first to be replaced are watched.
pub(super) const WATCHED_KEYS_MAX: usize = 1_024;

impl Policy {
    /// Reads and compiles a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it, in structure and in meaning.
    pub fn load(text: &str, environ: &Environ<'_>) -> Result<Self, Problems> {
        Self::read(&|range| config::range_of(text.as_bytes(), range), environ)
    }

    /// Reads and compiles a configuration whose text is not in memory as a whole.
    ///
    /// # Errors
    /// As above.
    pub fn read(text: config::ReadText<'_>, environ: &Environ<'_>) -> Result<Self, Problems> {
        let parsed = config::parse(text);
        let Some(config) = parsed.config else { return Err(parsed.problems) };
        match (Self::compile(config, environ), parsed.problems.is_empty()) {
            (compiled, true) => compiled,
            (Ok(_), false) => Err(parsed.problems),
            (Err(meant), false) => Err(parsed.problems.and_unrelated(&meant)),
        }
    }

    /// Compiles a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with what it says.
    pub fn compile(config: Config, environ: &Environ<'_>) -> Result<Self, Problems> {
        let mut compiler = Compiler {
            environment: config.environment,
            environ,
            problems: Problems::default(),
            services: Vec::new(),
            warnings: Vec::new(),
        };
        let policy = compiler.policy(config);
        if compiler.problems.is_empty() {
            Ok(Self { warnings: compiler.warnings, services: compiler.services, ..policy })
        } else {
            Err(compiler.problems)
        }
    }
}

/// Collects what is wrong while it compiles; where something is wrong it goes on with a
/// default, and the result is thrown away in the end.
struct Compiler<'e> {
    environment: Environment,
    environ: &'e Environ<'e>,
    problems: Problems,
    services: Vec<Service>,
    warnings: Vec<String>,
}

impl Compiler<'_> {
    fn policy(&mut self, mut config: Config) -> Policy {
        let mut listed = config.tenants.take();
        let config = &config;
        let sources = self.sources(&config.api_keys);
        let rules = self.rules("$", config, None);
        let (tenants, keys) = self.tenants(config, listed.as_deref_mut(), &rules);
        Policy {
            environment: config.environment,
            hold_request: config.hold_request.unwrap_or(true),
            require_https: self.require_https(config),
            addresses: self.address_rules("$", &config.ip_allow, &config.ip_deny),
            public_paths: self.public_paths(&config.public_paths),
            identity: self.identity_headers(&config.identity_headers, &sources),
            sources: Sources::new(sources),
            watched_keys: keys.most_urgent(WATCHED_KEYS_MAX),
            keys,
            tenants,
            rules,
            admin: self.admin(&config.admin),
            audit: self.audit(&config.audit),
            services: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn in_production(&self) -> bool {
        self.environment == Environment::Production
    }

    fn require_https(&mut self, config: &Config) -> bool {
        let required = config.require_https.unwrap_or(self.in_production());
        if self.in_production() && !required {
            self.problems.push("$.require_https", "must be true in production, or be left out");
        }
        required
    }

    fn address_rules(&mut self, at: &str, allow: &[String], deny: &[String]) -> AddressRules {
        AddressRules {
            allow: self.networks(&format!("{at}.ip_allow"), allow),
            deny: self.networks(&format!("{at}.ip_deny"), deny),
        }
    }

    fn networks(&mut self, at: &str, texts: &[String]) -> AddressSet {
        self.check_count(at, texts.len(), ip::NETWORKS_MAX);
        let mut networks = Vec::with_capacity(texts.len());
        for (i, text) in texts.iter().enumerate() {
            match ip::parse_network(text) {
                Ok(network) => networks.push(network),
                Err(error) => self.problems.push(format!("{at}[{i}]"), error.to_string()),
            }
        }
        AddressSet::new(networks)
    }

    fn public_paths(&mut self, patterns: &[String]) -> Vec<PublicPath> {
        self.check_count("$.public_paths", patterns.len(), PUBLIC_PATHS_MAX);
        let mut paths = Vec::with_capacity(patterns.len());
        for (i, pattern) in patterns.iter().enumerate() {
            match PublicPath::parse(pattern) {
                Some(path) => paths.push(path),
                None => self.problems.push(
                    format!("$.public_paths[{i}]"),
                    format!("{PLAIN_PATH}, perhaps with a * at the end"),
                ),
            }
        }
        paths
    }

    fn sources(&mut self, keys: &config::ApiKeys) -> Vec<Source> {
        let Some(listed) = &keys.sources else {
            return vec![Source::Header { name: "x-api-key".into(), scheme: None }];
        };
        self.check_not_empty("$.api_keys.sources", listed.len());
        self.check_count("$.api_keys.sources", listed.len(), SOURCES_MAX);
        let mut sources = Vec::with_capacity(listed.len());
        for (i, source) in listed.iter().enumerate() {
            if let Some(source) = self.source(&format!("$.api_keys.sources[{i}]"), source) {
                sources.push(source);
            }
        }
        sources
    }

    fn source(&mut self, at: &str, source: &config::Source) -> Option<Source> {
        let config::Source { header, scheme, query, cookie } = source;
        if scheme.is_some() && header.is_none() {
            self.problems.push(format!("{at}.scheme"), "goes with header only");
        }
        match (header, query, cookie) {
            (Some(name), None, None) => {
                let name = self.header_name(&format!("{at}.header"), name);
                if let Some(scheme) = scheme {
                    self.check_token(&format!("{at}.scheme"), scheme);
                }
                Some(Source::Header { name, scheme: scheme.clone() })
            }
            (None, Some(name), None) => {
                self.check_token(&format!("{at}.query"), name);
                Some(Source::Query(name.clone()))
            }
            (None, None, Some(name)) => {
                self.check_token(&format!("{at}.cookie"), name);
                Some(Source::Cookie(name.clone()))
            }
            _ => {
                self.problems.push(at, "must have exactly one of header, query and cookie");
                None
            }
        }
    }

    fn identity_headers(&mut self, names: &config::IdentityHeaders, sources: &[Source]) -> IdentityHeaders {
        let mut read = |field: &str, name: &Option<String>, default: &str| {
            let at = format!("$.identity_headers.{field}");
            let name = self.header_name(&at, name.as_deref().unwrap_or(default));
            let is_source = |s: &Source| matches!(s, Source::Header { name: source, .. } if *source == name);
            if sources.iter().any(is_source) {
                self.problems.push(at, "is also a place of API keys; name another header");
            }
            name
        };
        let tenant = read("tenant", &names.tenant, "x-tollgate-tenant");
        let key = read("key", &names.key, "x-tollgate-key-id");
        if tenant == key {
            self.problems.push("$.identity_headers", "tenant and key must be different headers");
        }
        IdentityHeaders { tenant, key }
    }

    /// A header's name in lower case, where it is one that the filter may take away and set.
    fn header_name(&mut self, at: &str, name: &str) -> String {
        const RESERVED: [&str; 8] = [
            "host",
            "connection",
            "content-length",
            "content-type",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
        ];
        let name = name.to_ascii_lowercase();
        self.check_token(at, &name);
        if RESERVED.contains(&name.as_str()) {
            self.problems.push(at, "is a header that HTTP itself needs; name another");
        }
        name
    }

    /// A token of RFC 9110 section 5.6.2, of bounded length.
    fn check_token(&mut self, at: &str, name: &str) {
        const TOKEN_BYTES_MAX: usize = 128;
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || name.len() > TOKEN_BYTES_MAX || !name.bytes().all(is_token) {
            self.problems.push(at, "must be 1 to 128 letters, digits and any of !#$%&'*+-.^_`|~");
        }
    }

    fn check_not_empty(&mut self, at: &str, count: usize) {
        if count == 0 {
            self.problems.push(at, "must not be empty; leave it out for the default");
        }
    }

    fn check_count(&mut self, at: &str, count: usize, most: usize) {
        if count > most {
            self.problems.push(at, format!("has {count} entries; at most {most} are allowed"));
        }
    }

    /// A number within its range, or the default where it is left out (or wrong).
    fn number<N>(&mut self, at: String, value: Option<N>, range: std::ops::RangeInclusive<N>, default: N) -> N
    where
        N: PartialOrd + std::fmt::Display + Copy,
    {
        match value {
            Some(value) if !range.contains(&value) => {
                self.problems
                    .push(at, format!("is {value}; it must be from {} to {}", range.start(), range.end()));
                default
            }
            Some(value) => value,
            None => default,
        }
    }

    /// Names the second and later uses of a name that must be unique; `at` says where each is.
    fn check_unique<'n>(
        &mut self,
        at: impl Fn(usize) -> String,
        names: impl Iterator<Item = &'n str> + Clone,
    ) {
        // Almost always there is none, and sorting takes less memory than a set of names.
        let mut sorted: Vec<&str> = names.clone().collect();
        sorted.sort_unstable();
        if sorted.windows(2).all(|pair| pair.first() != pair.last()) {
            return;
        }
        let mut seen = HashSet::new();
        for (i, name) in names.enumerate() {
            if !seen.insert(name) {
                self.problems.push(at(i), "is used twice; it must be unique");
            }
        }
    }
}

const PLAIN_PATH: &str =
    "must be a path that begins with / and has no escapes, dot segments, doubled slashes or query";
