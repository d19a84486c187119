//! The one pass over a text.

use super::chars::digit;
use super::context;
use super::eight;
use super::number::{self, FULL_WIDTH_LEAD, Run};
use super::phone::{self, Site};
use super::shapes::Shapes;
use super::trigger::Triggers;
use super::view::{View, is_continuation};
use super::{Entity, EntityKind, LINE_BYTES_MAX, Scanner, card, email, host, url};
use std::ops::Range;

/// Bytes at the end of open text in which a number may have begun before its
/// first digit: two signs of up to three bytes, and a part of a third.
const PREFIX_BYTES_MAX: usize = 8;
/// Bytes of a full-width character.
const FULL_WIDTH_BYTES: usize = 3;
/// Digits passed over at once behind a place where no number can start.
const SKIP_BYTES_MAX: usize = 64;
/// Groups of a chain of single digits in brackets that are looked at at once.
const CHAIN_GROUPS_MAX: usize = 64;
/// Bytes of one of them, `1)(`.
const CHAIN_LINK_BYTES: usize = 3;
// With a calling code in brackets, which is 1 or 7 where it has one digit, a
// number has more digits than such groups.
const _: () = assert!(number::RUN_GROUPS_MAX < 11);

/// One text, being scanned.
pub(super) struct Pass<'a> {
    scanner: &'a Scanner,
    text: &'a str,
    open: bool,
}

/// What was read for earlier triggers and may serve a later one.
#[derive(Default)]
struct Memory {
    run: Run,
    context: context::Memory,
    /// The labels behind the last `www.`.
    chain: host::Chain,
}

/// What a look at a trigger came to.
enum Look {
    Found(Entity),
    /// Nothing; the search goes on at this byte.
    Past(usize),
}

impl<'a> Pass<'a> {
    pub(super) fn new(scanner: &'a Scanner, text: &'a str, open: bool) -> Self {
        Pass { scanner, text, open }
    }

    /// Appends what is found from `from` on; how far the text is settled.
    pub(super) fn run(&self, from: usize, out: &mut Vec<Entity>) -> usize {
        let mut memory = Memory::default();
        if self.scanner.custom.is_empty() {
            let view = View::new(self.text, self.open);
            let limit = if self.open { tail_start(&view, from) } else { view.len() };
            return self.built_in(&view, from..limit, &mut memory, out);
        }
        let mut from = from;
        while from < self.text.len() {
            let Some(end) = self.line_end(from) else {
                return from;
            };
            self.line(from, end, &mut memory, out);
            from = end;
        }
        from
    }

