//! What the words before a number say about it.
//!
//! `tel`, `call me on`, `"mobile":` speak for a phone number; `order`, `id`,
//! `invoice no.` right before it against one. Names like `phoneNumber` and
//! `order_id` are read piece by piece. A word does not reach over another
//! number, unless nothing but `or` and the like stands between.

use super::view::View;
use super::words;

/// How far back words are read, in bytes.
pub(super) const CONTEXT_BYTES_MAX: usize = 80;
/// How many words are read.
const WORDS_MAX: usize = 9;
/// Behind as many words, one that announces a number is not near any more.
const NEAR_WORDS_MAX: usize = 3;
/// How far behind a number the name of its line may start, in bytes.
const GAP_BYTES_MAX: usize = 2;
/// Longest name of a line that is read.
const LINE_NAME_BYTES_MAX: usize = 12;
/// Digits from which on a run of them is a number of its own.
const NUMBER_DIGITS_MIN: usize = 5;
/// Longest word that is looked up, in bytes. Of longer ones, which only
/// scripts without spaces have, the end is.
const WORD_BYTES_MAX: usize = 48;

/// First bytes of characters from Hebrew on. In these scripts words take
/// prefixes or have no spaces between them, so a known one may stand inside.
const FIRST_UNSPACED_LEAD: u8 = 0xd6;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Phone,
    Card,
    Other,
    Number,
    Link,
}

/// The words of [`super::words`], arranged for look-up.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// The [`key`] of each entry, in order.
    keys: Vec<u16>,
    /// Where in `keys` those start that begin with a byte; one more than there
    /// are bytes, so that each range has an end.
    starts: [u16; 257],
    /// The words, those of one key the longest first.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    text: &'static [u8],
    /// Stands for all words that start so.
    stem: bool,
    sense: Sense,
}

impl Lexicon {
    pub(super) fn new() -> Lexicon {
        let lists = [
            (words::PHONE, Sense::Phone),
            (words::CARD, Sense::Card),
            (words::OTHER, Sense::Other),
            (words::NUMBER, Sense::Number),
            (words::LINK, Sense::Link),
        ];
        let mut entries: Vec<Entry> = lists
            .into_iter()
            .flat_map(|(list, sense)| list.split_ascii_whitespace().map(move |word| (word, sense)))
            .map(|(word, sense)| {
                let text = word.strip_suffix('*').unwrap_or(word);
                Entry {
                    text: text.as_bytes(),
                    stem: text.len() < word.len() || !text.is_ascii(),
                    sense,
                }
            })
            .collect();
        // Longer words first, so that `telem` is not taken for `tel`.
        entries.sort_by(|a, b| (key(a.text), b.text.len()).cmp(&(key(b.text), a.text.len())));
        let keys: Vec<u16> = entries.iter().map(|entry| key(entry.text)).collect();
        let mut starts = [0; 257];
        for (lead, start) in (0u16..).zip(&mut starts) {
            let count = keys.partition_point(|key| key >> 8 < lead);
            *start = u16::try_from(count).unwrap_or(u16::MAX);
        }
        Lexicon {
            keys,
            starts,
            entries,
        }
    }

    /// What the words before `at` say about a number that starts there.
    pub(super) fn verdict(&self, view: &View, at: usize, subject: Subject) -> Verdict {
        let window = view.slice(at.saturating_sub(CONTEXT_BYTES_MAX), at);
        let pieces = Pieces {
            window,
            end: window.len(),
            line_ends: 0,
        };
        let mut touching = true;
        let mut number = false;
        let mut only_links = true;
        let mut words = 0usize;
        for piece in pieces {
            let word = match piece {
                Piece::Number if only_links => continue,
                Piece::Number => break,
                Piece::Token => continue,
                Piece::Other => &[],
                Piece::Word(word) => word,
            };
            words = words.saturating_add(1);
            if words > WORDS_MAX {
                break;
            }
            let sense = self.sense(word);
            only_links &= sense == Some(Sense::Link);
            match (sense, subject) {
                (Some(Sense::Phone), Subject::Phone) | (Some(Sense::Card), Subject::Card) => {
                    let near = words <= NEAR_WORDS_MAX;
                    return if near { Verdict::ForNear } else { Verdict::For };
                }
                (Some(Sense::Other | Sense::Card | Sense::Phone), _) if touching => {
                    return Verdict::Against;
                }
                (Some(Sense::Number), _) => number |= touching,
                (Some(Sense::Link), _) => {}
                _ => touching = false,
            }
        }
        match number && subject == Subject::Phone {
            true => Verdict::For,
            false => Verdict::Silent,
        }
    }

