//! The tokens of one key that an Envoy holds in the present second, as kept in shared state.

#[cfg(test)]
mod tests;

use super::{Counted, GRACE_NANOS, Link, Patience, Terms};
use crate::config::OnFailure;
use crate::time::{NANOS_PER_SECOND, UnixNanos};

/// How much the service's clock may lie behind: for so long into a second, `OVER_LIMIT` may be
/// the answer for the second before.
const CLOCK_SKEW_MAX_NANOS: u64 = NANOS_PER_SECOND / 10;

/// A lease is sized for the requests of this part of a second.
const SIZE_DIVISOR: u32 = 5;
/// It is renewed when it lasts for less than this part of a second.
const RENEWAL_DIVISOR: u32 = 20;

/// What one Envoy holds of a key's limit, and what it knows of the rest. All figures are of
/// one second by the wall clock; nothing of it outlives that second but experience.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lease {
    /// The second, since 1970.
    second: u64,
    /// Tokens the service gave.
    granted: u32,
    /// Requests that passed; more than `granted` where some passed on credit or without the
    /// service, which the next call makes up for.
    spent: u32,
    /// Requests that passed in the second before.
    spent_before: u32,
    /// Whether requests passed by this Envoy's share: in such a second there is no more than
    /// that, because the service does not know yet what the others took of theirs.
    alone: bool,
    standing: Standing,
    /// Until then somebody is asking, and nobody else need.
    asking_until: UnixNanos,
    /// How many blocks the tenant's keys had today when this key's were looked at last.
    blocks_seen: u32,
}

/// What is known of the limit as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing in this second; whether there was room for everybody in the last one.
    Unknown { calm: bool },
    /// So many tokens are left for all Envoys.
    Room { remaining: u32 },
    /// None are, until then.
    Over { until: UnixNanos },
}

impl Default for Standing {
    fn default() -> Self {
        Self::Unknown { calm: true }
    }
}

/// By what a request was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By what the service gave, or had left.
    Fleet,
    /// Passed before the service was asked.
    Credit,
    /// By this Envoy's share of the limit, without the service.
    Local,
    /// Passed because the service does not answer.
    Allow,
    /// Refused because the service does not answer.
    Deny,
}

impl Mode {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 5] = [Self::Fleet, Self::Credit, Self::Local, Self::Allow, Self::Deny];

    /// Its name in records and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Credit => "credit",
            Self::Local => "local",
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// What a request is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass, and was counted.
    Pass(Mode),
    /// Nothing is left in this second; or, by [`Mode::Deny`], nothing passes at all.
    Refuse(Mode),
    /// The service is being asked.
    Wait,
}

impl Verdict {
    /// By what it was judged, where it was.
    pub const fn mode(self) -> Option<Mode> {
        match self {
            Self::Pass(mode) | Self::Refuse(mode) => Some(mode),
            Self::Wait => None,
        }
    }
}

/// What is to be asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Tokens; none where only a block is looked for.
    pub hits: u32,
    /// Whether to look for a block of the key.
    pub looks: bool,
    /// Whether there was room for everybody lately, so that the answer is hardly in doubt.
    pub calm: bool,
}

/// What a request meets besides the lease.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The present.
    pub now: UnixNanos,
    /// How the service is doing.
    pub link: Link,
    /// Whether the request may wait.
    pub patience: Patience,
    /// How long the service may take, nanoseconds.
    pub timeout_nanos: u64,
    /// How many blocks the tenant's keys had today over all Envoys, where that is known.
    pub blocks: Option<u32>,
}

impl Lease {
    /// Length in shared state.
    pub const BYTES: usize = 45;

    /// Judges one request, and says what to ask of the service, whatever the verdict. Whoever
    /// keeps the lease that comes back has to see to it that the service is asked.
    pub fn take(self, terms: Terms, moment: Moment) -> (Verdict, Self, Option<Ask>) {
        let mut lease = self.at(terms, moment.now);
        let verdict = lease.judge(terms, moment);
        if let Verdict::Pass(mode) = verdict {
            lease.alone |= mode == Mode::Local;
            lease.spent = lease.spent.saturating_add(1);
        }
        let ask = lease.ask(terms, moment, verdict == Verdict::Wait && lease.left() == 0);
        (verdict, lease, ask)
    }

