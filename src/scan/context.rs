//! What the words beside a number say about it.
//!
//! `tel`, `call me on`, `"mobile":` speak for a phone number; `order`, `id`,
//! `invoice no.` right before it against one. Names like `phoneNumber` and
//! `order_id` are read piece by piece. A word does not reach over another
//! number, unless nothing but `or` and the like stands between.

use super::lexicon::{Lexicon, Sense};
use super::view::View;

/// How far back words are read, in bytes.
pub(super) const CONTEXT_BYTES_MAX: usize = 80;
/// How many words are read.
const WORDS_MAX: usize = 9;
/// Behind as many words, one that announces a number is not near any more.
const NEAR_WORDS_MAX: usize = 3;
/// How far behind a number the word after it may start, in bytes.
const GAP_BYTES_MAX: usize = 3;
/// Longest word after a number that is read, in bytes.
const AFTER_BYTES_MAX: usize = 24;
/// Longest word that is taken for an abbreviation where a full stop follows.
const ABBREVIATION_BYTES_MAX: usize = 5;
/// Names of HTML elements that only part a label from its value.
const ELEMENTS: [&[u8]; 15] = [
    b"b", b"br", b"dd", b"div", b"dt", b"em", b"i", b"label", b"li", b"p", b"span", b"strong", b"td", b"th",
    b"tr",
];
/// Letters that stand for telephone, mobile, phone and fax at the head of a
/// line or field.
const INITIALS: [&[u8]; 4] = [b"T", b"M", b"P", b"F"];
/// Digits from which on a run of them is a number of its own.
const NUMBER_DIGITS_MIN: usize = 5;

/// What the words before a number say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It is a number of another kind.
    Against,
    /// Nothing.
    Silent,
    /// A word speaks for it, some way off.
    For,
    /// A word right before speaks for it.
    ForNear,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Phone,
    Card,
}

/// What the words before `at` say about a number that starts there.
pub(super) fn before(lexicon: &Lexicon, view: &View, at: usize, subject: Subject) -> Verdict {
    let window = view.slice(at.saturating_sub(CONTEXT_BYTES_MAX), at);
    // Among many numbers there often is no word at all.
    if !has_letters(window) {
        return Verdict::Silent;
    }
    let pieces = Pieces { window, end: window.len(), line_ends: 0 };
    // Whether only words without a meaning of their own stood behind this one.
    let mut touching = true;
    // What a touching `number` or `no` said.
    let mut number = None;
    // Whether a word without a known meaning, and a colon, stood right before.
    let mut unknown_label = false;
    // Whether a touching word named somebody who has it.
    let mut party = false;
    let mut linked = false;
    let mut only_links = true;
    let mut words = 0usize;
    for piece in pieces {
        let word = match piece {
            // Of `ids 12345678 and 23456789` both are ids; behind a comma
            // something else may begin.
            Piece::Number if only_links => {
                touching &= linked;
                continue;
            }
            Piece::Number => break,
            Piece::Token => continue,
            Piece::Word(word) => word,
        };
        words = words.saturating_add(1);
        // The end of an element belongs to what stands before it.
        if words > WORDS_MAX || word.closes {
            break;
        }
        let sense = word.sense(lexicon);
        // Behind a line end or a full stop another sentence ended; behind a
        // field of its own, the word has had its number.
        // An abbreviation is short: `ref. a 123`.
        let ended = linked || only_links && words > 1 && word.letters.len() > ABBREVIATION_BYTES_MAX;
        let apart = word.line_end || word.stop == b'.' && ended;
        touching &= (!apart || words == 1) && !word.has_field;
        linked |= sense == Some(Sense::Link) && word.letters.len() > 1;
        only_links &= sense == Some(Sense::Link);
        match (sense, subject) {
            (Some(Sense::Phone), Subject::Phone) | (Some(Sense::Card), Subject::Card) => {
                let near = words <= NEAR_WORDS_MAX;
                return if near { Verdict::ForNear } else { Verdict::For };
            }
            (Some(Sense::Other | Sense::Card | Sense::Phone), _) if touching => {
                return Verdict::Against;
            }
            (Some(Sense::Number | Sense::NumberSign), _) if touching && party => return Verdict::Against,
            (Some(Sense::Party), _) if touching && number.is_some() => return Verdict::Against,
            (Some(Sense::Number | Sense::NumberSign), _) if touching => number = number.or(sense),
            // `Číslo účtu: 123`, `Номер справи: 123`: a number of a kind, again.
            (Some(Sense::Number), Subject::Phone) if unknown_label && words == 2 && word.stop == b' ' => {
                return Verdict::Against;
            }
            (Some(Sense::Party), _) if touching => party = true,
            (Some(Sense::Link | Sense::Number | Sense::NumberSign), _) => {}
            // `Siparis No. 123`: a number of a kind that is not known here.
            _ if touching && number == Some(Sense::NumberSign) => return Verdict::Against,
            // `lucky number 123`: perhaps one, too.
            _ if touching && word.stop == b' ' => (touching, number) = (false, None),
            _ => {
                unknown_label = words == 1 && word.stop == b':';
                touching = false;
            }
        }
    }
    match number == Some(Sense::Number) && subject == Subject::Phone {
        true => Verdict::For,
        false => Verdict::Silent,
    }
}

