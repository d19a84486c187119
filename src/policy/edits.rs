//! What the upstream is to see otherwise than the client sent it.

use super::{Caller, Policy};
use crate::inspection::RedactionRules;
use crate::request::{Edit, Head};

/// The headers that tell the upstream who is calling.
#[derive(Debug, Clone)]
pub(super) struct IdentityHeaders {
    pub(super) tenant: String,
    pub(super) key: String,
}

impl Policy {
    /// Takes the credential away, and says who is calling in the filter's own words only.
    pub(super) fn edits(&self, head: Head<'_>, caller: Option<&Caller<'_, '_>>) -> Vec<Edit> {
        let mut edits = Vec::new();
        self.sources.strip(head, &mut edits);
        let rules = caller.map_or(&self.rules, |caller| &caller.tenant.rules);
        edits.extend(body_edits(head, self.hold_request, &rules.redaction));
        for name in head.names().filter(|name| self.identity.is_claimed_by(name)) {
            let removal = Edit::Remove(name.into());
            if !edits.contains(&removal) {
                edits.push(removal);
            }
        }
        if let Some(Caller { tenant, key, .. }) = caller {
            edits.push(Edit::Set(self.identity.tenant.clone(), tenant.id.as_bytes().to_vec()));
            edits.push(Edit::Set(self.identity.key.clone(), key.id.as_bytes().to_vec()));
        }
        edits
    }
}

/// What redaction needs of the head. An answer can only be redacted as a whole and unencoded:
/// pieces of an entity asked for one by one are none. And a length that was announced before
/// the body was rewritten would be wrong.
fn body_edits(head: Head<'_>, held: bool, redaction: &RedactionRules) -> Vec<Edit> {
    let mut edits = Vec::new();
    if redaction.covers_response() {
        edits.push(Edit::Set("accept-encoding".into(), b"identity".to_vec()));
        edits.extend(head.first("range").map(|_| Edit::Remove("range".into())));
    }
    if redaction.strict && !held && head.first("content-length").is_some() {
        edits.push(Edit::Remove("content-length".into()));
    }
    edits
}

impl IdentityHeaders {
    /// Whether an upstream might take this header for one of the two: servers that turn
    /// headers into variables (CGI, RFC 3875 section 4.1.18) read `_` and `-` alike.
    fn is_claimed_by(&self, name: &str) -> bool {
        [&self.tenant, &self.key].into_iter().any(|own| dashed(own).eq(dashed(name)))
    }
}

fn dashed(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|b| if b == b'_' { b'-' } else { b })
}