    /// Takes in what the service said to a call of `asked_at`. Tokens of a second that is over
    /// are gone.
    pub fn settle(mut self, hits: u32, counted: Counted, asked_at: UnixNanos) -> Self {
        if self.second != asked_at.seconds().0 {
            return self;
        }
        self.asking_until = UnixNanos(0);
        match counted {
            Counted::Granted { remaining } => {
                self.granted = self.granted.saturating_add(hits);
                self.standing = Standing::Room { remaining };
            }
            Counted::OverLimit => {
                self.standing = Standing::Over { until: self.over_until(asked_at) };
            }
        }
        self
    }

    /// Lets others ask: the call came to nothing.
    pub fn give_up(mut self, asked_at: UnixNanos) -> Self {
        if self.second == asked_at.seconds().0 {
            self.asking_until = UnixNanos(0);
        }
        self
    }

    /// The key's blocks were looked at, when there were so many.
    pub fn see_blocks(mut self, blocks: u32, asked_at: UnixNanos) -> Self {
        self.blocks_seen = blocks;
        self.give_up(asked_at)
    }

    /// Tokens that a client may still hope for in this second.
    pub fn remaining(self, terms: Terms) -> u64 {
        let elsewhere = match self.standing {
            Standing::Room { remaining } => remaining,
            Standing::Over { .. } => 0,
            Standing::Unknown { .. } => terms.rate.saturating_sub(self.spent),
        };
        u64::from(self.left()).saturating_add(u64::from(elsewhere))
    }

    /// This lease in the second of `now`. The clock being set back begins a new second too.
    fn at(self, terms: Terms, now: UnixNanos) -> Self {
        let second = now.seconds().0;
        if self.second == second {
            return self;
        }
        let follows = self.second.saturating_add(1) == second;
        let room_for_all = terms.credit().saturating_mul(terms.rule.replicas.get());
        let calm = match self.standing {
            _ if !follows => true,
            Standing::Unknown { calm } => calm,
            Standing::Room { remaining } => remaining >= room_for_all,
            Standing::Over { .. } => false,
        };
        Self {
            second,
            granted: 0,
            spent: 0,
            spent_before: if follows { self.spent } else { 0 },
            alone: false,
            standing: Standing::Unknown { calm },
            asking_until: UnixNanos(0),
            ..self
        }
    }

    fn judge(self, terms: Terms, moment: Moment) -> Verdict {
        let may_wait = moment.link == Link::Up && moment.patience == Patience::Waits && !terms.shadow;
        if may_wait && self.must_look(moment) {
            return Verdict::Wait;
        }
        if self.alone && self.spent >= terms.local_share() {
            return Verdict::Refuse(Mode::Local);
        }
        if self.left() > 0 {
            return Verdict::Pass(Mode::Fleet);
        }
        if self.is_over(moment.now) {
            return Verdict::Refuse(Mode::Fleet);
        }
        if moment.link != Link::Up || moment.patience == Patience::GaveUp {
            return self.judge_alone(terms);
        }
        let may_borrow = self.is_calm(terms) && self.debt() < terms.credit();
        if may_borrow || terms.shadow { Verdict::Pass(Mode::Credit) } else { Verdict::Wait }
    }

    /// Counts what passed by the service's tokens too, so that a second in which the service
    /// fails is not given twice.
    fn judge_alone(self, terms: Terms) -> Verdict {
        match terms.rule.on_failure {
            OnFailure::Local if self.spent < terms.local_share() => Verdict::Pass(Mode::Local),
            OnFailure::Local => Verdict::Refuse(Mode::Local),
            OnFailure::Allow => Verdict::Pass(Mode::Allow),
            OnFailure::Deny => Verdict::Refuse(Mode::Deny),
        }
    }

    fn ask(&mut self, terms: Terms, moment: Moment, waited_for: bool) -> Option<Ask> {
        let now = moment.now;
        if moment.link == Link::Down || now < self.asking_until {
            return None;
        }
        let runs_out = self.left() < self.renewal_level(terms);
        // Where the service is only being tried again, any request will do.
        let tries = moment.link == Link::Probing && self.left() == 0;
        let wanted = (waited_for || runs_out || tries || self.debt() > 0) && !self.is_over(now);
        let hits = if wanted { self.size(terms).max(self.debt()) } else { 0 };
        let looks = self.must_look(moment);
        if hits == 0 && !looks {
            return None;
        }
        self.asking_until = now.plus(moment.timeout_nanos).plus(GRACE_NANOS);
        Some(Ask { hits, looks, calm: self.is_calm(terms) })
    }

