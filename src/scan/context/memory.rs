//! What was read before numbers, remembered for the next ones.

use super::super::lexicon::{Lexicon, Sense};
use super::super::view::View;
use super::addresses::Addresses;
use super::word::{INITIALS, Word, heads_field, last_letter_end};
use super::{CONTEXT_BYTES_MAX, Subject, Verdict, WORDS_MAX, is_hump, is_letter};

/// The words of a text that were looked at, so that words before many numbers
/// are looked up once.
#[derive(Default)]
pub(in crate::scan) struct Memory {
    letters: Letters,
    pub(in crate::scan) addresses: Addresses,
    /// Up to here all words were looked at for one that speaks for a number.
    heard_to: usize,
    /// Behind the last of these.
    spoken_end: usize,
    /// How many words came since.
    words_since: usize,
    /// What was said last, and where of what.
    pub(super) verdict: Option<(usize, Subject, Verdict)>,
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

/// Words remembered, a power of two.
const WORDS_REMEMBERED: usize = 64;

impl Memory {
    /// Behind the last letter from `from` to `to`.
    pub(super) fn last_letter_end(&mut self, view: &View, from: usize, to: usize) -> Option<usize> {
        self.letters.last_end(view, from, to)
    }

    /// The word that ends at `end`, as far as it stands behind `window`.
    pub(super) fn word(&mut self, lexicon: &Lexicon, view: &View, window: usize, end: usize) -> Word {
        let index = end % WORDS_REMEMBERED;
        let word = match self.words.get(index) {
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
        word.seen_from(lexicon, view, window)
    }

    /// Whether a word that [`before`](super::before) sees from `at` may speak for a phone
    /// number. Looks at each word once.
    pub(in crate::scan) fn may_speak(&mut self, lexicon: &Lexicon, view: &View, at: usize) -> bool {
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
            let start = from.saturating_add(head.len());
            let speaks = match word {
                [_] => INITIALS.contains(&word) && may_head_field(view, start),
                _ => speaks(lexicon.sense(word)),
            };
            if speaks {
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

/// Whether a word of this sense can make a number one of a phone.
fn speaks(sense: Option<Sense>) -> bool {
    matches!(sense, Some(Sense::Phone | Sense::Number))
}

/// Whether the word at `start` may be the first of its line or field.
fn may_head_field(view: &View, start: usize) -> bool {
    start == 0 || heads_field([view.byte_before(start.saturating_sub(1)), view.byte_before(start)])
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
