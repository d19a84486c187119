//! The filter's own paths, and what it keeps a record of.

use super::{Compiler, PLAIN_PATH};
use crate::admin::AdminRules;
use crate::audit::{AuditRules, Claim, Ring};
use crate::config::{self, Records};
use crate::path;
use crate::secret::Digest;

const SECONDS_PER_HOUR: u64 = 3_600;

impl Compiler<'_> {
    pub(super) fn admin(&mut self, admin: &config::Admin) -> AdminRules {
        let path = admin.path.as_deref().unwrap_or("/tollgate");
        if !path::is_plain(path) || path.ends_with('/') {
            self.problems.push("$.admin.path", format!("{PLAIN_PATH}, without a slash at the end"));
        }
        AdminRules { path: path.into(), key: self.admin_key(admin) }
    }

    fn admin_key(&mut self, admin: &config::Admin) -> Option<Digest> {
        match (&admin.key_env, &admin.key_sha256) {
            (None, None) => None,
            (Some(name), None) => self.digest_of_env("$.admin.key_env", name),
            (None, Some(hex)) => self.hex_digest("$.admin.key_sha256", hex),
            (Some(_), Some(_)) => {
                self.problems.push("$.admin", "must have one of key_env and key_sha256, not both");
                None
            }
        }
    }

    pub(super) fn audit(&mut self, audit: &config::Audit) -> AuditRules {
        let hours = self.number("$.audit.retention_hours".into(), audit.retention_hours, 1..=720, 24);
        let capacity = self.number("$.audit.capacity".into(), audit.capacity, 1..=65_536, 1024);
        let retention_s = u64::from(hours).saturating_mul(SECONDS_PER_HOUR);
        AuditRules {
            records: audit.records.unwrap_or(Records::All),
            ring: Ring::new(capacity, retention_s),
            claim: Claim::default(),
        }
    }
}