    /// Tokens to ask for: what a fifth of a second needs by the experience of the last second,
    /// doubling where there is none, and less the fewer are left for all.
    fn size(self, terms: Terms) -> u32 {
        let needed = (self.spent_before / SIZE_DIVISOR).max(self.spent);
        let most = match self.standing {
            Standing::Room { remaining } => terms.lease_max().min(remaining / terms.rule.replicas),
            Standing::Unknown { .. } | Standing::Over { .. } => terms.lease_max(),
        };
        needed.min(most).max(1)
    }

    fn renewal_level(self, terms: Terms) -> u32 {
        let a_second = self.spent_before.max(self.spent);
        (a_second / RENEWAL_DIVISOR).min(self.size(terms))
    }

    fn over_until(self, asked_at: UnixNanos) -> UnixNanos {
        let begin = UnixNanos::from_seconds(self.second);
        let doubtful = self.granted == 0 && asked_at.since(begin) < CLOCK_SKEW_MAX_NANOS;
        begin.plus(if doubtful { CLOCK_SKEW_MAX_NANOS } else { NANOS_PER_SECOND })
    }

    fn is_over(self, now: UnixNanos) -> bool {
        match self.standing {
            Standing::Over { until } => now < until,
            Standing::Room { remaining } => remaining == 0 && self.left() == 0,
            Standing::Unknown { .. } => false,
        }
    }

    /// Whether it is hardly in doubt that there is room: others may be asking too.
    fn is_calm(self, terms: Terms) -> bool {
        match self.standing {
            Standing::Unknown { calm } => calm,
            Standing::Room { remaining } => {
                remaining >= terms.lease_max().saturating_mul(terms.rule.replicas.get())
            }
            Standing::Over { .. } => false,
        }
    }

    /// Whether a key of the tenant was blocked since this one's blocks were looked at: it may
    /// be this one.
    fn must_look(self, moment: Moment) -> bool {
        moment.blocks.is_some_and(|blocks| blocks != self.blocks_seen && blocks > 0)
    }

    fn left(self) -> u32 {
        self.granted.saturating_sub(self.spent)
    }

    fn debt(self) -> u32 {
        self.spent.saturating_sub(self.granted)
    }

    /// The bytes kept in shared state.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let (tag, value) = match self.standing {
            Standing::Unknown { calm: false } => (0, 0),
            Standing::Unknown { calm: true } => (1, 0),
            Standing::Room { remaining } => (2, u64::from(remaining)),
            Standing::Over { until } => (3, until.0),
        };
        let mut bytes = [0; Self::BYTES];
        let fields = [
            &self.second.to_be_bytes()[..],
            &self.granted.to_be_bytes(),
            &self.spent.to_be_bytes(),
            &self.spent_before.to_be_bytes(),
            &[tag | if self.alone { ALONE } else { 0 }],
            &value.to_be_bytes(),
            &self.asking_until.0.to_be_bytes(),
            &self.blocks_seen.to_be_bytes(),
        ];
        let source = fields.into_iter().flatten();
        bytes.iter_mut().zip(source).for_each(|(byte, from)| *byte = *from);
        bytes
    }

    /// The reverse of [`Self::to_bytes`]; a key that was never counted where they are too few.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::read(bytes).unwrap_or_default()
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let (second, granted) = (u64::from_be_bytes(take(bytes)?), u32::from_be_bytes(take(bytes)?));
        let (spent, spent_before) = (u32::from_be_bytes(take(bytes)?), u32::from_be_bytes(take(bytes)?));
        let [tag] = take(bytes)?;
        let lease = Self {
            second,
            granted,
            spent,
            spent_before,
            alone: tag & ALONE != 0,
            standing: standing(tag & !ALONE, u64::from_be_bytes(take(bytes)?)),
            asking_until: UnixNanos(u64::from_be_bytes(take(bytes)?)),
            blocks_seen: u32::from_be_bytes(take(bytes)?),
        };
        Some(lease)
    }
}

/// Set in the tag of the standing.
const ALONE: u8 = 0x80;

fn standing(tag: u8, value: u64) -> Standing {
    match tag {
        0 => Standing::Unknown { calm: false },
        2 => Standing::Room { remaining: u32::try_from(value).unwrap_or(u32::MAX) },
        3 => Standing::Over { until: UnixNanos(value) },
        _ => Standing::Unknown { calm: true },
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
