//! What runs: a configuration that was accepted as a whole, and the checks in order.
//!
//! [`Policy::admit`] is the policy: it reads from the top as a request meets it. Each
//! check's result is an argument of the next, so that limiting a caller that was not
//! authenticated does not compile.

mod admission;
mod compile;
mod edits;
mod facts;
mod lookup;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::abuse;
use crate::account::{Account, Charge};
use crate::admin::AdminRules;
use crate::api_key::{ApiKey, KeyRing};
use crate::audit::{AuditRules, Trail, Violation};
use crate::config::Environment;
use crate::credential::Sources;
use crate::denial::Denial;
use crate::fleet::{Ask, Desk, Link, Mode, Moment, Patience, Service, Terms, Verdict, Want, What};
use crate::path::{JudgedPath, PublicPath};
use crate::problem::Audience;
use crate::request::Head;
use crate::stats::Meters;
use crate::store::Store;
use crate::tenant::{AddressRules, Rules, Tenant};
use crate::time::UnixNanos;

pub use admission::{Admission, Subject};
pub use compile::Environ;
use edits::IdentityHeaders;

/// A configuration that was accepted as a whole.
#[derive(Debug)]
pub struct Policy {
    environment: Environment,
    hold_request: bool,
    require_https: bool,
    addresses: AddressRules,
    public_paths: Vec<PublicPath>,
    sources: Sources,
    keys: KeyRing,
    tenants: Vec<Tenant>,
    rules: Arc<Rules>,
    services: Vec<Service>,
    identity: IdentityHeaders,
    admin: AdminRules,
    audit: AuditRules,
    watched_keys: Vec<u32>,
    warnings: Vec<String>,
}

/// What a request meets besides its own bytes.
pub struct Surroundings<'a> {
    /// The state shared by all workers.
    pub store: &'a dyn Store,
    /// The connection it came over.
    pub downstream: &'a dyn Downstream,
    /// The counters that all workers share.
    pub meters: &'a dyn Meters,
    /// Where it leaves what it wants of Rate Limit Services.
    pub desk: &'a Desk,
    /// Whether it may wait for them.
    pub patience: Patience,
    /// The present.
    pub now: UnixNanos,
}

/// Facts about the connection that cost a question to the host; asked only where a rule
/// needs the answer.
pub trait Downstream {
    /// The client's address as Envoy's `source.address` gives it; `None` when it has none.
    fn source_address(&self) -> Option<Vec<u8>>;
    /// Whether the connection itself is TLS.
    fn is_tls(&self) -> bool;
}

/// Why a request does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It is refused.
    Denied(Denial),
    /// A Rate Limit Service is being asked: to be judged again when the answer is there.
    Wait,
}

impl From<Denial> for Stop {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

/// Who is calling: a key of a tenant, with its account.
struct Caller<'p, 's> {
    key: ApiKey<'p>,
    key_index: u32,
    tenant: &'p Tenant,
    account_id: u64,
    account: Account<'s>,
}

impl Policy {
    /// Judges the head of a request, and notes in `trail` what becomes known on the way.
    ///
    /// # Errors
    /// The first reason to refuse it, or to judge it again later.
    pub fn admit(
        &self,
        head: Head<'_>,
        around: &Surroundings<'_>,
        trail: &mut Trail,
    ) -> Result<Admission, Stop> {
        let path = JudgedPath::new(head.path());

        self.check_https(head, around.downstream)?;
        self.addresses.check(|| trail.address(around))?;
        let (caller, mut admission) = if self.is_public(path) {
            (None, Admission::of_nobody(self.address_of(around, trail), &self.rules))
        } else {
            self.check_address_block(around, trail)?;
            let mut caller = self.identify(head, around, trail)?;
            caller.check_block(around.now)?;
            caller.tenant.addresses.check(|| trail.address(around))?;
            caller.tenant.check_namespace(path, head)?;
            let charge = caller.charge(self, around, trail)?;
            if charge.burst_began {
                trail.note_violation(Violation::Burst, caller.subject(), &caller.tenant.rules, around);
            }
            let admission = Admission::of(&caller, charge, around.now, trail);
            (Some(caller), admission)
        };
        admission.check_input(head, trail)?;
        admission.edits = self.edits(head, caller.as_ref());
        Ok(admission)
    }

    /// Forgets what is over: records past their retention, violations and blocks of addresses.
    /// To be called once in a while by every worker; one of them does the work.
    pub fn sweep(&self, store: &dyn Store, now: UnixNanos) {
        if self.audit.ring.sweep(store, now) {
            abuse::sweep(store, self.rules.block, now);
        }
    }

    /// Whether requests are held until their bodies were judged.
    pub fn holds_requests(&self) -> bool {
        self.hold_request
    }

