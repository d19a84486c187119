//! One request and its response, as a state machine: what happened goes in, what the
//! adapter is to do comes out.

mod answer;
mod body;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::denial::Denial;
use crate::policy::{Admission, Policy, Surroundings};
use crate::problem::{self, Reply};
use crate::request::{Edit, Field, Head};
use crate::tenant::Rules;
use answer::{AnswerPlan, Answering, ResponseFields};
use body::{Judged, PendingBody};

/// What to do with a request now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Let everything received so far go to the upstream.
    Continue,
    /// Keep what was received until more came.
    Hold,
    /// Put this in place of the body, with its length in `content-length` where the request
    /// had one and the head can still be changed, and let it go.
    ReplaceBody {
        /// The new body, whole.
        body: Vec<u8>,
        /// Whether to set `content-length`.
        set_length: bool,
    },
    /// Answer in place of the upstream; nothing may go there.
    Respond(Reply),
}

/// What to do with a part of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseStep {
    /// Let it go as it is.
    Continue,
    /// Put these bytes in place of all the host has of the body, and let them go.
    Replace(Vec<u8>),
    /// Put these bytes in place of all the host has of the body, and keep them: an entity may
    /// go on in the next part.
    ReplaceAndHold(Vec<u8>),
}

/// How a response's body ends when trailers come after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseEnd {
    /// All of it is with the host.
    Whole,
    /// Append these bytes to what the host was told to hold.
    Append(Vec<u8>),
    /// Bytes are left that can no longer be given to the host: the client must see that the
    /// answer is not whole.
    CutOff,
}

/// Where a request and its response are.
#[derive(Debug, Default)]
pub struct Transaction {
    phase: Phase,
    refused: Option<Denial>,
    shadowed: Vec<Denial>,
}

#[derive(Debug, Default)]
enum Phase {
    /// Nothing was judged. Envoy begins here, too, for a response that an earlier filter gave.
    #[default]
    Fresh,
    /// The head was admitted; the body is being received.
    Receiving(Box<PendingBody>),
    /// The request went to the upstream as a whole.
    Forwarded(Box<Forwarded>),
    /// The answer is being redacted.
    Answering(Box<Answering>),
    /// Answered by the filter, or by the upstream in full: there is nothing left to do.
    Answered,
}

/// What the response to an admitted request needs of it.
#[derive(Debug, Clone)]
struct Forwarded {
    rules: Arc<Rules>,
    fields: ResponseFields,
    request_id: Option<Vec<u8>>,
}

impl Transaction {
    /// The head of the request came; `ends` when there is neither body nor trailers.
    pub fn request_headers(
        &mut self,
        policy: &Policy,
        head: Head<'_>,
        ends: bool,
        around: &Surroundings<'_>,
    ) -> (Vec<Edit>, Step) {
        if let Some(reply) = policy.own_answer(head) {
            return (Vec::new(), self.respond(reply));
        }
        let admission = match policy.admit(head, around) {
            Ok(admission) => admission,
            Err(denial) => return (Vec::new(), self.refuse(policy, denial, head.first("x-request-id"))),
        };
        let Admission { edits, subject, rules, limit, rotation, shadowed } = admission;
        self.shadowed = shadowed;
        let forwarded = Forwarded {
            rules,
            fields: ResponseFields { limit, rotation },
            request_id: head.first("x-request-id").map(<[u8]>::to_vec),
        };
        let pending = PendingBody::new(head, subject, forwarded, policy.holds_requests());
        let step = if ends || head.is_upgrade() {
            self.judge(policy, pending, &[], around)
        } else {
            let step = if policy.holds_requests() { Step::Hold } else { Step::Continue };
            self.phase = Phase::Receiving(Box::new(pending));
            step
        };
        (edits, step)
    }

    /// A part of the body came. `received_bytes` counts all of it so far, as hosts do while
    /// they are told to hold; `body` reads all of it, and is asked once, at the end.
    pub fn request_body(
        &mut self,
        policy: &Policy,
        received_bytes: usize,
        ends: bool,
        body: &dyn Fn() -> Vec<u8>,
        around: &Surroundings<'_>,
    ) -> Step {
        let Phase::Receiving(pending) = &mut self.phase else { return Step::Continue };
        let limits = pending.rules().input;
        if received_bytes > limits.body_bytes_max {
            let forwarded = pending.forwarded();
            if !limits.shadow {
                return self.refuse(policy, Denial::BodyTooLarge, forwarded.request_id.as_deref());
            }
            self.shadowed.push(Denial::BodyTooLarge);
            self.phase = Phase::Forwarded(Box::new(forwarded));
            return Step::Continue;
        }
        if ends { self.end_of_request(policy, &body(), around) } else { Step::Hold }
    }

