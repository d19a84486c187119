//! One request and its response, as a state machine: what happened goes in, what the
//! adapter is to do comes out.

mod answer;
mod body;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::admin;
use crate::audit::{Trail, Verdict};
use crate::denial::Denial;
use crate::policy::{Admission, Policy, Stop, Surroundings};
use crate::problem::{self, Reply};
use crate::request::{Edit, Field, Head};
use crate::tenant::Rules;
use answer::{AnswerPlan, Answering, ResponseFields};
use body::PendingBody;

/// What to do with a request now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Let everything received so far go to the upstream.
    Continue,
    /// Keep what was received until more came.
    Hold,
    /// Keep what was received and ask again soon, by [`Transaction::retry`].
    Wait,
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

/// Reads a range of the body of a request, as far as the host has it.
pub type ReadBody<'a> = &'a dyn Fn(Range<usize>) -> Vec<u8>;

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
    trail: Trail,
}

#[derive(Debug, Default)]
enum Phase {
    /// Nothing was judged. Envoy begins here, too, for a response that an earlier filter gave.
    #[default]
    Fresh,
    /// A Rate Limit Service is being asked whether the head is admitted.
    Waiting(Waiting),
    /// The head was admitted; the body is being received.
    Receiving(Box<PendingBody>),
    /// The request went to the upstream as a whole.
    Forwarded(Box<Forwarded>),
    /// The answer is being redacted.
    Answering(Box<Answering>),
    /// Answered by the filter, or by the upstream in full: there is nothing left to do.
    Answered,
}