/// What the word behind `at` says: `... office`, `...-Fax`, `... EUR`.
pub(super) fn after(lexicon: &Lexicon, view: &View, at: usize) -> Option<Sense> {
    let mut from = at;
    while from.saturating_sub(at) < GAP_BYTES_MAX {
        match view.byte(from) {
            b' ' | b'-' | b'(' => from = from.saturating_add(1),
            // The first byte of a no-break space.
            0xc2 if view.byte(from.saturating_add(1)) == 0xa0 => from = from.saturating_add(2),
            _ => break,
        }
    }
    let (first, _) = view.char_at(from);
    if from > at && matches!(first, '€' | '$' | '£' | '¥' | '₽' | '₴' | '₺' | '₹' | '%' | '°') {
        return Some(Sense::Unit);
    }
    let mut end = from;
    while is_letter(view.byte(end)) && end.saturating_sub(from) < AFTER_BYTES_MAX {
        end = end.saturating_add(1);
    }
    let word = view.slice(from, end);
    if word.is_empty() {
        return None;
    }
    match lexicon.sense(word) {
        Some(Sense::Link) | None if is_place(word) => Some(Sense::Phone),
        sense => sense,
    }
}

/// Where the text before a linking word that ends at `at` ends: of
/// `jo@example.com or ` the address.
pub(super) fn linked_word(lexicon: &Lexicon, view: &View, at: usize) -> Option<usize> {
    let is_letter_before = |at: usize| is_letter(view.byte_before(at));
    let mut start = at;
    while is_letter_before(start) && at.saturating_sub(start) < AFTER_BYTES_MAX {
        start = start.saturating_sub(1);
    }
    let linked = start < at && lexicon.sense(view.slice(start, at)) == Some(Sense::Link);
    (linked && view.byte_before(start) == b' ').then(|| start.saturating_sub(1))
}

/// Where a phone stands: `415-555-0132 work`.
fn is_place(word: &[u8]) -> bool {
    [&b"home"[..], b"work", b"office", b"desk"].iter().any(|place| word.eq_ignore_ascii_case(place))
}

enum Piece<'a> {
    Word(Word<'a>),
    /// Enough digits to be a number of its own.
    Number,
    /// Letters with digits behind them.
    Token,
}

/// Letters, and what is around them.
struct Word<'a> {
    letters: &'a [u8],
    /// The byte right behind.
    stop: u8,
    /// A line ended between this word and the number.
    line_end: bool,
    /// The last label of a host name: `example.no`.
    in_host: bool,
    /// The name of a product, with its version behind it: `Mobile/15E148`.
    versioned: bool,
    /// Digits of its own follow, and the sign that ends a field: `build 42, `.
    has_field: bool,
    /// One of several names on the line above: the head of a table.
    in_head: bool,
    /// An underscore joins it to the word before: `order_no`.
    joined: bool,
    /// The end of an XML element, `</order>`.
    closes: bool,
    /// Nothing of its line or field stands before it.
    heads_field: bool,
    /// An HTML element around a label or a value.
    is_element: bool,
}

