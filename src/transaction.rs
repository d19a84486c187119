//! One request and its response, as a state machine: what happened goes in, what the
//! adapter is to do comes out.

#[cfg(test)]
mod tests;

use crate::api_key::Rotation;
use crate::denial::Denial;
use crate::input::InputLimits;
use crate::policy::{Admission, Policy, Surroundings};
use crate::problem::{self, Reply};
use crate::rate_limit::{Answer, Quota, fields};
use crate::request::{Edit, Field, Head};

/// What to do with a request now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Let everything received so far go to the upstream.
    Continue,
    /// Keep the head and what there is of the body until more came.
    Hold,
    /// Answer in place of the upstream; nothing may go there.
    Respond(Reply),
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
    Receiving { body: Body, response: ResponseFields },
    /// The request went to the upstream as a whole.
    Forwarded(ResponseFields),
    /// Answered by the filter; there is nothing left to do.
    Answered,
}

#[derive(Debug)]
struct Body {
    held: bool,
    bytes: usize,
    limits: InputLimits,
    request_id: Option<Vec<u8>>,
}

/// What the response to an admitted request is to say.
#[derive(Debug, Clone, Copy, Default)]
struct ResponseFields {
    limit: Option<(Quota, Answer)>,
    rotation: Option<Rotation>,
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
        let request_id = head.first("x-request-id");
        let admission = match policy.admit(head, around) {
            Ok(admission) => admission,
            Err(denial) => return (Vec::new(), self.refuse(policy, denial, request_id)),
        };
        let Admission { edits, rules, limit, rotation, shadowed } = admission;
        self.shadowed = shadowed;
        let response = ResponseFields { limit, rotation };
        if ends || head.is_upgrade() {
            self.phase = Phase::Forwarded(response);
            return (edits, Step::Continue);
        }
        let held = policy.holds_requests();
        let request_id = request_id.map(<[u8]>::to_vec);
        let body = Body { held, bytes: 0, limits: rules.input, request_id };
        let step = body.step();
        self.phase = Phase::Receiving { body, response };
        (edits, step)
    }

    /// A part of the body came. While the request is held, `bytes` counts all that was
    /// received so far, else this part alone: that is how hosts tell it.
    pub fn request_body(&mut self, policy: &Policy, bytes: usize, ends: bool) -> Step {
        let Phase::Receiving { body, response } = &mut self.phase else { return Step::Continue };
        body.bytes = if body.held { bytes } else { body.bytes.saturating_add(bytes) };
        if body.bytes > body.limits.body_bytes_max {
            if !body.limits.shadow {
                let request_id = body.request_id.take();
                return self.refuse(policy, Denial::BodyTooLarge, request_id.as_deref());
            }
            self.shadowed.push(Denial::BodyTooLarge);
            self.phase = Phase::Forwarded(*response);
            return Step::Continue;
        }
        if ends {
            return self.forward();
        }
        body.step()
    }

    /// The trailers came, and with them the end of the request.
    pub fn request_trailers(&mut self) -> Step {
        self.forward()
    }

    /// Whether the response's head has to be looked at.
    pub fn minds_response(&self) -> bool {
        match &self.phase {
            Phase::Receiving { response, .. } | Phase::Forwarded(response) => {
                response.limit.is_some() || response.rotation.is_some()
            }
            Phase::Fresh | Phase::Answered => false,
        }
    }

    /// The head of the response came: what is to be changed of it.
    pub fn response_headers(&mut self, fields: &[Field]) -> Vec<Edit> {
        let response = match &self.phase {
            Phase::Receiving { response, .. } | Phase::Forwarded(response) => *response,
            Phase::Fresh | Phase::Answered => return Vec::new(),
        };
        let head = Head::new(fields);
        let mut edits = Vec::new();
        if let Some((quota, answer)) = response.limit {
            edits.extend(limit_edits(head, quota, answer));
        }
        if let Some(rotation) = response.rotation {
            edits.extend(rotation_edits(head, rotation));
        }
        edits
    }

    /// Why the request was refused, if it was.
    pub fn refused(&self) -> Option<Denial> {
        self.refused
    }

    /// What would have been refused if its rule were not in shadow mode; each is told once.
    pub fn take_shadowed(&mut self) -> Vec<Denial> {
        std::mem::take(&mut self.shadowed)
    }

    fn refuse(&mut self, policy: &Policy, denial: Denial, request_id: Option<&[u8]>) -> Step {
        self.refused = Some(denial);
        self.respond(problem::reply(denial, policy.audience(request_id)))
    }

    fn respond(&mut self, reply: Reply) -> Step {
        self.phase = Phase::Answered;
        Step::Respond(reply)
    }

    fn forward(&mut self) -> Step {
        if let Phase::Receiving { response, .. } = &self.phase {
            self.phase = Phase::Forwarded(*response);
        }
        Step::Continue
    }
}

impl Body {
    fn step(&self) -> Step {
        if self.held { Step::Hold } else { Step::Continue }
    }
}

/// An upstream that has less left than we say keeps its own word; ours replaces only a more
/// generous one.
fn limit_edits(head: Head<'_>, quota: Quota, answer: Answer) -> Vec<Edit> {
    let upstream = fields::least_remaining(head.all(fields::RATELIMIT));
    if upstream.is_some_and(|theirs| theirs <= answer.remaining) {
        return Vec::new();
    }
    let ours =
        [(fields::RATELIMIT_POLICY, fields::policy(quota)), (fields::RATELIMIT, fields::remaining(answer))];
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
