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
        let first_bytes = head(word);
        if word.len() <= HEAD_BYTES && first_bytes & NOT_ASCII == 0 {
            return self.sense_of_short(first_bytes, word.len());
        }
        let skipped = word.len().saturating_sub(WORD_BYTES_MAX);
        let mut room = [0u8; WORD_BYTES_MAX];
        let lower = lower_case(word.get(skipped..)?, &mut room);
        if let [_] = lower {
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

    /// The same for ASCII letters, so few that all are in `letters`.
    fn sense_of_short(&self, letters: u64, length: usize) -> Option<Sense> {
        if length <= 1 {
            // `a`, `o`, `y`, `u`: of many languages' shortest words.
            return (length == 1).then_some(Sense::Link);
        }
        let lower = (letters | LOWER) & mask(length);
        let bucket = bucket_of(lower.to_le_bytes().first_chunk().copied().unwrap_or_default());
        let fits = |entry: &&Entry| {
            lower & entry.mask == entry.head
                && (entry.text.len() == length || (entry.stem && entry.text.len() < length))
        };
        if let Some(entry) = self.bucket(bucket).iter().find(fits) {
            return Some(entry.sense);
        }
        let bytes = lower.to_le_bytes();
        let word = bytes.get(..length)?;
        let compound =
            may_be_compound(word) && NUMBER_ENDINGS.iter().any(|end| word.ends_with(end.as_bytes()));
        compound.then_some(Sense::Other)
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

    fn bucket(&self, bucket: usize) -> &[Entry] {
        let start = |bucket: usize| self.starts.get(bucket).map_or(0, |start| usize::from(*start));
        self.entries.get(start(bucket)..start(bucket.saturating_add(1))).unwrap_or(&[])
    }

    /// Entries that `text` starts with, the longest first.
    fn matching<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'a Entry> {
        let entries = self.bucket(bucket(text));
        let head = head(text);
        entries.iter().filter(move |entry| {
            head & entry.mask == entry.head
                && (entry.text.len() <= HEAD_BYTES || text.starts_with(entry.text))
        })
    }
}

/// Bytes of a word that are compared at once.
const HEAD_BYTES: usize = 8;
/// The bit that no ASCII character has.
const NOT_ASCII: u64 = u64::from_ne_bytes([0x80; HEAD_BYTES]);
/// The bit that makes letters of ASCII lower case.
const LOWER: u64 = u64::from_ne_bytes([0x20; HEAD_BYTES]);

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
#[inline]
fn head(text: &[u8]) -> u64 {
    if let Some(head) = text.first_chunk() {
        return u64::from_le_bytes(*head);
    }
    // Two reads that overlap, of as many bytes as there are at least.
    let (low, high, width) = match (text.first_chunk(), text.last_chunk(), text) {
        (Some(low), Some(high), _) => (u32::from_le_bytes(*low), u32::from_le_bytes(*high), 4),
        (_, _, [low, .., high]) if text.len() == 2 => (u32::from(*low), u32::from(*high), 1),
        (_, _, [low, middle, high]) => (u32::from(*low) | u32::from(*middle) << 8, u32::from(*high), 1),
        (_, _, [one]) => (u32::from(*one), u32::from(*one), 1),
        _ => return 0,
    };
    let shift = text.len().saturating_sub(width).saturating_mul(8);
    u64::from(low) | u64::from(high) << shift
}

/// Which bytes of a [`head`] a word of `length` bytes has.
fn mask(length: usize) -> u64 {
    let missing = u32::try_from(HEAD_BYTES.saturating_sub(length)).unwrap_or(u32::MAX);
    u64::MAX.checked_shr(missing.saturating_mul(8)).unwrap_or_default()
}

/// The bucket of a word.
fn bucket(text: &[u8]) -> usize {
    text.first_chunk().map_or(0, |first| bucket_of(*first))
}

/// The bucket of words that start with these bytes.
fn bucket_of(first: [u8; 2]) -> usize {
    let key = u16::from_le_bytes(first);
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
        for chunk in word.utf8_chunks() {
            for char in chunk.valid().chars() {
                if has_no_case(char) {
                    length = push(room, length, char);
                } else {
                    length = char.to_lowercase().fold(length, |length, char| push(room, length, char));
                }
            }
            // The word was cut inside a character: what is left is no letter of a known word.
            if !chunk.invalid().is_empty() {
                length = push(room, length, char::REPLACEMENT_CHARACTER);
            }
        }
    }
    room.get(..length).unwrap_or(&[])
}

/// Writes `char` behind the first `length` bytes of `room`, if it fits; how
/// many bytes there are then.
fn push(room: &mut [u8; WORD_BYTES_MAX], length: usize, char: char) -> usize {
    let end = length.saturating_add(char.len_utf8());
    match room.get_mut(length..end) {
        Some(place) => {
            char.encode_utf8(place);
            end
        }
        None => length,
    }
}

/// Whether a character is of a script without cases, from Hebrew to the Thai
/// neighbours and from Kana to Hangul. Others are asked the long way.
fn has_no_case(char: char) -> bool {
    matches!(u32::from(char), 0x5d0..=0x0fff | 0x3000..=0x9fff | 0xac00..=0xd7ff)
}
