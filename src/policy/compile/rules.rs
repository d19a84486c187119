//! Limits: the defaults, what the configuration says for all, and what a tenant overrides.

use std::sync::Arc;

use super::Compiler;
use crate::abuse::{BlockRule, VIOLATIONS_MAX};
use crate::account::{BurstRule, Tariff};
use crate::config::{self, Config, Mode};
use crate::input::InputLimits;
use crate::rate_limit::{BURST_MAX, Quota, RATE_MAX};
use crate::tenant::Rules;
use crate::waf::TextLimits;

const RATE_DEFAULT: u64 = 10;
const NANOS_PER_MILLISECOND: u64 = 1_000_000;

impl Compiler<'_> {
    /// The rules at `at`: the configuration's own, or a tenant's over them, field by field.
    pub(super) fn rules(
        &mut self,
        at: &str,
        config: &Config,
        tenant: Option<(&config::Tenant, &Rules)>,
    ) -> Arc<Rules> {
        let (tenant, common) = tenant.unzip();
        let rate = pair(&config.rate_limit, tenant.map(|t| &t.rate_limit));
        let waf = pair(&config.waf, tenant.map(|t| &t.waf));
        let input = pair(&config.input, tenant.map(|t| &t.input));
        let redaction = pair(&config.redaction, tenant.map(|t| &t.redaction));
        Arc::new(Rules {
            tariff: Tariff {
                quota: self.quota(&format!("{at}.rate_limit"), rate),
                shadow: is_shadow(rate.pick(|r| r.mode)),
                burst: self.burst(&format!("{at}.waf.burst"), waf),
                fleet: self.fleet(&format!("{at}.rate_limit.distributed"), rate),
            },
            waf_shadow: is_shadow(waf.pick(|w| w.mode)),
            block: self.block(&format!("{at}.waf.block"), waf),
            input: self.input(&format!("{at}.input"), input),
            text: self.text_limits(at, waf, input),
            redaction: self.redaction(&format!("{at}.redaction"), redaction, common.map(|c| &c.redaction)),
        })
    }

    fn text_limits(
        &mut self,
        at: &str,
        waf: Pair<'_, config::Waf>,
        input: Pair<'_, config::Input>,
    ) -> TextLimits {
        const CHARS_MAX: u32 = 1 << 20;
        /// As many as the default `max_chars` could hold of one character each.
        const ENTITIES_MAX: u32 = 8_192;
        let chars =
            self.overridable(format!("{at}.input.max_chars"), input, |i| i.max_chars, 1..=CHARS_MAX, 8_192);
        let urls = self.overridable(format!("{at}.waf.max_urls"), waf, |w| w.max_urls, 1..=ENTITIES_MAX, 5);
        let phones =
            self.overridable(format!("{at}.waf.max_phones"), waf, |w| w.max_phones, 1..=ENTITIES_MAX, 3);
        TextLimits { chars_max: chars as usize, urls_max: urls as usize, phones_max: phones as usize }
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
    pub(super) fn overridable<S, N>(
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
}

/// A group of settings as all share it, and as a tenant overrides it.
pub(super) struct Pair<'c, S> {
    pub(super) common: &'c S,
    pub(super) own: Option<&'c S>,
}

impl<S> Clone for Pair<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Pair<'_, S> {}

impl<'c, S> Pair<'c, S> {
    pub(super) fn pick<T>(self, field: impl Fn(&S) -> Option<T>) -> Option<T> {
        self.own.and_then(&field).or_else(|| field(self.common))
    }

    /// The level that is being compiled.
    pub(super) fn newest(self) -> &'c S {
        self.own.unwrap_or(self.common)
    }

    pub(super) fn pick_ref<T: ?Sized>(self, field: impl Fn(&'c S) -> Option<&'c T>) -> Option<&'c T> {
        self.own.and_then(&field).or_else(|| field(self.common))
    }
}

fn pair<'c, S>(common: &'c S, own: Option<&'c S>) -> Pair<'c, S> {
    Pair { common, own }
}

fn is_shadow(mode: Option<Mode>) -> bool {
    mode.unwrap_or_default() == Mode::Shadow
}