    /// Where the line that starts at `from` ends, `None` where more text could
    /// move the end.
    fn line_end(&self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..).unwrap_or("");
        let mut limit = rest.len().min(LINE_BYTES_MAX);
        while !rest.is_char_boundary(limit) {
            limit = limit.saturating_sub(1);
        }
        let line = rest.as_bytes().get(..limit).unwrap_or(&[]);
        if let Some(at) = memchr::memchr(b'\n', line) {
            return Some(from.saturating_add(at).saturating_add(1));
        }
        if rest.len() < LINE_BYTES_MAX {
            return (!self.open).then_some(self.text.len());
        }
        // Too long. A number that the cut would part is not recognized, so
        // the cut avoids digits.
        let is_digit = |at: usize| line.get(at).is_some_and(u8::is_ascii_digit);
        let blank = (LINE_BYTES_MAX / 2..limit.saturating_sub(1)).rev().find(|&at| {
            line.get(at) == Some(&b' ') && !is_digit(at.saturating_sub(1)) && !is_digit(at.saturating_add(1))
        });
        let length = blank.map_or(limit, |at| at.saturating_add(1));
        Some(from.saturating_add(length))
    }

    /// Scans the line from `from` to `end`, custom patterns first.
    fn line(&self, from: usize, end: usize, memory: &mut Memory, out: &mut Vec<Entity>) {
        let line = self.text.get(from..end).unwrap_or("");
        let mut custom = Vec::new();
        for (index, pattern) in (0u8..).zip(&self.scanner.custom) {
            pattern.each_match(line, from, |start, end| {
                custom.push(Entity { kind: EntityKind::Custom(index), start, end });
            });
        }
        // Stable: of those that start together the first configured is first.
        custom.sort_by_key(|entity| entity.start);
        let mut behind = 0;
        custom.retain(|entity| {
            let free = entity.start >= behind;
            if free {
                behind = entity.end;
            }
            free
        });
        let first = out.len();
        let view = View::new(self.text, false).closed_at(end);
        self.built_in(&view, from..end, memory, out);
        if custom.is_empty() {
            return;
        }
        let overlaps = |found: &Entity| {
            let next = custom.partition_point(|custom| custom.end <= found.start);
            custom.get(next).is_some_and(|custom| custom.start < found.end)
        };
        let kept: Vec<Entity> =
            out.drain(first..).filter(|found| found.kind == EntityKind::Url || !overlaps(found)).collect();
        out.extend(kept);
        out.extend(custom);
        if let Some(line) = out.get_mut(first..) {
            line.sort_by_key(|entity| (entity.start, entity.kind));
        }
    }

    /// The built-in recognizers in a stretch. Text is settled up to its end at
    /// most, and up to the first decision that needs more text.
    fn built_in(
        &self,
        outer: &View,
        stretch: Range<usize>,
        memory: &mut Memory,
        out: &mut Vec<Entity>,
    ) -> usize {
        let Range { start: from, end: limit } = stretch;
        let mut triggers = Triggers::new(self.text.as_bytes());
        // What recognizers see: all, or the URL that the search is in.
        let mut view = outer.clone();
        let (mut in_url, mut url_end) = (false, 0);
        // No personal entity starts before here.
        let mut floor = from;
        let mut at = from;
        while let Some(trigger) = triggers.next(at) {
            if trigger >= limit {
                break;
            }
            if in_url && trigger >= url_end {
                in_url = false;
                view = outer.clone();
                floor = floor.max(url_end);
            }
            view.rest();
            let look = self.look(&view, trigger, floor, in_url, memory);
            let end = match look {
                Look::Found(entity) => entity.end,
                Look::Past(end) => end,
            };
            if view.undecided() || end > limit {
                return origin(&view, trigger).max(floor).min(limit);
            }
            at = end;
            if let Look::Found(entity) = look {
                out.push(entity);
                floor = end;
                if entity.kind == EntityKind::Url {
                    (in_url, url_end) = (true, end);
                    view = outer.closed_at(end);
                    floor = entity.start;
                    at = trigger.saturating_add(1);
                }
            }
        }
        limit
    }

    /// Looks at the trigger that stands at `at`. An entity may not start
    /// before `floor`.
    #[inline]
    fn look(&self, view: &View, at: usize, floor: usize, in_url: bool, memory: &mut Memory) -> Look {
        let wants = |kind| self.scanner.kinds.contains(kind);
        let (kind, found) = match view.byte(at) {
            b'0'..=b'9' | 0xef => return self.number(view, at, floor, in_url, memory),
            b'@' if wants(EntityKind::Email) => (EntityKind::Email, email::around(view, at)),
            b':' if wants(EntityKind::Url) && !in_url => (EntityKind::Url, url::with_scheme(view, at)),
            b'w' | b'W' if wants(EntityKind::Url) && !in_url => {
                match url::with_www(view, at, &mut memory.chain) {
                    // No word starts inside a word.
                    None => return Look::Past(url::behind_www(view, at)),
                    found => (EntityKind::Url, found),
                }
            }
            _ => return Look::Past(at.saturating_add(1)),
        };
        match found {
            Some(Range { start, end }) if start >= floor => Look::Found(Entity { kind, start, end }),
            _ => Look::Past(at.saturating_add(1)),
        }
    }

    /// Whether no number can start with the few digits that stand here, by a
    /// glance at how many there are and how many follow.
    fn is_nothing(
        &self,
        view: &View,
        digits: Range<usize>,
        prefix: number::Prefix,
        in_url: bool,
        memory: &mut context::Memory,
    ) -> bool {
        let Range { start: at, end } = digits;
        let code = prefix.bracket && view.byte(end) == b')';
        let free = prefix.plus || code || matches!(view.byte(at), b'0' | FULL_WIDTH_LEAD);
        // Where a bracket of another width stands, a glance would not know where it starts.
        let bracket = view.byte_before(at) == b'(';
        if prefix.bracket != bracket {
            return false;
        }
        let start = number::Start { at, bracket, free };
        match number::glance(view, start, &self.scanner.shapes) {
            number::Glance::Nothing => true,
            number::Glance::Weak(end) => {
                phone::nothing_speaks(view, at..end, bracket, in_url, &self.scanner.lexicon, memory)
            }
            number::Glance::Unknown => false,
        }
    }

    /// Whether digits that stand alone are surely nothing.
    #[inline]
    fn is_none(&self, view: &View, digits: Range<usize>, in_url: bool, memory: &mut Memory) -> bool {
        let (shapes, lexicon) = (&self.scanner.shapes, &self.scanner.lexicon);
        let length = digits.len();
        length < phone::PHONE_DIGITS_MIN
            || (!(card::CARD_DIGITS_MIN..=card::CARD_DIGITS_MAX).contains(&length)
                && view.slice(digits.start, digits.end).is_ascii()
                && phone::is_none(view, digits, in_url, shapes, lexicon, &mut memory.context))
    }

    /// Looks at the number whose first digit may stand at `at`.
    fn number(&self, view: &View, at: usize, floor: usize, in_url: bool, memory: &mut Memory) -> Look {
        let first = view.byte(at);
        if first == 0xef && digit(view.char_at(at).0).is_none() {
            return Look::Past(at.saturating_add(FULL_WIDTH_BYTES));
        }
        let digits_end = digits_end(view, at);
        let past = Look::Past(digits_end);
        let before = view.byte_before(at);
        let joint = matches!(before, b'.' | b'-' | b'/' | b':');
        if before.is_ascii_alphanumeric()
            || (joint && view.byte_before(at.saturating_sub(1)).is_ascii_digit())
        {
            return Look::Past(number::joint_end(view, digits_end));
        }
        let next = view.byte(digits_end);
        let alone = number::is_alone(before, next);
        if alone && self.is_none(view, at..digits_end, in_url, memory) {
            return past;
        }
        // Most numbers of a text are short and alone: `2`, `2024.`, `1)`.
        let short = digits_end.saturating_sub(at) < phone::PHONE_DIGITS_MIN;
        let unsigned = !matches!(before, b'(' | b'+' | 0x80..);
        if short
            && ((next == b')' && unsigned)
                || (before == b',' && number::is_thousands(view, at, digits_end))
                || !number::may_go_on(view, digits_end))
        {
            return Look::Past(number::joint_end(view, digits_end));
        }
        // A column of numbers, the most there can be of them.
        if before == b' ' && number::continues(view, at, digits_end) {
            return Look::Past(column_end(view, at, digits_end));
        }
        let prefix = number::prefix(view, at);
        let shapes = &self.scanner.shapes;
        if before == b'(' && !prefix.plus {
            let end = bracket_chain_end(view, at, shapes);
            if end > at {
                return Look::Past(end);
            }
        }
        let joined = || before != b' ' && !prefix.plus && number::continues(view, prefix.start, digits_end);
        // `1)`: the digits stand alone if nothing was opened.
        if prefix.start < floor
            || (short && !prefix.bracket && view.byte(digits_end) == b')')
            || !number::may_start(view, &prefix, at, digits_end)
            || joined()
        {
            return past;
        }
        if short && self.is_nothing(view, at..digits_end, prefix, in_url, &mut memory.context) {
            return Look::Past(number::joint_end(view, digits_end));
        }
        // What may be read in other ways than by its groups: a calling code in
        // brackets or behind its prefix, a trunk prefix.
        let code = prefix.bracket && matches!(view.byte(digits_end), b')' | 0x80..);
        let free = prefix.plus || code || matches!(first, b'0' | 0xef);
        let Memory { run, context, .. } = memory;
        let mut node = Some(0);
        let readable = run.read(view, at, prefix.bracket, |sizes| {
            node = sizes.last().and_then(|size| shapes.step(node?, *size));
            free || node.is_some() || card::may_start(sizes)
        });
        if !readable || run.digit_count(run.groups().len()) < phone::PHONE_DIGITS_MIN {
            return past;
        }
        if self.scanner.kinds.contains(EntityKind::CreditCard)
            && !prefix.plus
            && let Some(end) = card::end(view, at, run, &self.scanner.lexicon, context)
        {
            return Look::Found(Entity { kind: EntityKind::CreditCard, start: at, end });
        }
        if !self.scanner.kinds.contains(EntityKind::Phone) {
            return past;
        }
        let site = Site { view, run, prefix, first: at, in_url, heard: alone || short };
        match phone::at(&site, shapes, &self.scanner.lexicon, context) {
            Some(Range { start, end }) => Look::Found(Entity { kind: EntityKind::Phone, start, end }),
            None => past,
        }
    }
}