impl Word<'_> {
    fn sense(&self, lexicon: &Lexicon) -> Option<Sense> {
        let sense = lexicon.sense(self.letters);
        match (self.letters, self.stop) {
            _ if self.is_element => Some(Sense::Link),
            (letter, b' ' | b':' | b'.') if self.heads_field && INITIALS.contains(&letter) => {
                Some(Sense::Phone)
            }
            // The line of a request, before the status and the bytes sent.
            (b"HTTP", b'/') => Some(Sense::Other),
            _ if self.in_host || self.versioned || self.in_head => None,
            // A name of anything, unless it asks to be sent one.
            (b"text", stop) if stop != b' ' => None,
            // Latin `... id.` at the end of a sentence.
            (b"id", b'.') => None,
            // Portuguese `no`, "on the"; the abbreviation has a sign behind it.
            (_, b' ') if sense == Some(Sense::NumberSign) && !self.joined => Some(Sense::Link),
            _ => sense,
        }
    }
}

/// The words and numbers of a piece of text, from its end to its start.
struct Pieces<'a> {
    window: &'a [u8],
    end: usize,
    line_ends: u32,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let mut digits = 0usize;
        // What stands behind the word.
        let mut stop = 0;
        let mut second = 0;
        let (mut field_ends, mut has_field) = (false, false);
        loop {
            let byte = self.before(self.end)?;
            if is_letter(byte) {
                break;
            }
            (stop, second) = (byte, stop);
            match byte {
                b',' | b';' | b'|' | b'\t' => field_ends = true,
                // A line speaks for itself, or for the one right below it.
                b'\n' => {
                    self.line_ends = self.line_ends.saturating_add(1);
                    if self.line_ends > 1 {
                        return None;
                    }
                }
                b'0'..=b'9' => {
                    digits = digits.saturating_add(1);
                    has_field |= field_ends;
                }
                _ => {}
            }
            self.end = self.end.saturating_sub(1);
            if digits == NUMBER_DIGITS_MIN {
                while self.before(self.end).is_some_and(|byte| byte.is_ascii_digit()) {
                    self.end = self.end.saturating_sub(1);
                }
                return Some(Piece::Number);
            }
        }
        let mut start = self.end;
        let mut behind = 0u8;
        while let Some(byte) = self.before(start) {
            // The hump of `phoneNumber`.
            let hump = byte.is_ascii_lowercase() && behind.is_ascii_uppercase();
            if !is_letter(byte) || hump {
                break;
            }
            behind = byte;
            start = start.saturating_sub(1);
        }
        let letters = self.window.get(start..self.end)?;
        self.end = start;
        // `PH37` is no word.
        if stop.is_ascii_digit() {
            return Some(Piece::Token);
        }
        let dotted = self.before(start) == Some(b'.')
            && self.before(start.saturating_sub(1)).is_some_and(|byte| byte.is_ascii_alphanumeric());
        Some(Piece::Word(Word {
            letters,
            stop,
            line_end: self.line_ends > 0,
            in_host: dotted && !matches!(stop, b'.' | b':'),
            versioned: stop == b'/' && second.is_ascii_digit(),
            has_field,
            in_head: self.line_ends > 0 && self.follows_field(start),
            joined: self.before(start) == Some(b'_'),
            closes: stop == b'>'
                && self.before(start) == Some(b'/')
                && self.before(start.saturating_sub(1)) == Some(b'<')
                && !ELEMENTS.contains(&letters),
            heads_field: self.line_ends == 0 && self.heads_field(start),
            is_element: stop == b'>'
                && matches!(self.before(start), Some(b'<' | b'/'))
                && ELEMENTS.contains(&letters),
        }))
    }
}

impl Pieces<'_> {
    /// Whether the word at `start` is the first of its line, or of a field that
    /// a bar parts from others.
    fn heads_field(&self, start: usize) -> bool {
        match self.before(start) {
            None => self.window.len() < CONTEXT_BYTES_MAX,
            Some(b' ') => matches!(self.before(start.saturating_sub(1)), Some(b'|' | b'\n')),
            Some(byte) => matches!(byte, b'|' | b'\n'),
        }
    }

    /// Whether the word at `start` stands behind the sign that ends a field.
    fn follows_field(&self, start: usize) -> bool {
        let quoted = usize::from(matches!(self.before(start), Some(b' ' | b'"' | b'_')));
        matches!(self.before(start.saturating_sub(quoted)), Some(b',' | b';' | b'|' | b'\t'))
    }

    fn before(&self, at: usize) -> Option<u8> {
        self.window.get(at.checked_sub(1)?).copied()
    }
}

/// Whether a letter is among `bytes`. Looks at all of them, which takes a few
/// vector instructions.
fn has_letters(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |any, &byte| any | is_letter(byte))
}

#[inline]
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
