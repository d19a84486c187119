//! A word before a number, and what stands around it.

use super::super::eight;
use super::super::lexicon::{Lexicon, Sense};
use super::super::view::View;
use super::{CONTEXT_BYTES_MAX, is_hump, is_letter};

/// How far before a word the one before it is looked for. A number may start
/// a sign before the last one that was asked about.
const BEFORE_BYTES_MAX: usize = CONTEXT_BYTES_MAX + 16;
/// Digits from which on a run of them is a number of its own.
const NUMBER_DIGITS_MIN: usize = 5;
/// Names of HTML elements that only part a label from its value.
const ELEMENTS: [&[u8]; 15] = [
    b"b", b"br", b"dd", b"div", b"dt", b"em", b"i", b"label", b"li", b"p", b"span", b"strong", b"td", b"th",
    b"tr",
];
/// Longest of these names.
const ELEMENT_BYTES_MAX: usize = 6;
/// Letters that stand for telephone, mobile, phone and fax at the head of a
/// line or field.
pub(super) const INITIALS: [&[u8]; 4] = [b"T", b"M", b"P", b"F"];

/// Letters, and what stands before them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    pub(super) end: usize,
    pub(super) length: usize,
    /// Where the word before it ends, 0 if there is none near.
    pub(super) before: usize,
    /// What stands between the two.
    pub(super) gap: Gap,
    sense: Option<Sense>,
    spelling: Spelling,
    /// The two bytes right before it, 0 where none is seen.
    signs: [u8; 2],
}

/// Words whose place says more than their sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Spelling {
    #[default]
    Other,
    Id,
    Text,
    Http,
    /// One of [`INITIALS`].
    Initial,
    /// One of [`ELEMENTS`].
    Element,
}

/// What stands between two words, or a word and a number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gap {
    /// How often a line ends in it, at most twice.
    pub(super) line_ends: u8,
    /// Digits enough for a number of its own.
    pub(super) numbers: bool,
    /// Its first byte, 0 where it is empty or is all of a number.
    pub(super) stop: u8,
    /// A digit stands right behind that.
    digit_second: bool,
    /// Digits of its own follow the word, and the sign that ends a field: `build 42, `.
    pub(super) has_field: bool,
}

impl Word {
    pub(super) fn read(lexicon: &Lexicon, view: &View, end: usize) -> Word {
        let mut head = view.slice(end.saturating_sub(CONTEXT_BYTES_MAX), end);
        let mut length = 0usize;
        let mut behind = 0u8;
        while let [before @ .., byte] = head {
            if !is_letter(*byte) || is_hump(*byte, behind) {
                break;
            }
            (head, behind) = (before, *byte);
            length = length.saturating_add(1);
        }
        let start = end.saturating_sub(length);
        // Mostly one sign stands between two words.
        let (before, gap) = match *head {
            [.., letter, sign] if is_letter(letter) && !is_letter(sign) => {
                (start.saturating_sub(1), Gap::of_sign(sign))
            }
            _ => match last_letter_end(view, start.saturating_sub(BEFORE_BYTES_MAX), start) {
                Some(before) => (before, Gap::between(view, before, start)),
                None => (0, Gap::default()),
            },
        };
        let signs = [view.byte_before(start.saturating_sub(1)), view.byte_before(start)];
        let mut word = Word { end, length, before, gap, signs, ..Word::default() };
        word.look_up(lexicon, view);
        word
    }

    fn look_up(&mut self, lexicon: &Lexicon, view: &View) {
        let letters = view.slice(self.end.saturating_sub(self.length), self.end);
        self.sense = lexicon.sense(letters);
        self.spelling = match letters {
            b"id" => Spelling::Id,
            b"text" => Spelling::Text,
            b"HTTP" => Spelling::Http,
            _ if INITIALS.contains(&letters) => Spelling::Initial,
            _ if letters.len() <= ELEMENT_BYTES_MAX && ELEMENTS.contains(&letters) => Spelling::Element,
            _ => Spelling::Other,
        };
    }

    /// The word as it looks to somebody who sees nothing before `window`.
    pub(super) fn seen_from(mut self, lexicon: &Lexicon, view: &View, window: usize) -> Word {
        let room = self.end.saturating_sub(window);
        if self.length > room {
            self.length = room;
            self.look_up(lexicon, view);
        }
        let [far, near] = &mut self.signs;
        match room.saturating_sub(self.length) {
            0 => (*far, *near) = (0, 0),
            1 => *far = 0,
            _ => {}
        }
        self
    }