/// What came of a request while it waited.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    /// Whether there is neither body nor trailers.
    bodiless: bool,
    received_bytes: usize,
    ended: bool,
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
        let request_id = head.first("x-request-id");
        let admitted = match admin::answer(policy, head, around, &mut self.trail) {
            Some(Ok(reply)) => return (Vec::new(), self.respond(reply)),
            Some(Err(denial)) => Err(Stop::Denied(denial)),
            None => policy.admit(head, around, &mut self.trail),
        };
        let Admission { edits, subject, rules, limit, rotation } = match admitted {
            Ok(admission) => admission,
            Err(Stop::Denied(denial)) => return (Vec::new(), self.refuse(policy, denial, request_id)),
            Err(Stop::Wait) => {
                self.phase = Phase::Waiting(Waiting { bodiless: ends, received_bytes: 0, ended: false });
                return (Vec::new(), Step::Wait);
            }
        };
        let forwarded = Forwarded {
            rules,
            fields: ResponseFields { limit, rotation },
            request_id: request_id.map(<[u8]>::to_vec),
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

    /// Judges a request again that waits; `head` is its head as it came, `body` reads what was
    /// received of its body meanwhile. A request that does not wait is left alone.
    pub fn retry(
        &mut self,
        policy: &Policy,
        head: Head<'_>,
        body: ReadBody<'_>,
        around: &Surroundings<'_>,
    ) -> (Vec<Edit>, Step) {
        let Phase::Waiting(waited) = self.phase else { return (Vec::new(), Step::Hold) };
        let (edits, step) = self.request_headers(policy, head, waited.bodiless, around);
        let step = match (step, &mut self.phase) {
            (Step::Wait, Phase::Waiting(waiting)) => {
                *waiting = waited;
                Step::Wait
            }
            (Step::Hold, Phase::Receiving(_)) if waited.ended || waited.received_bytes > 0 => {
                self.request_body(policy, waited.received_bytes, waited.ended, body, around)
            }
            (step, _) => step,
        };
        (edits, step)
    }

    /// Whether it waits to be judged.
    pub fn waits(&self) -> bool {
        matches!(self.phase, Phase::Waiting(_))
    }

    /// A part of the body came. `received_bytes` counts all of it so far, as hosts do while
    /// they are told to hold; `body` reads a range of it, as far as it is there. Each byte is
    /// read once as it arrives, and all of it again at the end.
    pub fn request_body(
        &mut self,
        policy: &Policy,
        received_bytes: usize,
        ends: bool,
        body: ReadBody<'_>,
        around: &Surroundings<'_>,
    ) -> Step {
        let pending = match &mut self.phase {
            Phase::Receiving(pending) => pending,
            Phase::Waiting(waiting) => {
                waiting.received_bytes = received_bytes;
                waiting.ended = ends;
                return Step::Hold;
            }
            _ => return Step::Continue,
        };
        let limits = pending.rules().input;
        self.trail.body_bytes = received_bytes;
        if received_bytes > limits.body_bytes_max {
            let forwarded = pending.forwarded();
            if !limits.shadow {
                return self.refuse(policy, Denial::BodyTooLarge, forwarded.request_id.as_deref());
            }
            self.trail.shadowed.push(Denial::BodyTooLarge);
            self.forward(forwarded);
            return Step::Continue;
        }
        if ends {
            return self.end_of_request(policy, body, around);
        }
        match pending.check_arrived(received_bytes, body) {
            Ok(()) => Step::Hold,
            Err(denial) => {
                let forwarded = pending.forwarded();
                self.refuse(policy, denial, forwarded.request_id.as_deref())
            }
        }
    }

    /// The trailers came, and with them the end of the request; `body` reads its body.
    pub fn request_trailers(
        &mut self,
        policy: &Policy,
        body: ReadBody<'_>,
        around: &Surroundings<'_>,
    ) -> Step {
        match &mut self.phase {
            Phase::Receiving(_) => self.end_of_request(policy, body, around),
            Phase::Waiting(waiting) => {
                waiting.ended = true;
                Step::Hold
            }
            _ => Step::Continue,
        }
    }

    /// Whether the response's head has to be looked at.
    pub fn minds_response(&self) -> bool {
        match &self.phase {
            Phase::Receiving(pending) => pending.forwarded().minds_response(),
            Phase::Forwarded(forwarded) => forwarded.minds_response(),
            Phase::Fresh | Phase::Waiting(_) | Phase::Answering(_) | Phase::Answered => false,
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
            Phase::Fresh | Phase::Waiting(_) | Phase::Answering(_) | Phase::Answered => {
                return (Vec::new(), None);
            }
        };
        let head = Head::new(fields);
        self.trail.status = status(head);
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
            self.end_answer();
        }
        step
    }

    /// The response's trailers came, and with them the end of its body.
    pub fn response_trailers(&mut self) -> ResponseEnd {
        let Phase::Answering(answering) = &mut self.phase else { return ResponseEnd::Whole };
        let end = answering.finish();
        self.end_answer();
        end
    }

    /// Why the request was refused, if it was.
    pub fn refused(&self) -> Option<Denial> {
        match self.trail.verdict {
            Verdict::Denied(denial) => Some(denial),
            Verdict::Pending | Verdict::Allowed => None,
        }
    }

    /// What is known of the request so far.
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// The request is over, wherever it got to: what is to be booked of it. `None` for one
    /// that was never judged, because it was for the filter itself or another filter had
    /// answered it before.
    pub fn close(&mut self) -> Option<Trail> {
        self.end_answer();
        let judged = match std::mem::replace(&mut self.phase, Phase::Fresh) {
            Phase::Fresh => false,
            Phase::Answered => self.trail.verdict != Verdict::Pending,
            Phase::Waiting(_) | Phase::Receiving(_) | Phase::Forwarded(_) | Phase::Answering(_) => true,
        };
        let trail = std::mem::take(&mut self.trail);
        judged.then_some(trail)
    }

    fn end_of_request(&mut self, policy: &Policy, body: ReadBody<'_>, around: &Surroundings<'_>) -> Step {
        match std::mem::take(&mut self.phase) {
            Phase::Receiving(pending) => self.judge(policy, *pending, &body(0..usize::MAX), around),
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
        self.trail.body_bytes = body.len();
        match pending.judge(body, around, &mut self.trail) {
            Ok(redacted) => {
                let set_length = pending.sets_length();
                self.forward(pending.forwarded());
                redacted.map_or(Step::Continue, |body| Step::ReplaceBody { body, set_length })
            }
            Err(denial) => self.refuse(policy, denial, pending.forwarded().request_id.as_deref()),
        }
    }

    fn refuse(&mut self, policy: &Policy, denial: Denial, request_id: Option<&[u8]>) -> Step {
        let reply = problem::reply(denial, policy.audience(request_id));
        self.trail.verdict = Verdict::Denied(denial);
        self.trail.status = Some(reply.status);
        self.respond(reply)
    }

    fn forward(&mut self, forwarded: Forwarded) {
        self.trail.verdict = Verdict::Allowed;
        self.phase = Phase::Forwarded(Box::new(forwarded));
    }

    /// The answer is through, or was given up.
    fn end_answer(&mut self) {
        if let Phase::Answering(answering) = &self.phase {
            self.trail.redactions.add_all(answering.counts());
            self.phase = Phase::Answered;
        }
    }

    fn respond(&mut self, reply: Reply) -> Step {
        self.phase = Phase::Answered;
        Step::Respond(reply)
    }
}

/// The status in the head of a response.
fn status(head: Head<'_>) -> Option<u16> {
    std::str::from_utf8(head.first(":status")?).ok()?.parse().ok()
}
