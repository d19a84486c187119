//! What the words beside a number say about it.
//!
//! `tel`, `call me on`, `"mobile":` speak for a phone number; `order`, `id`,
//! `invoice no.` right before it against one. Names like `phoneNumber` and
//! `order_id` are read piece by piece. A word does not reach over another
//! number, unless nothing but `or` and the like stands between.

use super::eight;
use super::email;
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
    let Some(mut end) = memory.letters.last_end(view, window, at) else {
        return Verdict::Silent;
    };
    let mut gap = Gap::between(view, end, at);
    // Whether only words without a meaning of their own stood behind this one.
    let mut touching = true;
    // What a touching `number` or `no` said.
    let mut number = None;
    let mut linked = false;
    let mut only_links = true;
    let mut line_ends = 0u8;
    let mut words = 0usize;
    loop {
        line_ends = line_ends.saturating_add(gap.line_ends);
        // A line speaks for itself, or for the one right below it.
        if line_ends > 1 || (gap.numbers && !only_links) {
            break;
        }
        // Of `ids 12345678 and 23456789` both are ids; behind a comma
        // something else may begin.
        touching &= linked || !gap.numbers;
        let word = memory.word(lexicon, view, window, end);
        // `PH37` is no word.
        if !gap.stop.is_ascii_digit() {
            words = words.saturating_add(1);
            if words > WORDS_MAX {
                break;
            }
            let sense = word.sense(gap.stop);
            // Behind a line end or a full stop another sentence ended.
            let apart = line_ends > 0 || gap.stop == b'.' && linked;
            touching &= !apart || words == 1;
            linked |= sense == Some(Sense::Link) && word.length > 1;
            only_links &= sense == Some(Sense::Link);
            match (sense, subject) {
                (Some(Sense::Phone), Subject::Phone) | (Some(Sense::Card), Subject::Card) => {
                    let near = words <= NEAR_WORDS_MAX;
                    return if near { Verdict::ForNear } else { Verdict::For };
                }
                (Some(Sense::Other | Sense::Card | Sense::Phone), _) if touching => {
                    return Verdict::Against;
                }
                (Some(Sense::Number | Sense::NumberSign), _) if touching => number = number.or(sense),
                (Some(Sense::Link | Sense::Number | Sense::NumberSign), _) => {}
                // `Siparis No. 123`: a number of a kind that is not known here.
                _ if touching && number == Some(Sense::NumberSign) => return Verdict::Against,
                _ => touching = false,
            }
        }
        if word.before <= window {
            break;
        }
        (end, gap) = (word.before, word.gap);
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

/// Where a phone stands: `415-555-0132 work`.
fn is_place(word: &[u8]) -> bool {
    [&b"home"[..], b"work", b"office", b"desk"].iter().any(|place| word.eq_ignore_ascii_case(place))
}

/// The words of a text that were looked at, so that words before many numbers
/// are looked up once.
#[derive(Default)]
pub(super) struct Memory {
    letters: Letters,
    pub(super) addresses: Addresses,
    /// Up to here all words were looked at for one that speaks for a number.
    heard_to: usize,
    /// Behind the last of these.
    spoken_end: usize,
    /// How many words came since.
    words_since: usize,
    /// What was said last, and where of what.
    verdict: Option<(usize, Subject, Verdict)>,
    /// By the last bits of their ends; empty until the first is remembered.
    words: Vec<Word>,
}

/// Where the letters nearest to the numbers are.
#[derive(Default)]
struct Letters {
    /// The stretch that was looked through.
    from: usize,
    to: usize,
    /// Behind the last letter in it.
    last_end: usize,
}

/// Letters, and what stands before them.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    end: usize,
    length: usize,
    /// Where the word before it ends, 0 if there is none near.
    before: usize,
    /// What stands between the two.
    gap: Gap,
    sense: Option<Sense>,
    /// Just `id`.
    is_id: bool,
    /// Behind a dot and a letter or digit, as the last label of a host name.
    dotted: bool,
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    /// How often a line ends in it, at most twice.
    line_ends: u8,
    /// Digits enough for a number of its own.
    numbers: bool,
    /// Its first byte, 0 where it is empty or is all of a number.
    stop: u8,
}

/// Words remembered, a power of two.
const WORDS_REMEMBERED: usize = 64;
/// How far before a word the one before it is looked for. A number may start
/// a sign before the last one that was asked about.
const BEFORE_BYTES_MAX: usize = CONTEXT_BYTES_MAX + 16;

