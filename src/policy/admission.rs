//! What an admitted request is given on its way.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Caller, Surroundings};
use crate::abuse;
use crate::account::{Account, Charge};
use crate::api_key::Rotation;
use crate::audit::Trail;
use crate::denial::Denial;
use crate::rate_limit::{Answer, Quota};
use crate::request::{Edit, Head};
use crate::tenant::Rules;
use crate::time::UnixNanos;

/// Leave to pass.
#[derive(Debug, Clone)]
pub struct Admission {
    /// What the upstream is to see otherwise than the client sent it.
    pub edits: Vec<Edit>,
    /// Whom violations are counted against.
    pub subject: Subject,
    /// What is asked of the rest of the request.
    pub rules: Arc<Rules>,
    /// What the bucket said, for `RateLimit`; `None` where no limit is enforced.
    pub limit: Option<(Quota, Answer)>,
    /// What to tell a client whose key should be replaced.
    pub rotation: Option<Rotation>,
}

impl Admission {
    /// A request to a public path: no key, no limit.
    pub(super) fn of_nobody(subject: Subject, rules: &Arc<Rules>) -> Self {
        Self { edits: Vec::new(), subject, rules: Arc::clone(rules), limit: None, rotation: None }
    }

    pub(super) fn of(caller: &Caller<'_, '_>, charge: Charge, now: UnixNanos, trail: &mut Trail) -> Self {
        let rules = Arc::clone(&caller.tenant.rules);
        let tariff = rules.tariff;
        if !charge.answer.allowed {
            trail.shadowed.push(Denial::RateLimited { quota: tariff.quota, answer: charge.answer });
        }
        Self {
            edits: Vec::new(),
            subject: caller.subject(),
            rules,
            limit: (!tariff.shadow).then_some((tariff.quota, charge.answer)),
            rotation: caller.key.validity.rotation(now.seconds()),
        }
    }

    pub(super) fn check_input(&self, head: Head<'_>, trail: &mut Trail) -> Result<(), Denial> {
        match self.rules.input.check_head(head) {
            Err(denial) if self.rules.input.shadow => trail.shadowed.push(denial),
            verdict => return verdict,
        }
        Ok(())
    }
}

/// Whom a violation is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A key, by the beginning of its digest.
    Key(u64),
    /// An address; `None` where it is not known and nothing can be counted.
    Address(Option<IpAddr>),
}

impl Subject {
    /// Counts a violation, and blocks where it was one too many; whether it did.
    pub fn note_violation(self, rules: &Rules, around: &Surroundings<'_>) -> bool {
        let Surroundings { store, now, .. } = *around;
        match self {
            Self::Key(id) => {
                let until = abuse::key_violation(store, id, rules.block, now);
                if let Some(until) = until {
                    Account::block_until(store, id, rules.tariff.quota, until, now);
                }
                until.is_some()
            }
            Self::Address(Some(address)) => abuse::address_violation(store, address, rules.block, now),
            Self::Address(None) => false,
        }
    }
}
