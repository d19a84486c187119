//! A request's text, judged when all of it is there.

use super::{Forwarded, ReadBody};
use crate::audit::{Trail, Violation};
use crate::denial::Denial;
use crate::inspection::Inspection;
use crate::policy::{Subject, Surroundings};
use crate::request::Head;
use crate::tenant::Rules;
use crate::text::{ContentType, Utf8Validator};

/// What has to be remembered of an admitted head until the body ended.
#[derive(Debug)]
pub(super) struct PendingBody {
    subject: Subject,
    forwarded: Forwarded,
    query: Option<Vec<u8>>,
    declared: ContentType,
    has_length: bool,
    held: bool,
    /// How much of the body was read as it arrived.
    checked_bytes: usize,
    utf8: Utf8Validator,
}

impl PendingBody {
    pub(super) fn new(head: Head<'_>, subject: Subject, forwarded: Forwarded, held: bool) -> Self {
        Self {
            subject,
            forwarded,
            query: head.query().map(<[u8]>::to_vec),
            declared: ContentType::parse(head.all("content-type")),
            has_length: head.first("content-length").is_some(),
            held,
            checked_bytes: 0,
            utf8: Utf8Validator::new(),
        }
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.forwarded.rules
    }

    pub(super) fn forwarded(&self) -> Forwarded {
        self.forwarded.clone()
    }

    /// Whether the announced length has to follow the body. Where the head went ahead, its
    /// length was taken out.
    pub(super) fn sets_length(&self) -> bool {
        self.held && self.has_length
    }

    /// Looks at what is new of the `received_bytes` that are there: a body of any type must be
    /// UTF-8, and why wait for the end of one that cannot be any more.
    ///
    /// # Errors
    /// `invalid-utf8`.
    pub(super) fn check_arrived(&mut self, received_bytes: usize, body: ReadBody<'_>) -> Result<(), Denial> {
        if self.rules().input.shadow {
            return Ok(());
        }
        let arrived = body(self.checked_bytes..received_bytes);
        self.checked_bytes = self.checked_bytes.saturating_add(arrived.len());
        self.utf8.push(&arrived).map_err(|_| Denial::InvalidUtf8)
    }

    /// Reads, counts, and in strict mode rewrites: the body to put in place of the one
    /// received, where there is one. Notes what was found, and counts violations.
    ///
    /// # Errors
    /// Why the text is refused.
    pub(super) fn judge(
        &self,
        body: &[u8],
        around: &Surroundings<'_>,
        trail: &mut Trail,
    ) -> Result<Option<Vec<u8>>, Denial> {
        let verdict = self.verdict(body, trail);
        let refused = verdict.as_ref().err().into_iter();
        // One request is one violation, whatever else is wrong with it.
        let violation = refused.chain(&trail.shadowed).find_map(|denial| Violation::of_text(*denial));
        if let Some(violation) = violation {
            trail.note_violation(violation, self.subject, self.rules(), around);
        }
        verdict
    }

    fn verdict(&self, body: &[u8], trail: &mut Trail) -> Result<Option<Vec<u8>>, Denial> {
        if body.is_empty() && self.query.as_ref().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let rules = self.rules();
        let redaction = &rules.redaction;
        let shadowed = &mut trail.shadowed;
        let inspection =
            match Inspection::read(&redaction.scanner, self.query.as_deref(), &self.declared, body) {
                Ok(inspection) => inspection,
                Err(denial) => {
                    return unless_shadow(Err(denial), rules.input.shadow, shadowed).map(|()| None);
                }
            };
        trail.counts = inspection.counts();
        unless_shadow(rules.text.check_length(trail.counts), rules.input.shadow, shadowed)?;
        unless_shadow(rules.text.check_entities(trail.counts), rules.waf_shadow, shadowed)?;
        if !redaction.strict {
            return Ok(None);
        }
        Ok(inspection.redacted(&redaction.redactor, body).map(|(body, counts)| {
            trail.redactions.add_all(&counts);
            body
        }))
    }
}

fn unless_shadow(
    verdict: Result<(), Denial>,
    shadow: bool,
    shadowed: &mut Vec<Denial>,
) -> Result<(), Denial> {
    match verdict {
        Err(denial) if shadow => shadowed.push(denial),
        verdict => return verdict,
    }
    Ok(())
}