impl Memory {
    /// The word that ends at `end`, as far as it stands behind `window`.
    fn word(&mut self, lexicon: &Lexicon, view: &View, window: usize, end: usize) -> Word {
        let index = end % WORDS_REMEMBERED;
        let mut word = match self.words.get(index) {
            Some(word) if word.end == end => *word,
            _ => {
                let word = Word::read(lexicon, view, end);
                if self.words.is_empty() {
                    self.words = vec![Word::default(); WORDS_REMEMBERED];
                }
                if let Some(place) = self.words.get_mut(index) {
                    *place = word;
                }
                word
            }
        };
        let room = end.saturating_sub(window);
        if word.length > room {
            word.length = room;
            word.look_up(lexicon, view);
        }
        // The dot, and what stands before it, have to be behind `window`, too.
        word.dotted &= word.length.saturating_add(2) <= room;
        word
    }
}

impl Memory {
    /// Whether a word that [`before`] sees from `at` may speak for a phone
    /// number. Looks at each word once.
    pub(super) fn may_speak(&mut self, lexicon: &Lexicon, view: &View, at: usize) -> bool {
        let window = at.saturating_sub(CONTEXT_BYTES_MAX);
        let Some(last) = self.letters.last_end(view, window, at) else {
            return false;
        };
        if last > self.heard_to {
            self.hear(lexicon, view, self.heard_to.max(window), last);
        }
        // Of a word that stands across the start of the window, the end counts as a word.
        let is_cut = is_letter(view.byte(window)) && is_letter(view.byte_before(window));
        (self.spoken_end > window && self.words_since < WORDS_MAX)
            || (is_cut && speaks(sense_of_rest(lexicon, view, window)))
    }

    /// Looks for the last word between two places that speaks for a number.
    /// The one that a cut makes of a word there may be taken for one.
    fn hear(&mut self, lexicon: &Lexicon, view: &View, from: usize, to: usize) {
        let mut rest = view.slice(from, to);
        let mut words = 0usize;
        self.heard_to = to;
        while !rest.is_empty() {
            let mut head = rest;
            let mut behind = 0u8;
            while let [before @ .., byte] = head {
                if !is_letter(*byte) || is_hump(*byte, behind) {
                    break;
                }
                (head, behind) = (before, *byte);
            }
            let word = rest.get(head.len()..).unwrap_or(&[]);
            if word.len() > 1 && speaks(lexicon.sense(word)) {
                self.spoken_end = from.saturating_add(rest.len());
                self.words_since = words;
                return;
            }
            // `PH37` is no word.
            let stop = view.byte(from.saturating_add(rest.len()));
            words = words.saturating_add(usize::from(!stop.is_ascii_digit()));
            rest = head;
            while let [before @ .., byte] = rest
                && !is_letter(*byte)
            {
                rest = before;
            }
        }
        self.words_since = self.words_since.saturating_add(words);
    }
}

/// Whether a word of two starts behind `byte`: `phoneNumber`.
fn is_hump(byte: u8, behind: u8) -> bool {
    byte.is_ascii_lowercase() && behind.is_ascii_uppercase()
}

/// Whether a word of this sense can make a number one of a phone.
fn speaks(sense: Option<Sense>) -> bool {
    matches!(sense, Some(Sense::Phone | Sense::Number))
}

