//! What tools ask of a policy that judge what it stands in.

use super::Policy;
use crate::config::Environment;
use crate::credential::Source;

impl Policy {
    /// Where it runs.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Whether requests that did not arrive over TLS are refused.
    pub fn requires_https(&self) -> bool {
        self.require_https
    }

    /// The largest body that any tenant may send, in bytes.
    pub fn body_bytes_max(&self) -> usize {
        let own = self.tenants.iter().map(|tenant| tenant.rules.input.body_bytes_max);
        own.fold(self.rules.input.body_bytes_max, usize::max)
    }

    /// Where keys are looked for.
    pub fn key_sources(&self) -> &[Source] {
        self.sources.listed()
    }
}
