//! What the rooms that account for a request ask of the policy it was judged by.

use super::{Policy, Rules, Tenant};
use crate::admin::AdminRules;
use crate::api_key::ApiKey;
use crate::audit::{AuditRules, Trail};
use crate::fleet::Service;
use crate::request::Head;
use crate::secret::Digest;

impl Policy {
    /// The filter's own paths.
    pub fn admin(&self) -> &AdminRules {
        &self.admin
    }

    /// What is recorded.
    pub fn audit(&self) -> &AuditRules {
        &self.audit
    }

    /// All tenants, in the order of their indices.
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// The tenant of this index.
    pub fn tenant(&self, index: Option<u32>) -> Option<&Tenant> {
        self.tenants.get(index? as usize)
    }

    /// The index of the tenant of this id.
    pub fn tenant_named(&self, id: &str) -> Option<u32> {
        (0..).zip(&self.tenants).find(|(_, tenant)| &*tenant.id == id).map(|(index, _)| index)
    }

    /// The rules of a tenant, or of whoever has none of their own.
    pub fn rules_of_tenant(&self, index: Option<u32>) -> &Rules {
        self.tenant(index).map_or(&self.rules, |tenant| &tenant.rules)
    }

    /// The Rate Limit Services that limits are shared through, by the indices in their rules.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// How long a request may wait for a Rate Limit Service, nanoseconds.
    pub fn wait_nanos(&self, trail: &Trail) -> u64 {
        let service =
            self.rules_of(trail).tariff.fleet.and_then(|rule| self.services.get(rule.service as usize));
        service.map_or(0, |service| service.timeout_nanos)
    }

    /// A key by its index, and its tenant.
    pub fn key_and_tenant(&self, key: u32) -> Option<(ApiKey<'_>, &Tenant)> {
        let key = self.keys.get(key)?;
        Some((key, self.tenant(Some(key.tenant))?))
    }

    /// The key a request was judged by, where one is known.
    pub fn key_of(&self, trail: &Trail) -> Option<ApiKey<'_>> {
        self.keys.get(trail.key?)
    }

    /// The index of the tenant a request was judged as.
    pub fn tenant_index_of(&self, trail: &Trail) -> Option<u32> {
        self.key_of(trail).map(|key| key.tenant)
    }

    /// The tenant a request was judged as.
    pub fn tenant_of(&self, trail: &Trail) -> Option<&Tenant> {
        self.tenant(self.tenant_index_of(trail))
    }

    /// The rules a request was judged by.
    pub fn rules_of(&self, trail: &Trail) -> &Rules {
        self.rules_of_tenant(self.tenant_index_of(trail))
    }

    /// The beginnings of the digests of a tenant's keys: their accounts' names.
    pub fn key_prefixes(&self, tenant: u32) -> impl Iterator<Item = u64> {
        self.keys.digests_of(tenant).map(|digest: Digest| digest.prefix())
    }

    /// The keys that are first to be replaced, at most [`super::compile::WATCHED_KEYS_MAX`].
    pub fn watched_keys(&self) -> impl Iterator<Item = ApiKey<'_>> {
        self.watched_keys.iter().filter_map(|index| self.keys.get(*index))
    }

    /// Path and query of a request without any API key in them.
    pub fn target_without_key<'h>(&self, head: Head<'h>) -> std::borrow::Cow<'h, [u8]> {
        self.sources.target_without_key(head)
    }
}
