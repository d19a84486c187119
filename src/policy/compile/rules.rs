//! Limits: the defaults, what the configuration says for all, and what a tenant overrides.

use super::Compiler;
use crate::abuse::{BlockRule, VIOLATIONS_MAX};
use crate::account::{BurstRule, Tariff};
use crate::config::{self, Config, Mode, RedactionMode};
use crate::input::InputLimits;
use crate::rate_limit::{BURST_MAX, Quota, RATE_MAX};
use crate::tenant::Rules;

const RATE_DEFAULT: u64 = 10;
const NANOS_PER_MILLISECOND: u64 = 1_000_000;

impl Compiler<'_> {
    /// The rules at `at`: the configuration's own, or a tenant's over them, field by field.
    pub(super) fn rules(&mut self, at: &str, config: &Config, tenant: Option<&config::Tenant>) -> Rules {
        let rate = pair(&config.rate_limit, tenant.map(|t| &t.rate_limit));
        let waf = pair(&config.waf, tenant.map(|t| &t.waf));
        let input = pair(&config.input, tenant.map(|t| &t.input));
        Rules {
            tariff: Tariff {
                quota: self.quota(&format!("{at}.rate_limit"), rate),
                shadow: is_shadow(rate.pick(|r| r.mode)),
                burst: self.burst(&format!("{at}.waf.burst"), waf),
            },
            waf_shadow: is_shadow(waf.pick(|w| w.mode)),
            block: self.block(&format!("{at}.waf.block"), waf),
            input: self.input(&format!("{at}.input"), input),
        }
    }

    fn quota(&mut self, at: &str, rate: Pair<'_, config::RateLimit>) -> Quota {
        let requests_per_second = self.overridable(
            format!("{at}.requests_per_second"),
            rate,
            |r| r.requests_per_second,
            1..=RATE_MAX,
            RATE_DEFAULT,
        );
        let twice = requests_per_second.saturating_mul(2);
        let burst = self.overridable(format!("{at}.burst"), rate, |r| r.burst, 1..=BURST_MAX, twice);
        Quota::new(requests_per_second, burst).unwrap_or(Quota::DEFAULT)
    }

    fn burst(&mut self, at: &str, waf: Pair<'_, config::Waf>) -> BurstRule {
        let requests = |w: &config::Waf| w.burst.as_ref()?.requests;
        let window_ms = |w: &config::Waf| w.burst.as_ref()?.window_ms;
        let window = self.overridable(format!("{at}.window_ms"), waf, window_ms, 1..=60_000, 1000);
        BurstRule {
            requests: self.overridable(format!("{at}.requests"), waf, requests, 1..=1_000_000, 50),
            window_nanos: u64::from(window).saturating_mul(NANOS_PER_MILLISECOND),
        }
    }

    fn block(&mut self, at: &str, waf: Pair<'_, config::Waf>) -> BlockRule {
        let violations = |w: &config::Waf| w.block.as_ref()?.violations;
        let window_s = |w: &config::Waf| w.block.as_ref()?.window_s;
        let block_s = |w: &config::Waf| w.block.as_ref()?.block_s;
        BlockRule {
            violations: self.overridable(format!("{at}.violations"), waf, violations, 1..=VIOLATIONS_MAX, 10),
            window_s: self.overridable(format!("{at}.window_s"), waf, window_s, 1..=3_600, 60),
            block_s: self.overridable(format!("{at}.block_s"), waf, block_s, 1..=86_400, 300),
        }
    }

    fn input(&mut self, at: &str, input: Pair<'_, config::Input>) -> InputLimits {
        const BODY_BYTES_MAX: u32 = 1 << 20;
        /// Envoy takes 60 KiB of headers at most, and the URL is one of them.
        const URL_BYTES_MAX: u32 = 60 << 10;
        let body = self.overridable(
            format!("{at}.max_body_bytes"),
            input,
            |i| i.max_body_bytes,
            1..=BODY_BYTES_MAX,
            65_536,
        );
        let url = self.overridable(
            format!("{at}.max_url_bytes"),
            input,
            |i| i.max_url_bytes,
            1..=URL_BYTES_MAX,
            8_192,
        );
        InputLimits {
            shadow: is_shadow(input.pick(|i| i.mode)),
            body_bytes_max: body as usize,
            url_bytes_max: url as usize,
        }
    }

    /// A number that a tenant may override; only the value at the level that is being
    /// compiled is checked, so that a mistake is reported where it was made, and once.
    fn overridable<S, N>(
        &mut self,
        at: String,
        pair: Pair<'_, S>,
        field: impl Fn(&S) -> Option<N>,
        range: std::ops::RangeInclusive<N>,
        default: N,
    ) -> N
    where
        N: PartialOrd + std::fmt::Display + Copy,
    {
        let Some(own) = pair.own else {
            return self.number(at, field(pair.common), range, default);
        };
        let inherited = field(pair.common).filter(|value| range.contains(value)).unwrap_or(default);
        self.number(at, field(own), range, inherited)
    }

    /// Fields that are understood but whose behaviour does not exist yet: setting one is an
    /// error that says so, because a limit that is silently not applied is worse than none.
    pub(super) fn check_later_features(&mut self, config: &Config) {
        self.check_later_rules("$", &config.rate_limit, &config.waf, &config.input, &config.redaction);
        for (i, tenant) in config.tenants.iter().flatten().enumerate() {
            let at = format!("$.tenants[{i}]");
            self.check_later_rules(&at, &tenant.rate_limit, &tenant.waf, &tenant.input, &tenant.redaction);
        }
        self.number("$.audit.retention_hours".into(), config.audit.retention_hours, 1..=720, 24);
        self.number("$.audit.capacity".into(), config.audit.capacity, 1..=65_536, 1024);
        self.not_yet("$.audit.retention_hours", config.audit.retention_hours.is_some());
        self.not_yet("$.audit.capacity", config.audit.capacity.is_some());
        if let Some(name) = &config.admin.key_env {
            self.check_env_name("$.admin.key_env", name);
        }
        if let Some(hex) = &config.admin.key_sha256 {
            self.hex_digest("$.admin.key_sha256", hex);
        }
        self.not_yet("$.admin.key_env", config.admin.key_env.is_some());
        self.not_yet("$.admin.key_sha256", config.admin.key_sha256.is_some());
    }

    fn check_later_rules(
        &mut self,
        at: &str,
        rate: &config::RateLimit,
        waf: &config::Waf,
        input: &config::Input,
        redaction: &config::Redaction,
    ) {
        self.not_yet(&format!("{at}.rate_limit.distributed"), rate.distributed.is_some());
        self.number(format!("{at}.waf.max_urls"), waf.max_urls, 1..=8192, 5);
        self.number(format!("{at}.waf.max_phones"), waf.max_phones, 1..=8192, 3);
        self.not_yet(&format!("{at}.waf.max_urls"), waf.max_urls.is_some());
        self.not_yet(&format!("{at}.waf.max_phones"), waf.max_phones.is_some());
        self.number(format!("{at}.input.max_chars"), input.max_chars, 1..=1 << 20, 8192);
        self.not_yet(&format!("{at}.input.max_chars"), input.max_chars.is_some());
        if redaction.mode == Some(RedactionMode::Off) && self.in_production() {
            self.problems.push(format!("{at}.redaction.mode"), "must not be off in production");
        }
        self.not_yet(&format!("{at}.redaction.mode"), redaction.mode == Some(RedactionMode::Strict));
        self.not_yet(&format!("{at}.redaction.entities"), redaction.entities.is_some());
        self.not_yet(&format!("{at}.redaction.operator"), redaction.operator.is_some());
        self.not_yet(&format!("{at}.redaction.hash_key_env"), redaction.hash_key_env.is_some());
        self.not_yet(&format!("{at}.redaction.phone_regions"), redaction.phone_regions.is_some());
        self.not_yet(&format!("{at}.redaction.custom"), redaction.custom.is_some());
        self.not_yet(&format!("{at}.redaction.response"), redaction.response.is_some());
    }

    fn not_yet(&mut self, at: &str, is_set: bool) {
        if is_set {
            self.problems.push(at, "is not built yet in this version; leave it out");
        }
    }
}

/// A group of settings as all share it, and as a tenant overrides it.
struct Pair<'c, S> {
    common: &'c S,
    own: Option<&'c S>,
}

impl<S> Clone for Pair<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Pair<'_, S> {}

impl<S> Pair<'_, S> {
    fn pick<T>(self, field: impl Fn(&S) -> Option<T>) -> Option<T> {
        self.own.and_then(&field).or_else(|| field(self.common))
    }
}

fn pair<'c, S>(common: &'c S, own: Option<&'c S>) -> Pair<'c, S> {
    Pair { common, own }
}

fn is_shadow(mode: Option<Mode>) -> bool {
    mode.unwrap_or_default() == Mode::Shadow
}
