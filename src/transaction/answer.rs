//! A response: the fields that are added to its head, and its body without personal data.

use std::sync::Arc;

use super::{Forwarded, ResponseEnd, ResponseStep};
use crate::api_key::Rotation;
use crate::input;
use crate::inspection::RedactionRules;
use crate::rate_limit::{Answer as BucketAnswer, Quota, fields};
use crate::redact::{Answer, AnswerRedactor, RedactionCounts};
use crate::request::{Edit, Head};
use crate::text::ContentType;

/// What the response to an admitted request is to say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ResponseFields {
    pub(super) limit: Option<(Quota, BucketAnswer)>,
    pub(super) rotation: Option<Rotation>,
}

impl Forwarded {
    pub(super) fn minds_response(&self) -> bool {
        let adds_fields = self.fields.limit.is_some() || self.fields.rotation.is_some();
        adds_fields || self.rules.redaction.covers_response()
    }
}

impl ResponseFields {
    pub(super) fn edits(self, head: Head<'_>) -> Vec<Edit> {
        let mut edits = Vec::new();
        if let Some((quota, answer)) = self.limit {
            edits.extend(limit_edits(head, quota, answer));
        }
        if let Some(rotation) = self.rotation {
            edits.extend(rotation_edits(head, rotation));
        }
        edits
    }
}

/// An upstream that has less left than we say keeps its own word; ours replaces only a more
/// generous one.
fn limit_edits(head: Head<'_>, quota: Quota, answer: BucketAnswer) -> Vec<Edit> {
    let upstream = fields::least_remaining(head.all(fields::RATELIMIT));
    if upstream.is_some_and(|theirs| theirs <= answer.remaining) {
        return Vec::new();
    }
    // A policy that says nothing of what is left stays, and ours joins its list.
    let theirs = upstream.is_none().then(|| fields::joined(head.all(fields::RATELIMIT_POLICY))).flatten();
    let policy = theirs.into_iter().chain([fields::policy(quota)]).collect::<Vec<_>>().join(", ");
    let ours = [(fields::RATELIMIT_POLICY, policy), (fields::RATELIMIT, fields::remaining(answer))];
    ours.into_iter().flat_map(|(name, value)| set_only(head, name, value)).collect()
}

/// An upstream that says when its resource ends knows better than we do about it.
fn rotation_edits(head: Head<'_>, rotation: Rotation) -> Vec<Edit> {
    let deprecation = ("deprecation", Some(rotation.deprecation_field()));
    let sunset = ("sunset", rotation.sunset_field());
    [deprecation, sunset]
        .into_iter()
        .filter(|(name, _)| head.first(name).is_none())
        .filter_map(|(name, value)| Some(Edit::Set(name.into(), value?.into_bytes())))
        .collect()
}

fn set_only(head: Head<'_>, name: &str, value: String) -> impl Iterator<Item = Edit> {
    let repeated = head.all(name).nth(1).is_some();
    let removal = repeated.then(|| Edit::Remove(name.into()));
    removal.into_iter().chain([Edit::Set(name.into(), value.into_bytes())])
}

/// What is to be done with a response's body.
pub(super) enum AnswerPlan {
    Pass,
    Redact(Box<AnswerRedactor>),
    Withhold,
}

impl AnswerPlan {
    pub(super) fn of(head: Head<'_>, ends: bool, rules: &RedactionRules) -> Self {
        if ends || !rules.covers_response() || head.first(":status") == Some(b"101") {
            return Self::Pass;
        }
        let withhold = || if rules.pass_encoded { Self::Pass } else { Self::Withhold };
        match Answer::of_type(&ContentType::parse(head.all("content-type"))) {
            Answer::Pass => Self::Pass,
            Answer::Unreadable => withhold(),
            Answer::Redact(_) if !head.all("content-encoding").all(input::is_identity) => withhold(),
            Answer::Redact(redactor) => Self::Redact(redactor),
        }
    }
}

/// An answer that is being redacted.
#[derive(Debug)]
pub(super) struct Answering {
    redactor: AnswerRedactor,
    rules: Arc<RedactionRules>,
    /// What the host was told to hold: redacted already, and the beginning of what it gives next.
    held: Vec<u8>,
    host_holds: bool,
}

impl Answering {
    /// While an entity may go on, the host holds what was redacted so that the rest can still
    /// follow if trailers come instead of more; beyond this it is let go.
    const HELD_BYTES_MAX: usize = 32 << 10;

    pub(super) fn new(redactor: AnswerRedactor, rules: Arc<RedactionRules>) -> Self {
        Self { redactor, rules, held: Vec::new(), host_holds: false }
    }

    pub(super) fn push(&mut self, body: &[u8], ends: bool) -> ResponseStep {
        let new = body.get(self.held.len()..).unwrap_or_default();
        let mut out = std::mem::take(&mut self.held);
        let RedactionRules { scanner, redactor, .. } = &*self.rules;
        self.redactor.push(scanner, redactor, new, &mut out);
        if ends {
            self.redactor.finish(scanner, redactor, &mut out);
        }
        self.host_holds = !ends && self.redactor.held_bytes() > 0 && out.len() <= Self::HELD_BYTES_MAX;
        if self.host_holds {
            self.held.clone_from(&out);
            return ResponseStep::ReplaceAndHold(out);
        }
        ResponseStep::Replace(out)
    }

    pub(super) fn counts(&self) -> &RedactionCounts {
        self.redactor.counts()
    }

    pub(super) fn finish(&mut self) -> ResponseEnd {
        let mut rest = Vec::new();
        let RedactionRules { scanner, redactor, .. } = &*self.rules;
        self.redactor.finish(scanner, redactor, &mut rest);
        match (rest.is_empty(), self.host_holds) {
            (true, _) => ResponseEnd::Whole,
            (false, true) => ResponseEnd::Append(rest),
            (false, false) => ResponseEnd::CutOff,
        }
    }
}