/// What the word says that starts at `start` or goes on there.
fn sense_of_rest(lexicon: &Lexicon, view: &View, start: usize) -> Option<Sense> {
    let mut end = start;
    let mut before = 0u8;
    while end.saturating_sub(start) < CONTEXT_BYTES_MAX {
        let byte = view.byte(end);
        if !is_letter(byte) || is_hump(before, byte) {
            break;
        }
        before = byte;
        end = end.saturating_add(1);
    }
    lexicon.sense(view.slice(start, end))
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

/// Where in the text no address is, as far as somebody asked.
#[derive(Default)]
pub(super) struct Addresses {
    /// None from `from` up to `to`, if `to` is not before `from`.
    from: usize,
    to: usize,
}

/// How much further is looked than somebody asked, so that the next question
/// is answered already.
const ADDRESSES_AHEAD_BYTES: usize = 256;

impl Addresses {
    /// Whether no `@` of an address stands from `from` to `to`; `false` too
    /// where the text ends before.
    #[inline]
    pub(super) fn none_near(&mut self, view: &View, from: usize, to: usize) -> bool {
        (self.from <= from && to <= self.to) || (to <= view.len() && self.look(view, from, to))
    }

    #[inline(never)]
    fn look(&mut self, view: &View, from: usize, to: usize) -> bool {
        let ahead = to.saturating_add(ADDRESSES_AHEAD_BYTES).min(view.len());
        // What is known to hold none need not be looked at again.
        let goes_on = self.from <= from && (from..=to).contains(&self.to);
        if !goes_on {
            (self.from, self.to) = (from, from);
        }
        while let Some(at) = memchr::memchr(b'@', view.slice(self.to, ahead)) {
            let sign = self.to.saturating_add(at);
            // What more text could make one counts as one.
            if view.try_out(|| email::is_bounded(view, sign)) != Some(false) {
                self.to = sign;
                return sign >= to;
            }
            self.to = sign.saturating_add(1);
        }
        self.to = ahead;
        true
    }
}

impl Word {
    fn read(lexicon: &Lexicon, view: &View, end: usize) -> Word {
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
            _ => {
                let from = start.saturating_sub(BEFORE_BYTES_MAX);
                let before = last_letter_end(view, from, start).unwrap_or(0);
                (before, Gap::between(view, before, start))
            }
        };
        let dotted = view.byte_before(start) == b'.'
            && view.byte_before(start.saturating_sub(1)).is_ascii_alphanumeric();
        let mut word = Word { end, length, before, gap, sense: None, is_id: false, dotted };
        word.look_up(lexicon, view);
        word
    }

    fn look_up(&mut self, lexicon: &Lexicon, view: &View) {
        let letters = view.slice(self.end.saturating_sub(self.length), self.end);
        self.sense = lexicon.sense(letters);
        self.is_id = letters == b"id";
    }

    /// What it says with `stop` right behind it.
    fn sense(&self, stop: u8) -> Option<Sense> {
        match stop {
            _ if self.dotted && !matches!(stop, b'.' | b':') => None,
            // Latin `... id.` at the end of a sentence.
            b'.' if self.is_id => None,
            // Portuguese `no`, "on the"; the abbreviation has a sign behind it.
            b' ' if self.sense == Some(Sense::NumberSign) => Some(Sense::Link),
            _ => self.sense,
        }
    }
}

impl Letters {
    /// Behind the last letter from `from` to `to`. Cheap where the last
    /// question was about a little less.
    fn last_end(&mut self, view: &View, from: usize, to: usize) -> Option<usize> {
        let goes_on = self.from <= from && (from..=to).contains(&self.to);
        let known_to = if goes_on { self.to } else { from };
        match last_letter_end(view, known_to, to) {
            Some(end) => self.last_end = end,
            None if goes_on => {}
            None => self.last_end = 0,
        }
        (self.from, self.to) = (if goes_on { self.from } else { from }, to);
        (self.last_end > from).then_some(self.last_end)
    }
}

impl Gap {
    fn of_sign(sign: u8) -> Gap {
        Gap { line_ends: u8::from(sign == b'\n'), numbers: false, stop: sign }
    }

    fn between(view: &View, start: usize, end: usize) -> Gap {
        let bytes = view.slice(start, end);
        let Some(&stop) = bytes.first() else { return Gap::default() };
        if let [_] = bytes {
            return Gap::of_sign(stop);
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
        let stop = if numbers && stop.is_ascii_digit() { stop_before_numbers(bytes) } else { stop };
        Gap { line_ends: u8::try_from(line_ends.min(2)).unwrap_or(2), numbers, stop }
    }
}

/// The first byte of a gap that holds numbers, 0 if it belongs to one. Five
/// digits from the end of the gap on make one, with all that touch the fifth.
fn stop_before_numbers(gap: &[u8]) -> u8 {
    let mut stop = 0;
    let mut digits = 0usize;
    for &byte in gap.iter().rev() {
        if !byte.is_ascii_digit() {
            if digits >= NUMBER_DIGITS_MIN {
                digits = 0;
            }
            stop = byte;
            continue;
        }
        digits = digits.saturating_add(1);
        stop = if digits >= NUMBER_DIGITS_MIN { 0 } else { byte };
    }
    stop
}

/// Behind the last letter from `from` to `to`.
fn last_letter_end(view: &View, from: usize, to: usize) -> Option<usize> {
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

#[inline]
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
