//! The one pass over a text.

use super::chars::digit;
use super::number::{self, Run};
use super::phone::{self, Site};
use super::trigger::Triggers;
use super::view::{View, is_continuation};
use super::{Entity, EntityKind, LINE_BYTES_MAX, Scanner, card, email, url};

/// Bytes at the end of open text in which a number may have begun before its
/// first digit: two signs of up to three bytes, and a part of a third.
const PREFIX_BYTES_MAX: usize = 8;
/// Bytes of a full-width character.
const FULL_WIDTH_BYTES: usize = 3;
/// Digits passed over at once behind a place where no number can start.
const SKIP_BYTES_MAX: usize = 64;

/// One text, being scanned.
pub(super) struct Pass<'a> {
    scanner: &'a Scanner,
    text: &'a str,
    open: bool,
}

/// What a look at a trigger came to.
struct Look {
    /// The first byte that the decision is about: where an entity around the
    /// trigger starts or would start, with the bracket it stands in.
    origin: usize,
    /// Where the entity starts.
    start: usize,
    /// Where it ends; where the search goes on.
    end: usize,
    /// `None` where there is no entity.
    kind: Option<EntityKind>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(scanner: &'a Scanner, text: &'a str, open: bool) -> Self {
        Pass { scanner, text, open }
    }

    /// Appends what is found from `from` on; how far the text is settled.
    pub(super) fn run(&self, from: usize, out: &mut Vec<Entity>) -> usize {
        if self.scanner.custom.is_empty() {
            let view = View::new(self.text, self.open);
            let limit = if self.open { tail_start(&view, from) } else { view.len() };
            return self.built_in(&view, from, limit, out);
        }
        let mut from = from;
        while from < self.text.len() {
            let Some(end) = self.line_end(from) else {
                return from;
            };
            self.line(from, end, out);
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
    fn line(&self, from: usize, end: usize, out: &mut Vec<Entity>) {
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
        self.built_in(&view, from, end, out);
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

    /// The built-in recognizers from `from` on. Text is settled up to `limit`
    /// at most, and up to the first decision that needs more text.
    fn built_in(&self, outer: &View, from: usize, limit: usize, out: &mut Vec<Entity>) -> usize {
        let mut triggers = Triggers::new(self.text.as_bytes());
        // The URL that the search is in, as its end and a view that ends there.
        let mut in_url: Option<(usize, View)> = None;
        // No personal entity starts before here.
        let mut floor = from;
        let mut at = from;
        while let Some(trigger) = triggers.next(at) {
            if trigger >= limit {
                break;
            }
            if let Some(end) = in_url.as_ref().map(|(end, _)| *end).filter(|end| trigger >= *end) {
                in_url = None;
                floor = floor.max(end);
            }
            let view = in_url.as_ref().map_or(outer, |(_, view)| view);
            view.rest();
            let look = self.look(view, trigger, floor, in_url.is_some());
            if view.undecided() || look.end > limit {
                return look.origin.max(floor).min(limit);
            }
            at = look.end;
            if let Some(kind) = look.kind {
                out.push(Entity { kind, start: look.start, end: look.end });
                floor = look.end;
                if kind == EntityKind::Url {
                    in_url = Some((look.end, outer.closed_at(look.end)));
                    floor = look.start;
                    at = trigger.saturating_add(1);
                }
            }
        }
        limit
    }

    /// Looks at the trigger that stands at `at`. An entity may not start
    /// before `floor`.
    fn look(&self, view: &View, at: usize, floor: usize, in_url: bool) -> Look {
        let wants = |kind| self.scanner.kinds.contains(kind);
        let none = Look { origin: at, start: at, end: at.saturating_add(1), kind: None };
        let (kind, start, end) = match view.byte(at) {
            b'@' if wants(EntityKind::Email) && email::may_be(view, at) => {
                let start = email::local_start(view, at);
                let end = start.and_then(|start| email::end(view, start, at));
                (EntityKind::Email, start, end)
            }
            b':' if wants(EntityKind::Url) && !in_url => {
                let start = url::scheme_start(view, at);
                let end = start.and_then(|start| url::end_with_scheme(view, start, at));
                (EntityKind::Url, start, end)
            }
            b'w' | b'W' if wants(EntityKind::Url) && !in_url => {
                (EntityKind::Url, Some(at), url::end_with_www(view, at))
            }
            b'0'..=b'9' | 0xef => return self.number(view, at, floor, in_url),
            _ => return none,
        };
        let start = start.unwrap_or(at);
        match end {
            Some(end) if start >= floor => Look { origin: start, start, end, kind: Some(kind) },
            _ => Look { origin: start, ..none },
        }
    }

    /// Looks at the number whose first digit may stand at `at`.
    fn number(&self, view: &View, at: usize, floor: usize, in_url: bool) -> Look {
        let past = |origin, end| Look { origin, start: at, end, kind: None };
        if view.byte(at) == 0xef && digit(view.char_at(at).0).is_none() {
            return past(at, at.saturating_add(FULL_WIDTH_BYTES));
        }
        let digits_end = digits_end(view, at);
        let before = view.byte_before(at);
        let joint = matches!(before, b'.' | b'-' | b'/' | b':');
        if before.is_ascii_alphanumeric()
            || (joint && view.byte_before(at.saturating_sub(1)).is_ascii_digit())
        {
            return past(at, digits_end);
        }
        // A column of numbers, the most there can be of them.
        if before == b' ' && number::continues(view, at, digits_end) {
            return past(at, digits_end);
        }
        let prefix = number::prefix(view, at);
        let origin = prefix.start;
        // Most numbers of a text are short and alone: `2`, `2024.`
        let short = digits_end.saturating_sub(at) < phone::PHONE_DIGITS_MIN;
        if (short && !number::may_go_on(view, digits_end))
            || origin < floor
            || !number::may_start(view, &prefix, at, digits_end)
            || (!prefix.plus && number::continues(view, origin, digits_end))
        {
            return past(origin, digits_end);
        }
        let past = past(origin, digits_end);
        let free = prefix.plus || prefix.bracket || matches!(view.byte(at), b'0' | 0xef);
        let shapes = &self.scanner.shapes;
        let Some(run) = Run::read(view, at, prefix.bracket, |a, b| {
            free || shapes.may_start(a, b) || card::may_start(a, b)
        }) else {
            return past;
        };
        if self.scanner.kinds.contains(EntityKind::CreditCard)
            && !prefix.plus
            && let Some(end) = card::end(view, at, &run, &self.scanner.lexicon)
        {
            return Look { origin, start: at, end, kind: Some(EntityKind::CreditCard) };
        }
        if !self.scanner.kinds.contains(EntityKind::Phone) {
            return past;
        }
        let site = Site { view, run: &run, prefix, first: at, in_url };
        match phone::at(&site, shapes, &self.scanner.lexicon) {
            Some(range) => Look { origin, start: range.start, end: range.end, kind: Some(EntityKind::Phone) },
            None => past,
        }
    }
}

/// Where the digits that start at `at` end, or some of many do.
fn digits_end(view: &View, at: usize) -> usize {
    let mut end = at;
    while end.saturating_sub(at) < SKIP_BYTES_MAX {
        let byte = view.byte(end);
        if byte.is_ascii_digit() {
            end = end.saturating_add(1);
        } else if byte == 0xef && digit(view.char_at(end).0).is_some() {
            end = end.saturating_add(FULL_WIDTH_BYTES);
        } else {
            break;
        }
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