    /// The trailers came, and with them the end of the request; `body` reads all of its body.
    pub fn request_trailers(
        &mut self,
        policy: &Policy,
        body: &dyn Fn() -> Vec<u8>,
        around: &Surroundings<'_>,
    ) -> Step {
        match self.phase {
            Phase::Receiving(_) => self.end_of_request(policy, &body(), around),
            _ => Step::Continue,
        }
    }

    /// Whether the response's head has to be looked at.
    pub fn minds_response(&self) -> bool {
        match &self.phase {
            Phase::Receiving(pending) => pending.forwarded().minds_response(),
            Phase::Forwarded(forwarded) => forwarded.minds_response(),
            Phase::Fresh | Phase::Answering(_) | Phase::Answered => false,
        }
    }

    /// The head of the response came, with nothing after it if it `ends`: what is to be
    /// changed of it, and an answer to give in its place.
    pub fn response_headers(
        &mut self,
        policy: &Policy,
        fields: &[Field],
        ends: bool,
    ) -> (Vec<Edit>, Option<Reply>) {
        let forwarded = match &self.phase {
            Phase::Receiving(pending) => pending.forwarded(),
            Phase::Forwarded(forwarded) => (**forwarded).clone(),
            Phase::Fresh | Phase::Answering(_) | Phase::Answered => return (Vec::new(), None),
        };
        let head = Head::new(fields);
        let mut edits = forwarded.fields.edits(head);
        self.phase = Phase::Answered;
        match AnswerPlan::of(head, ends, &forwarded.rules.redaction) {
            AnswerPlan::Pass => {}
            AnswerPlan::Redact(redactor) => {
                edits.extend(head.first("content-length").map(|_| Edit::Remove("content-length".into())));
                let redaction = Arc::clone(&forwarded.rules.redaction);
                self.phase = Phase::Answering(Box::new(Answering::new(*redactor, redaction)));
            }
            AnswerPlan::Withhold => {
                let step = self.refuse(policy, Denial::UnredactableResponse, forwarded.request_id.as_deref());
                if let Step::Respond(reply) = step {
                    return (Vec::new(), Some(reply));
                }
            }
        }
        (edits, None)
    }

    /// Whether parts of the response's body have to be looked at.
    pub fn minds_response_body(&self) -> bool {
        matches!(self.phase, Phase::Answering(_))
    }

    /// A part of the response's body came; `body` is all the host has of it, which begins
    /// with what it was told to hold.
    pub fn response_body(&mut self, body: &[u8], ends: bool) -> ResponseStep {
        let Phase::Answering(answering) = &mut self.phase else { return ResponseStep::Continue };
        let step = answering.push(body, ends);
        if ends {
            self.phase = Phase::Answered;
        }
        step
    }

    /// The response's trailers came, and with them the end of its body.
    pub fn response_trailers(&mut self) -> ResponseEnd {
        let Phase::Answering(answering) = &mut self.phase else { return ResponseEnd::Whole };
        let end = answering.finish();
        self.phase = Phase::Answered;
        end
    }

    /// Why the request was refused, if it was.
    pub fn refused(&self) -> Option<Denial> {
        self.refused
    }

    /// What would have been refused if its rule were not in shadow mode; each is told once.
    pub fn take_shadowed(&mut self) -> Vec<Denial> {
        std::mem::take(&mut self.shadowed)
    }

    fn end_of_request(&mut self, policy: &Policy, body: &[u8], around: &Surroundings<'_>) -> Step {
        match std::mem::take(&mut self.phase) {
            Phase::Receiving(pending) => self.judge(policy, *pending, body, around),
            other => {
                self.phase = other;
                Step::Continue
            }
        }
    }

    fn judge(
        &mut self,
        policy: &Policy,
        pending: PendingBody,
        body: &[u8],
        around: &Surroundings<'_>,
    ) -> Step {
        let Judged { verdict, shadowed } = pending.judge(body);
        self.shadowed.extend(shadowed);
        if let Some(violation) = pending.violation(&verdict, &self.shadowed) {
            violation.note_violation(pending.rules(), around);
        }
        match verdict {
            Ok(redacted) => {
                let set_length = pending.sets_length();
                self.phase = Phase::Forwarded(Box::new(pending.forwarded()));
                redacted.map_or(Step::Continue, |body| Step::ReplaceBody { body, set_length })
            }
            Err(denial) => self.refuse(policy, denial, pending.forwarded().request_id.as_deref()),
        }
    }

    fn refuse(&mut self, policy: &Policy, denial: Denial, request_id: Option<&[u8]>) -> Step {
        self.refused = Some(denial);
        self.respond(problem::reply(denial, policy.audience(request_id)))
    }

    fn respond(&mut self, reply: Reply) -> Step {
        self.phase = Phase::Answered;
        Step::Respond(reply)
    }
}
