//! Limits that are shared with other Envoys, and the services they are shared through.

use std::num::NonZeroU32;

use super::Compiler;
use super::rules::Pair;
use crate::config::{Distributed, OnFailure, RateLimit};
use crate::fleet::{FleetRule, Service};
use crate::time::NANOS_PER_SECOND;

const TIMEOUT_MS_MAX: u64 = 1_000;
const LEASE_MAX: u32 = 10_000;
const REPLICAS_MAX: u32 = 10_000;
const DOMAIN_BYTES_MAX: usize = 100;
/// Services that one configuration may name: workers remember of each how it is doing.
const SERVICES_MAX: usize = 16;
const NANOS_PER_MILLISECOND: u64 = NANOS_PER_SECOND / 1_000;

impl Compiler<'_> {
    /// How a limit is shared, where it is; a tenant overrides it field by field.
    pub(super) fn fleet(&mut self, at: &str, rate: Pair<'_, RateLimit>) -> Option<FleetRule> {
        let none = Distributed::default();
        let own = rate.own.and_then(|own| own.distributed.as_ref());
        let common = rate.common.distributed.as_ref();
        if own.is_none() && common.is_none() {
            return None;
        }
        let settings = Pair { common: common.unwrap_or(&none), own: rate.own.map(|_| own.unwrap_or(&none)) };
        let service = Service {
            cluster: self.cluster(at, settings, rate.own.is_some() && common.is_some()),
            domain: self.domain(at, settings),
            timeout_nanos: self
                .overridable(format!("{at}.timeout_ms"), settings, |d| d.timeout_ms, 1..=TIMEOUT_MS_MAX, 50)
                .saturating_mul(NANOS_PER_MILLISECOND),
        };
        let replicas =
            self.overridable(format!("{at}.replicas"), settings, |d| d.replicas, 1..=REPLICAS_MAX, 1);
        Some(FleetRule {
            service: self.service_index(at, service),
            lease_max: self.overridable(format!("{at}.lease"), settings, |d| d.lease, 1..=LEASE_MAX, 10),
            on_failure: settings.pick(|d| d.on_failure).unwrap_or(OnFailure::Local),
            replicas: NonZeroU32::new(replicas).unwrap_or(NonZeroU32::MIN),
        })
    }

    /// `told`: whether it was said already that it is missing for all.
    fn cluster(&mut self, at: &str, settings: Pair<'_, Distributed>, told: bool) -> Box<str> {
        let at = format!("{at}.cluster");
        match settings.pick_ref(|d| d.cluster.as_deref()) {
            Some(cluster) => {
                if settings.newest().cluster.is_some() {
                    self.check_name(at, cluster, Service::CLUSTER_BYTES_MAX);
                }
                cluster.into()
            }
            None => {
                if !told {
                    let what = "must be set: the name of Envoy's cluster of the Rate Limit Service";
                    self.problems.push(at, what);
                }
                "".into()
            }
        }
    }

    fn domain(&mut self, at: &str, settings: Pair<'_, Distributed>) -> Box<str> {
        if let Some(own) = &settings.newest().domain {
            self.check_name(format!("{at}.domain"), own, DOMAIN_BYTES_MAX);
        }
        settings.pick_ref(|d| d.domain.as_deref()).unwrap_or("tollgate").into()
    }

    fn check_name(&mut self, at: String, name: &str, bytes_max: usize) {
        let visible = name.bytes().all(|byte| byte.is_ascii_graphic());
        if name.is_empty() || name.len() > bytes_max || !visible {
            self.problems.push(at, format!("must be 1 to {bytes_max} visible ASCII characters"));
        }
    }

    /// Services are told apart by all that matters for a call.
    fn service_index(&mut self, at: &str, service: Service) -> u32 {
        let known = self.services.iter().position(|known| *known == service);
        let index = known.unwrap_or(self.services.len());
        if known.is_none() {
            if index == SERVICES_MAX {
                self.problems
                    .push(at, format!("is one service too many; at most {SERVICES_MAX} can be used"));
            } else if index < SERVICES_MAX {
                self.services.push(service);
            }
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}
