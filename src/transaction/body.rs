//! A request's text, judged when all of it is there.

use super::Forwarded;
use crate::denial::Denial;
use crate::inspection::Inspection;
use crate::policy::Subject;
use crate::request::Head;
use crate::tenant::Rules;
use crate::text::ContentType;
use crate::waf::TextCounts;

/// What has to be remembered of an admitted head until the body ended.
#[derive(Debug)]
pub(super) struct PendingBody {
    subject: Subject,
    forwarded: Forwarded,
    query: Option<Vec<u8>>,
    declared: ContentType,
    has_length: bool,
    held: bool,
}

/// A verdict on a request's text.
pub(super) struct Judged {
    /// The body to put in place of the one received, where there is one; or why not.
    pub(super) verdict: Result<Option<Vec<u8>>, Denial>,
    /// What would have been refused if its rule were not in shadow mode.
    pub(super) shadowed: Vec<Denial>,
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

    /// Reads, counts, and in strict mode rewrites.
    pub(super) fn judge(&self, body: &[u8]) -> Judged {
        let mut shadowed = Vec::new();
        let verdict = self.verdict(body, &mut shadowed);
        Judged { verdict, shadowed }
    }

    /// Whom to count a violation against, where the verdict is one.
    pub(super) fn violation(
        &self,
        verdict: &Result<Option<Vec<u8>>, Denial>,
        shadowed: &[Denial],
    ) -> Option<Subject> {
        let refused = verdict.as_ref().err().into_iter();
        refused.chain(shadowed).any(|denial| denial.is_text_violation()).then_some(self.subject)
    }

    fn verdict(&self, body: &[u8], shadowed: &mut Vec<Denial>) -> Result<Option<Vec<u8>>, Denial> {
        if body.is_empty() && self.query.as_ref().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let rules = self.rules();
        let redaction = &rules.redaction;
        let inspection =
            match Inspection::read(&redaction.scanner, self.query.as_deref(), &self.declared, body) {
                Ok(inspection) => inspection,
                Err(denial) => {
                    return unless_shadow(Err(denial), rules.input.shadow, shadowed).map(|()| None);
                }
            };
        let counts: TextCounts = inspection.counts();
        unless_shadow(rules.text.check_length(counts), rules.input.shadow, shadowed)?;
        unless_shadow(rules.text.check_entities(counts), rules.waf_shadow, shadowed)?;
        if !redaction.strict {
            return Ok(None);
        }
        Ok(inspection.redacted(&redaction.redactor, body).map(|(body, _)| body))
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