/// The first byte that a decision about the trigger at `at` is about: where an
/// entity around it starts or would start, with the bracket it stands in.
#[cold]
fn origin(view: &View, at: usize) -> usize {
    let start = match view.byte(at) {
        b'@' => email::local_start(view, at),
        b':' => url::scheme_start(view, at),
        b'0'..=b'9' | 0xef => Some(number::prefix(view, at).start),
        _ => None,
    };
    start.unwrap_or(at)
}

/// Where the digits that start at `at` end, or some of many do.
#[inline]
fn digits_end(view: &View, at: usize) -> usize {
    let mut end = at;
    let second = at.saturating_add(1);
    if view.byte(at) != FULL_WIDTH_LEAD && !matches!(view.byte(second), b'0'..=b'9' | FULL_WIDTH_LEAD) {
        return second;
    }
    while end.saturating_sub(at) < SKIP_BYTES_MAX {
        let width = match view.eight(end).map(eight::leading_digits) {
            Some(digits @ 1..) => digits,
            _ if view.byte(end).is_ascii_digit() => 1,
            _ if view.byte(end) == FULL_WIDTH_LEAD && digit(view.char_at(end).0).is_some() => {
                FULL_WIDTH_BYTES
            }
            _ => break,
        };
        end = end.saturating_add(width);
        let next = view.byte(end);
        if !next.is_ascii_digit() && next != FULL_WIDTH_LEAD {
            break;
        }
    }
    end
}