    /// What it says, with `gap` right behind it and `line_ends` between it and
    /// the number. The text starts where words are seen if it is seen `from_start`.
    pub(super) fn sense(&self, gap: Gap, line_ends: u8, from_start: bool) -> Option<Sense> {
        let heads_field =
            || line_ends == 0 && (heads_field(self.signs) || (from_start && self.length == self.end));
        match (self.spelling, gap.stop) {
            (Spelling::Element, b'>') if matches!(self.signs, [_, b'<' | b'/']) => Some(Sense::Link),
            (Spelling::Initial, b' ' | b':' | b'.') if heads_field() => Some(Sense::Phone),
            // The line of a request, before the status and the bytes sent.
            (Spelling::Http, b'/') => Some(Sense::Other),
            // The last label of a host name: `example.no`.
            (_, stop) if self.is_dotted() && !matches!(stop, b'.' | b':') => None,
            // The name of a product, with its version behind it: `Mobile/15E148`.
            (_, b'/') if gap.digit_second => None,
            // One of several names on the line above: the head of a table.
            _ if line_ends > 0 && self.follows_field() => None,
            // A name of anything, unless it asks to be sent one.
            (Spelling::Text, stop) if stop != b' ' => None,
            // Latin `... id.` at the end of a sentence.
            (Spelling::Id, b'.') => None,
            // Portuguese `no`, "on the"; the abbreviation has a sign behind it,
            // or before it, `order_no`.
            (_, b' ') if self.sense == Some(Sense::NumberSign) && !matches!(self.signs, [_, b'_']) => {
                Some(Sense::Link)
            }
            _ => self.sense,
        }
    }

    /// Whether it is the end of an XML element that is no label, `</order>`.
    pub(super) fn closes(&self, gap: Gap) -> bool {
        gap.stop == b'>' && self.signs == *b"</" && self.spelling != Spelling::Element
    }

    /// Whether it stands behind a dot and a letter or digit.
    fn is_dotted(&self) -> bool {
        matches!(self.signs, [before, b'.'] if before.is_ascii_alphanumeric())
    }

    /// Whether it stands behind the sign that ends a field.
    fn follows_field(&self) -> bool {
        let [far, near] = self.signs;
        ends_field(near) || (matches!(near, b' ' | b'"' | b'_') && ends_field(far))
    }
}

/// Whether a word behind these two bytes is the first of its line, or of a
/// field that a bar parts from others.
pub(super) fn heads_field(signs: [u8; 2]) -> bool {
    matches!(signs, [_, b'|' | b'\n'] | [b'|' | b'\n', b' '])
}

fn ends_field(sign: u8) -> bool {
    matches!(sign, b',' | b';' | b'|' | b'\t')
}

impl Gap {
    fn of_sign(sign: u8) -> Gap {
        Gap { line_ends: u8::from(sign == b'\n'), stop: sign, ..Gap::default() }
    }

    pub(super) fn between(view: &View, start: usize, end: usize) -> Gap {
        let bytes = view.slice(start, end);
        match bytes {
            [] => return Gap::default(),
            [sign] if !sign.is_ascii_digit() => return Gap::of_sign(*sign),
            _ => {}
        }
        let (eights, rest) = bytes.as_chunks::<8>();
        let mut line_ends = rest.iter().filter(|byte| **byte == b'\n').count();
        let mut digits = rest.iter().filter(|byte| byte.is_ascii_digit()).count();
        for bytes in eights {
            let bytes = u64::from_le_bytes(*bytes);
            line_ends = line_ends.saturating_add(eight::count(eight::equal(bytes, b'\n')));
            digits = digits.saturating_add(eight::count(eight::digits(bytes)));
        }
        let numbers = digits >= NUMBER_DIGITS_MIN;
        let head = if numbers { before_numbers(bytes) } else { bytes };
        Gap {
            line_ends: u8::try_from(line_ends.min(2)).unwrap_or(2),
            numbers,
            stop: head.first().copied().unwrap_or(0),
            digit_second: head.get(1).is_some_and(u8::is_ascii_digit),
            has_field: digits > 0 && has_field(head),
        }
    }
}

/// Whether a digit stands there, and a sign that ends a field behind it.
fn has_field(gap: &[u8]) -> bool {
    let mut from_digit = gap.iter().skip_while(|byte| !byte.is_ascii_digit());
    from_digit.any(|byte| ends_field(*byte))
}

/// What stands in a gap before its first number. Five digits from the end of
/// the gap on make one, with all that touch the fifth.
fn before_numbers(gap: &[u8]) -> &[u8] {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    // Mostly the first digits are those of a number.
    let first = gap.iter().position(is_digit).unwrap_or(gap.len());
    let (before, rest) = gap.split_at_checked(first).unwrap_or((gap, &[]));
    if rest.iter().take(NUMBER_DIGITS_MIN).filter(|byte| is_digit(byte)).count() == NUMBER_DIGITS_MIN {
        return before;
    }
    let (mut head, mut rest, mut digits) = (gap, gap, 0usize);
    while let [before @ .., byte] = rest {
        rest = before;
        if !byte.is_ascii_digit() {
            continue;
        }
        digits = digits.saturating_add(1);
        if digits == NUMBER_DIGITS_MIN {
            while let [before @ .., b'0'..=b'9'] = rest {
                rest = before;
            }
            (head, digits) = (rest, 0);
        }
    }
    head
}

/// Behind the last letter from `from` to `to`.
pub(super) fn last_letter_end(view: &View, from: usize, to: usize) -> Option<usize> {
    let (rest, eights) = view.slice(from, to).as_rchunks::<8>();
    let mut end = to;
    for bytes in eights.iter().rev() {
        let letters = eight::letters(u64::from_le_bytes(*bytes));
        if letters != 0 {
            return Some(end.saturating_sub(8).saturating_add(eight::behind_last(letters)));
        }
        end = end.saturating_sub(8);
    }
    rest.iter().rposition(|byte| is_letter(*byte)).map(|at| from.saturating_add(at).saturating_add(1))
}
