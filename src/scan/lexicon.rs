//! The words of [`super::words`], arranged for quick look-up.

use super::words;

/// Longest word that is looked up, in bytes. Of longer ones, which only
/// scripts without spaces have, the end is.
const WORD_BYTES_MAX: usize = 48;
/// First bytes of characters from Hebrew on. In these scripts words take
/// prefixes or have no spaces between them, so a known one may stand inside.
const FIRST_UNSPACED_LEAD: u8 = 0xd6;
/// Endings of compounds that name a number: `Vorgangsnummer`, `ordrenr`.
const NUMBER_ENDINGS: [&str; 9] =
    ["nummer", "nummern", "nummeret", "numret", "numeroon", "numero", "nr", "szám", "száma"];

/// What a word says of the number behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// A phone number.
    Phone,
    /// A payment card number.
    Card,
    /// A number of some other kind.
    Other,
    /// A number, of a kind that the words before tell.
    Number,
    /// The same, short: `no`, `nr`.
    NumberSign,
    /// Nothing; it links other words to the number.
    Link,
    /// What the number counts, if it stands behind.
    Unit,
}

/// The words, in order.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// The [`key`] of each entry.
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
            (words::NUMBER_SIGN, Sense::NumberSign),
            (words::LINK, Sense::Link),
            (words::UNIT, Sense::Unit),
        ];
        let mut entries: Vec<Entry> = lists
            .into_iter()
            .flat_map(|(list, sense)| list.split_ascii_whitespace().map(move |word| (word, sense)))
            .map(|(word, sense)| {
                let text = word.strip_suffix('*').unwrap_or(word);
                Entry { text: text.as_bytes(), stem: text.len() < word.len() || !text.is_ascii(), sense }
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
        Lexicon { keys, starts, entries }
    }

    /// What `word` says, a run of letters in any case.
    pub(super) fn sense(&self, word: &[u8]) -> Option<Sense> {
        let skipped = word.len().saturating_sub(WORD_BYTES_MAX);
        let mut room = [0u8; WORD_BYTES_MAX];
        let lower = lower_case(word.get(skipped..)?, &mut room);
        if let [_] = lower {
            // `a`, `o`, `y`, `u`: of many languages' shortest words.
            return Some(Sense::Link);
        }
        let at_start = self.matching(lower).find(|entry| entry.stem || entry.text.len() == lower.len());
        if let Some(entry) = at_start {
            return Some(entry.sense);
        }
        let compound = NUMBER_ENDINGS.iter().any(|end| lower.ends_with(end.as_bytes()));
        if compound {
            return Some(Sense::Other);
        }
        if lower.is_ascii() { None } else { self.sense_inside(lower) }
    }

    /// What the known words inside `word` say. The nearest to the end decides;
    /// `number` leaves it to what stands before.
    fn sense_inside(&self, word: &[u8]) -> Option<Sense> {
        let mut number = None;
        for at in (0..word.len()).rev() {
            let rest = word.get(at..)?;
            if rest.first().is_none_or(|&lead| lead < FIRST_UNSPACED_LEAD) {
                continue;
            }
            match self.matching(rest).next() {
                Some(entry) if entry.sense == Sense::Number => number = Some((at, Sense::Number)),
                Some(entry) if entry.sense != Sense::Unit => return Some(entry.sense),
                _ => {}
            }
        }
        // `番号` alone is a number, `伝票番号` one of an unknown kind.
        number.filter(|(at, _)| *at == 0).map(|(_, sense)| sense)
    }

    /// Entries that `text` starts with, the longest first.
    fn matching<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'a Entry> {
        let key = key(text);
        let lead = usize::from(key >> 8);
        let bound = |lead: usize| self.starts.get(lead).map_or(0, |start| usize::from(*start));
        let alike = bound(lead)..bound(lead.saturating_add(1));
        let keys = self.keys.get(alike.clone()).unwrap_or(&[]);
        let first = keys.partition_point(|other| *other < key);
        let count = keys.iter().skip(first).take_while(|other| **other == key).count();
        let first = alike.start.saturating_add(first);
        let range = first..first.saturating_add(count);
        self.entries.get(range).unwrap_or(&[]).iter().filter(move |entry| text.starts_with(entry.text))
    }
}

/// The first two bytes of a word, by which it is looked up.
fn key(text: &[u8]) -> u16 {
    match *text {
        [first, second, ..] => u16::from_be_bytes([first, second]),
        _ => 0,
    }
}

/// `word` in lower case, as far as it fits into `room`.
fn lower_case<'a>(word: &[u8], room: &'a mut [u8; WORD_BYTES_MAX]) -> &'a [u8] {
    let mut length = 0;
    if word.is_ascii() {
        for (to, from) in room.iter_mut().zip(word) {
            *to = from.to_ascii_lowercase();
        }
        length = word.len();
    } else {
        // The piece may start inside a character; that one is left out.
        for char in String::from_utf8_lossy(word).chars().flat_map(char::to_lowercase) {
            let next = char.len_utf8().saturating_add(length);
            if let Some(to) = room.get_mut(length..next) {
                char.encode_utf8(to);
                length = next;
            }
        }
    }
    room.get(..length).unwrap_or(&[])
}