/// Where the first digit stands, of a chain of single digits in brackets that
/// starts at `at`, with which a number may start: `(1)(1)(1)`. As many groups
/// as a number can have have too few digits in all, so only the last ones can
/// be the head of something else. `at` where that is the first one.
fn bracket_chain_end(view: &View, at: usize, shapes: &Shapes) -> usize {
    let mut groups = 0usize;
    let mut end = at;
    while groups < CHAIN_GROUPS_MAX
        && matches!(view.byte(end), b'1'..=b'9')
        && view.byte(end.saturating_add(1)) == b')'
        && view.byte(end.saturating_add(2)) == b'('
    {
        groups = groups.saturating_add(1);
        end = end.saturating_add(CHAIN_LINK_BYTES);
    }
    let free = groups.saturating_sub(number::RUN_GROUPS_MAX.saturating_sub(1));
    if free == 0 || shapes.may_start(&[1, 1]) {
        return at;
    }
    at.saturating_add(free.saturating_mul(CHAIN_LINK_BYTES))
}

/// Where the last number starts of a column, numbers with one blank between
/// them, of which one stands from `at` to `end` that digits follow and precede;
/// or that of one further up, in a long column.
fn column_end(view: &View, at: usize, end: usize) -> usize {
    let mut end = end;
    while end.saturating_sub(at) < SKIP_BYTES_MAX {
        let mut next = end.saturating_add(1);
        while view.byte(next).is_ascii_digit() && next.saturating_sub(at) < SKIP_BYTES_MAX {
            next = next.saturating_add(1);
        }
        let goes_on = view.byte(next) == b' ' && view.byte(next.saturating_add(1)).is_ascii_digit();
        if view.byte(end) != b' ' || !goes_on {
            break;
        }
        end = next;
    }
    end
}

/// Where in open text something may have begun whose trigger has not come yet:
/// the last word, if it may be a local part or a scheme, and a few bytes for
/// the sign before a number. Before that place every trigger has been seen.
fn tail_start(view: &View, from: usize) -> usize {
    let mut at = view.len().saturating_sub(PREFIX_BYTES_MAX).max(from);
    let lowest = at.saturating_sub(email::LOCAL_BYTES_MAX).max(from);
    while at > lowest && email::is_local(view.byte_before(at)) {
        at = at.saturating_sub(1);
    }
    while at > from && is_continuation(view.byte(at)) {
        at = at.saturating_sub(1);
    }
    // Nothing that begins before a line feed goes on behind it.
    let line = memchr::memrchr(b'\n', view.slice(0, view.len())).map_or(0, |feed| feed.saturating_add(1));
    number::prefix(view, at).start.max(from).max(line)
}