    /// What the answer to a refused request depends on.
    pub fn audience<'a>(&self, request_id: Option<&'a [u8]>) -> Audience<'a> {
        Audience { environment: self.environment, bearer: self.sources.has_bearer(), request_id }
    }

    /// The rules of whoever has none of their own.
    pub fn common_rules(&self) -> &Rules {
        &self.rules
    }

    /// What is allowed here but deserves a second look, a line each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How many tenants and keys there are.
    pub fn size(&self) -> (usize, usize) {
        (self.tenants.len(), self.keys.len())
    }

    /// `x-forwarded-proto` is the word of Envoy or of a proxy it was told to trust. `:scheme`
    /// is not looked at: HTTP/2 clients choose it.
    fn check_https(&self, head: Head<'_>, downstream: &dyn Downstream) -> Result<(), Denial> {
        if !self.require_https {
            return Ok(());
        }
        let mut forwarded = head.all("x-forwarded-proto").peekable();
        let secure = match forwarded.peek() {
            Some(_) => forwarded.all(|proto| proto.eq_ignore_ascii_case(b"https")),
            None => downstream.is_tls(),
        };
        if secure { Ok(()) } else { Err(Denial::HttpsRequired) }
    }

    fn is_public(&self, path: JudgedPath<'_>) -> bool {
        self.public_paths.iter().any(|public| public.matches(path))
    }

    /// Comes before the look-up: what a blocked address is told must not depend on whether it
    /// guessed a key.
    pub(crate) fn check_address_block(
        &self,
        around: &Surroundings<'_>,
        trail: &mut Trail,
    ) -> Result<(), Denial> {
        if self.rules.waf_shadow {
            return Ok(());
        }
        let address = trail.address(around);
        let block = address
            .and_then(|address| abuse::address_block(around.store, address, self.rules.block, around.now));
        block.map_or(Ok(()), |retry_after_s| Err(Denial::Blocked { retry_after_s }))
    }

    /// Finds the key and whose it is. A rejected key is a violation of the address.
    fn identify<'p, 's>(
        &'p self,
        head: Head<'_>,
        around: &Surroundings<'s>,
        trail: &mut Trail,
    ) -> Result<Caller<'p, 's>, Denial> {
        let digest = self.sources.find(head)?;
        let found = self.keys.identify(digest, around.now.seconds());
        let (index, key) = found.inspect_err(|_| {
            let subject = self.address_of(around, trail);
            trail.note_violation(Violation::RejectedKey, subject, &self.rules, around);
        })?;
        trail.key = Some(index);
        // Every key was compiled together with its tenant.
        let tenant = self.tenants.get(key.tenant as usize).ok_or(Denial::InvalidApiKey)?;
        let account_id = digest.prefix();
        Ok(Caller {
            key,
            key_index: index,
            tenant,
            account_id,
            account: Account::open(around.store, account_id),
        })
    }

    /// Whom a violation without a key is counted against.
    pub(crate) fn address_of(&self, around: &Surroundings<'_>, trail: &mut Trail) -> Subject {
        Subject::Address(trail.address(around))
    }
}

impl Caller<'_, '_> {
    fn check_block(&self, now: UnixNanos) -> Result<(), Denial> {
        let rules = &self.tenant.rules;
        match self.account.block(rules.block, now) {
            Some(retry_after_s) if !rules.waf_shadow => Err(Denial::Blocked { retry_after_s }),
            _ => Ok(()),
        }
    }

    /// Takes a token of the bucket, and one of the limit over all Envoys where there is one.
    fn charge(
        &mut self,
        policy: &Policy,
        around: &Surroundings<'_>,
        trail: &mut Trail,
    ) -> Result<Charge, Stop> {
        let tariff = self.tenant.rules.tariff;
        let fleet = self.terms().map(|terms| (terms, self.moment(terms, policy, around)));
        let charge = self.account.charge(tariff, fleet, around.now);
        if let Some((terms, moment)) = fleet {
            self.leave_wants(terms, moment, &charge, around);
        }
        trail.limited_by = charge.fleet.and_then(Verdict::mode);
        if charge.answer.allowed || tariff.shadow {
            return Ok(charge);
        }
        Err(match charge.fleet {
            Some(Verdict::Wait) => Stop::Wait,
            Some(Verdict::Refuse(Mode::Deny)) => Denial::RateLimitUnavailable.into(),
            _ => Denial::RateLimited { quota: tariff.quota, answer: charge.answer }.into(),
        })
    }

    fn terms(&self) -> Option<Terms> {
        let rules = &self.tenant.rules;
        Some(Terms {
            rule: rules.tariff.fleet?,
            rate: u32::try_from(rules.tariff.quota.rate()).unwrap_or(u32::MAX),
            shadow: rules.tariff.shadow,
        })
    }

    fn moment(&self, terms: Terms, policy: &Policy, around: &Surroundings<'_>) -> Moment {
        let service = terms.rule.service;
        Moment {
            now: around.now,
            link: around.desk.link(service, around.now),
            patience: around.patience,
            timeout_nanos: policy.services.get(service as usize).map_or(0, |service| service.timeout_nanos),
            blocks: around.desk.blocks(self.key.tenant),
        }
    }

    /// Leaves what the account said to ask for, and sees to it that blocks which other Envoys
    /// made are looked for now and then.
    fn leave_wants(&self, terms: Terms, moment: Moment, charge: &Charge, around: &Surroundings<'_>) {
        let want =
            |what| Want { service: terms.rule.service, key: self.key_index, account: self.account_id, what };
        if let Some(Ask { hits, looks, calm }) = charge.ask {
            if hits > 0 {
                around.desk.leave(want(What::Tokens { hits, calm }));
            }
            if let Some(blocks) = moment.blocks.filter(|_| looks) {
                around.desk.leave(want(What::BlockEnd { blocks }));
            }
        }
        let heeds_blocks = !self.tenant.rules.waf_shadow && moment.link == Link::Up;
        if heeds_blocks && charge.answer.allowed && around.desk.must_look(self.key.tenant, around.now) {
            around.desk.leave(want(What::Look { tenant: self.key.tenant }));
        }
    }

    fn subject(&self) -> Subject {
        Subject::Key(self.account_id)
    }
}
