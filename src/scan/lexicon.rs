//! The words of [`super::words`], arranged for quick look-up.

use super::words;

/// Longest word that is looked up, in bytes. Of longer ones, which only
/// scripts without spaces have, the end is.
const WORD_BYTES_MAX: usize = 48;
/// First bytes of characters from Hebrew on. In these scripts words take
/// prefixes or have no spaces between them, so a known one may stand inside.
const FIRST_UNSPACED_LEAD: u8 = 0xd6;
/// First byte of the last Hebrew letters.
const LAST_HEBREW_LEAD: u8 = 0xd7;
/// Endings of compounds that name a number: `Vorgangsnummer`, `ordrenr`.
const NUMBER_ENDINGS: [&str; 9] =
    ["nummer", "nummern", "nummeret", "numret", "numeroon", "numero", "nr", "szám", "száma"];

/// Names of a number that are written together with its kind.
const COMPOUND_NUMBERS: [&str; 2] = ["番号", "번호"];

/// What a word says of the number behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// A phone number.
    Phone,
    /// A payment card number.
    Card,
    /// A number of some other kind.
    Other,
    /// Who has the number.
    Party,
    /// A number, of a kind that the words before tell.
    Number,
    /// The same, short: `no`, `nr`.
    NumberSign,
    /// Nothing; it links other words to the number.
    Link,
    /// What the number counts, if it stands behind.
    Unit,
}

/// How many buckets the words are spread over, by their first two bytes.
const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 10;

/// The words, by bucket.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// Where in `entries` each bucket starts; one more than there are buckets,
    /// so that each has an end.
    starts: Vec<u16>,
    /// The words, those of one bucket the longest first.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    text: &'static [u8],
    /// Its first bytes, to be compared at once.
    head: u64,
    /// Which bytes of `head` there are.
    mask: u64,
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
            (words::PARTY, Sense::Party),
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
                let stem = text.len() < word.len() || !text.is_ascii();
                Entry {
                    text: text.as_bytes(),
                    head: head(text.as_bytes()),
                    mask: mask(text.len()),
                    stem,
                    sense,
                }
            })
            .collect();
        // Longer words first, so that `telem` is not taken for `tel`.
        entries.sort_by_key(|entry| (bucket(entry.text), usize::MAX.wrapping_sub(entry.text.len())));
        let starts = (0..=BUCKETS)
            .map(|index| entries.partition_point(|entry| bucket(entry.text) < index))
            .map(|start| u16::try_from(start).unwrap_or(u16::MAX))
            .collect();
        Lexicon { starts, entries }
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
            // `お客様` is somebody, `お客様番号` their number.
            let inside = if entry.sense == Sense::Party { self.sense_inside(lower) } else { None };
            return inside.or(Some(entry.sense));
        }
        let compound =
            may_be_compound(lower) && NUMBER_ENDINGS.iter().any(|end| lower.ends_with(end.as_bytes()));
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
                Some(entry) if !matches!(entry.sense, Sense::Unit | Sense::Party) => {
                    return Some(entry.sense);
                }
                _ => {}
            }
        }
        // `番号` alone is a number, `伝票番号` one of another kind, `この番号` this one.
        let (at, sense) = number?;
        match (word.get(..at)?, word.get(at..)?) {
            ([], _) => Some(sense),
            (kind, name) if COMPOUND_NUMBERS.iter().any(|end| name.starts_with(end.as_bytes())) => {
                (!kind.ends_with("の".as_bytes())).then_some(Sense::Other)
            }
            // Hebrew prefixes are written together with their noun.
            ([FIRST_UNSPACED_LEAD..=LAST_HEBREW_LEAD, _], _) => Some(sense),
            _ => None,
        }
    }

    /// Entries that `text` starts with, the longest first.
    fn matching<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'a Entry> {
        let start = |bucket: usize| self.starts.get(bucket).map_or(0, |start| usize::from(*start));
        let bucket = bucket(text);
        let entries = self.entries.get(start(bucket)..start(bucket.saturating_add(1))).unwrap_or(&[]);
        let head = head(text);
        entries.iter().filter(move |entry| {
            head & entry.mask == entry.head
                && (entry.text.len() <= HEAD_BYTES || text.starts_with(entry.text))
        })
    }
}

/// Bytes of a word that are compared at once.
const HEAD_BYTES: usize = 8;

/// Whether the last two letters are those of one of [`NUMBER_ENDINGS`].
fn may_be_compound(word: &[u8]) -> bool {
    matches!(
        word,
        [.., b'e', b'r' | b't']
            | [.., b'r' | b'o', b'n']
            | [.., b'r', b'o']
            | [.., b'n', b'r']
            | [.., b'm', b'a']
            | [.., 0xa1, b'm']
    )
}

/// The first bytes of a word, the first in the lowest byte; 0 behind its end.
fn head(text: &[u8]) -> u64 {
    if let Some(head) = text.first_chunk() {
        return u64::from_le_bytes(*head);
    }
    text.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte))
}

/// Which bytes of a [`head`] a word of `length` bytes has.
fn mask(length: usize) -> u64 {
    let missing = HEAD_BYTES.saturating_sub(length);
    u64::MAX >> missing.saturating_mul(8)
}

/// The bucket of a word.
fn bucket(text: &[u8]) -> usize {
    let key = match *text {
        [first, second, ..] => u16::from_le_bytes([first, second]),
        _ => 0,
    };
    // Fibonacci hashing: the high bits of a product with 2^16 over the golden ratio.
    usize::from(key.wrapping_mul(0x9e37) >> (u16::BITS.saturating_sub(BUCKET_BITS)))
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