    /// Whether the word behind `at` names the line of a phone: `... office`,
    /// `...-Fax`, `... (mobile)`.
    pub(super) fn names_line(&self, view: &View, at: usize) -> bool {
        let mut from = at;
        while matches!(view.byte(from), b' ' | b'-' | b'(')
            && from.saturating_sub(at) < GAP_BYTES_MAX
        {
            from = from.saturating_add(1);
        }
        let mut end = from;
        while view.byte(end).is_ascii_alphabetic() && end.saturating_sub(from) < LINE_NAME_BYTES_MAX
        {
            end = end.saturating_add(1);
        }
        let word = view.slice(from, end);
        let place = [&b"home"[..], b"work", b"office", b"desk"];
        end > from
            && (place.iter().any(|place| word.eq_ignore_ascii_case(place))
                || self.sense(word) == Some(Sense::Phone))
    }

    fn sense(&self, word: &[u8]) -> Option<Sense> {
        let skipped = word.len().saturating_sub(WORD_BYTES_MAX);
        let word = word.get(skipped..)?;
        let mut lower = [0u8; WORD_BYTES_MAX];
        let lower = lower.get_mut(..word.len())?;
        lower.copy_from_slice(word);
        let plain = lower_case(lower);
        let at_start = self
            .matching(lower)
            .find(|entry| entry.stem || entry.text.len() == lower.len());
        if plain && lower.len() == 1 {
            // `a`, `o`, `y`, `u`: of many languages' shortest words.
            return Some(Sense::Link);
        }
        if plain || at_start.is_some() {
            return at_start.map(|entry| entry.sense);
        }
        // Of what stands inside, the nearest to the end decides; `number` leaves
        // it to what comes before.
        let mut sense = None;
        for at in (0..lower.len()).rev() {
            let rest = lower.get(at..)?;
            let inside = rest
                .first()
                .is_some_and(|&lead| lead >= FIRST_UNSPACED_LEAD);
            match self.matching(rest).next().filter(|_| inside) {
                Some(entry) if entry.sense != Sense::Number => return Some(entry.sense),
                Some(_) => sense = Some(Sense::Number),
                None => {}
            }
        }
        sense
    }

    /// Entries that `text` starts with, the longest first.
    fn matching<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'a Entry> {
        let key = key(text);
        let lead = usize::from(key >> 8);
        let bound = |lead: usize| self.starts.get(lead).map_or(0, |start| usize::from(*start));
        let alike = bound(lead)..bound(lead.saturating_add(1));
        let keys = self.keys.get(alike.clone()).unwrap_or(&[]);
        let first = keys.partition_point(|other| *other < key);
        let count = keys
            .iter()
            .skip(first)
            .take_while(|other| **other == key)
            .count();
        let first = alike.start.saturating_add(first);
        let range = first..first.saturating_add(count);
        self.entries
            .get(range)
            .unwrap_or(&[])
            .iter()
            .filter(move |entry| text.starts_with(entry.text))
    }
}

/// The first two bytes of a word, by which it is looked up.
fn key(text: &[u8]) -> u16 {
    match *text {
        [first, second, ..] => u16::from_be_bytes([first, second]),
        _ => 0,
    }
}

/// Makes ASCII, Latin-1, Greek and Cyrillic capitals small, in place; whether
/// all is ASCII.
fn lower_case(word: &mut [u8]) -> bool {
    let mut plain = true;
    let mut lead = 0;
    for byte in word {
        // In these ranges of two-byte characters the small letter differs from
        // the capital in this one bit, as in ASCII.
        let capital = matches!(
            (lead, *byte),
            (_, b'A'..=b'Z') | (0xc3, 0x80..=0x9e) | (0xce, 0x91..=0x9f) | (0xd0, 0x90..=0x9f)
        );
        let small = if capital { *byte | 0x20 } else { *byte };
        plain &= *byte < 0x80;
        *byte = small;
        lead = small;
    }
    plain
}

enum Piece<'a> {
    Word(&'a [u8]),
    /// Enough digits to be a number of its own.
    Number,
    /// Letters with digits behind them.
    Token,
    /// A word that means nothing here.
    Other,
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
        let mut ends_at = 0;
        loop {
            let byte = self.before(self.end)?;
            if is_letter(byte) {
                break;
            }
            ends_at = byte;
            match byte {
                // A line speaks for itself, or for the one right below it.
                b'\n' => {
                    self.line_ends = self.line_ends.saturating_add(1);
                    if self.line_ends > 1 {
                        return None;
                    }
                }
                b'0'..=b'9' => digits = digits.saturating_add(1),
                _ => {}
            }
            self.end = self.end.saturating_sub(1);
            if digits == NUMBER_DIGITS_MIN {
                while self
                    .before(self.end)
                    .is_some_and(|byte| byte.is_ascii_digit())
                {
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
        let word = self.window.get(start..self.end)?;
        self.end = start;
        Some(match word {
            // `PH37` is no word, and `id.` ends a sentence.
            _ if ends_at.is_ascii_digit() => Piece::Token,
            [b'i', b'd'] if ends_at == b'.' => Piece::Other,
            _ => Piece::Word(word),
        })
    }
}

impl Pieces<'_> {
    fn before(&self, at: usize) -> Option<u8> {
        self.window.get(at.checked_sub(1)?).copied()
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
