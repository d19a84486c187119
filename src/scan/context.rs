//! What the words beside a number say about it.
//!
//! `tel`, `call me on`, `"mobile":` speak for a phone number; `order`, `id`,
//! `invoice no.` right before it against one. Names like `phoneNumber` and
//! `order_id` are read piece by piece. A word does not reach over another
//! number, unless nothing but `or` and the like stands between.

mod addresses;
mod memory;
mod word;

pub(super) use memory::Memory;

use super::eight;
use super::lexicon::{Lexicon, Sense};
use super::view::View;
use word::{Gap, Word};

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
/// Longest word that links a number to what stands before, in bytes.
pub(super) const LINK_BYTES_MAX: usize = 24;
/// Longest word that is taken for an abbreviation where a full stop follows.
const ABBREVIATION_BYTES_MAX: usize = 5;

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
pub(super) fn before(
    lexicon: &Lexicon,
    memory: &mut Memory,
    view: &View,
    at: usize,
    subject: Subject,
) -> Verdict {
    match memory.verdict {
        Some((known_at, known_subject, verdict)) if (known_at, known_subject) == (at, subject) => verdict,
        _ => {
            let verdict = read_before(lexicon, memory, view, at, subject);
            memory.verdict = Some((at, subject, verdict));
            verdict
        }
    }
}

fn read_before(lexicon: &Lexicon, memory: &mut Memory, view: &View, at: usize, subject: Subject) -> Verdict {
    let window = at.saturating_sub(CONTEXT_BYTES_MAX);
    // Among many numbers there often is no word at all.
    let Some(mut end) = memory.last_letter_end(view, window, at) else {
        return Verdict::Silent;
    };
    let mut gap = Gap::between(view, end, at);
    let mut reading = Reading::new(subject, at < CONTEXT_BYTES_MAX);
    while reading.goes_on(gap) {
        let word = memory.word(lexicon, view, window, end);
        // `PH37` is no word.
        if !gap.stop.is_ascii_digit()
            && let Some(verdict) = reading.read(word, gap)
        {
            return verdict;
        }
        if word.before <= window {
            break;
        }
        (end, gap) = (word.before, word.gap);
    }
    reading.verdict()
}

/// What the words before a number said so far, from the nearest on.
struct Reading {
    subject: Subject,
    /// The text starts where the words do.
    from_start: bool,
    words: usize,
    line_ends: u8,
    /// Only words without a meaning of their own stood behind the next one.
    touching: bool,
    /// What a touching `number` or `no` said.
    number: Option<Sense>,
    /// A word without a known meaning, and a colon, stood right before.
    unknown_label: bool,
    /// A touching word named somebody who has it.
    party: bool,
    linked: bool,
    only_links: bool,
}

impl Reading {
    fn new(subject: Subject, from_start: bool) -> Reading {
        Reading {
            subject,
            from_start,
            words: 0,
            line_ends: 0,
            touching: true,
            number: None,
            unknown_label: false,
            party: false,
            linked: false,
            only_links: true,
        }
    }

    /// Whether the word before `gap` can say something.
    fn goes_on(&mut self, gap: Gap) -> bool {
        self.line_ends = self.line_ends.saturating_add(gap.line_ends);
        // Of `ids 12345678 and 23456789` both are ids; behind a comma
        // something else may begin.
        self.touching &= self.linked || !gap.numbers;
        // A line speaks for itself, or for the one right below it.
        self.line_ends <= 1 && (!gap.numbers || self.only_links)
    }

    /// Reads the next word, with `gap` behind it; the verdict, if it decides.
    fn read(&mut self, word: Word, gap: Gap) -> Option<Verdict> {
        self.words = self.words.saturating_add(1);
        // The end of an element belongs to what stands before it.
        if self.words > WORDS_MAX || word.closes(gap) {
            return Some(self.verdict());
        }
        let sense = word.sense(gap, self.line_ends, self.from_start);
        // Behind a line end or a full stop another sentence ended; behind a
        // field of its own, the word has had its number.
        // An abbreviation is short: `ref. a 123`.
        let ended =
            self.linked || (self.only_links && self.words > 1 && word.length > ABBREVIATION_BYTES_MAX);
        let apart = self.line_ends > 0 || (gap.stop == b'.' && ended);
        self.touching &= (!apart || self.words == 1) && !gap.has_field;
        self.linked |= sense == Some(Sense::Link) && word.length > 1;
        self.only_links &= sense == Some(Sense::Link);
        let touching = self.touching;
        match (sense, self.subject) {
            (Some(Sense::Phone), Subject::Phone) | (Some(Sense::Card), Subject::Card) => {
                let near = self.words <= NEAR_WORDS_MAX;
                return Some(if near { Verdict::ForNear } else { Verdict::For });
            }
            (Some(Sense::Other | Sense::Card | Sense::Phone), _) if touching => {
                return Some(Verdict::Against);
            }
            (Some(Sense::Number | Sense::NumberSign), _) if touching && self.party => {
                return Some(Verdict::Against);
            }
            (Some(Sense::Party), _) if touching && self.number.is_some() => return Some(Verdict::Against),
            (Some(Sense::Number | Sense::NumberSign), _) if touching => self.number = self.number.or(sense),
            // `Číslo účtu: 123`, `Номер справи: 123`: a number of a kind, again.
            (Some(Sense::Number), Subject::Phone)
                if self.unknown_label && self.words == 2 && gap.stop == b' ' =>
            {
                return Some(Verdict::Against);
            }
            (Some(Sense::Party), _) if touching => self.party = true,
            (Some(Sense::Link | Sense::Number | Sense::NumberSign), _) => {}
            // `Siparis No. 123`: a number of a kind that is not known here.
            _ if touching && self.number == Some(Sense::NumberSign) => return Some(Verdict::Against),
            // `lucky number 123`: perhaps one, too.
            _ if touching && gap.stop == b' ' => (self.touching, self.number) = (false, None),
            _ => {
                self.unknown_label = self.words == 1 && gap.stop == b':';
                self.touching = false;
            }
        }
        None
    }

    /// What all words say together.
    fn verdict(&self) -> Verdict {
        match self.number == Some(Sense::Number) && self.subject == Subject::Phone {
            true => Verdict::For,
            false => Verdict::Silent,
        }
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
    let mut start = at;
    while is_letter(view.byte_before(start)) && at.saturating_sub(start) < LINK_BYTES_MAX {
        start = start.saturating_sub(1);
    }
    let linked = start < at && lexicon.sense(view.slice(start, at)) == Some(Sense::Link);
    (linked && view.byte_before(start) == b' ').then(|| start.saturating_sub(1))
}

/// Where a phone stands: `415-555-0132 work`.
fn is_place(word: &[u8]) -> bool {
    [&b"home"[..], b"work", b"office", b"desk"].iter().any(|place| word.eq_ignore_ascii_case(place))
}

/// Whether no letter is so near behind `end` that [`after`] could see a word.
#[inline]
pub(super) fn no_letter_ahead(view: &View, end: usize) -> bool {
    match view.byte(end) {
        b' ' | b'-' | b'(' => view.eight(end).is_some_and(|bytes| eight::letters(bytes) & AHEAD == 0),
        byte => !is_letter(byte),
    }
}

/// The bytes in which a word has to start to be seen by [`after`].
const AHEAD: u64 = u64::MAX >> (8 * (7 - GAP_BYTES_MAX));

/// Whether a word of two starts behind `byte`: `phoneNumber`.
fn is_hump(byte: u8, behind: u8) -> bool {
    byte.is_ascii_lowercase() && behind.is_ascii_uppercase()
}

#[inline]
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
