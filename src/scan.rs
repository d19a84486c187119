//! Text to entities: URLs, phone numbers, email addresses, card numbers and
//! the operator's own patterns.
//!
//! One pass over the text. A vectorized search stops at the rare
//! bytes an entity needs; a hand-written recognizer then looks at the bytes
//! around. Each recognizer reads a bounded number of bytes to the left and to
//! the right, so the cost is linear in the text, whatever it holds.
//!
//! # Order and overlap
//!
//! Entities come in order of their start. Email addresses, phone numbers, card
//! numbers and custom matches never overlap each other. A URL may hold them
//! (`https://example.com/?to=jo@example.com` is one URL and one address), and
//! comes before what it holds; URLs never overlap URLs. Where two personal
//! entities would overlap, a custom match beats all others, and of the others
//! the one that starts first wins. Between custom patterns the one that starts
//! first wins, then the one that was configured first.
//!
//! # Streams
//!
//! [`Scanner::scan_open_from`] gives for every way of cutting a text the same
//! entities as [`Scanner::scan`] for the whole: it reports only what cannot
//! change, and says how far that goes.

mod card;
mod chars;
mod context;
mod custom;
mod eight;
mod email;
mod host;
mod lexicon;
mod number;
mod pass;
mod phone;
mod regions;
mod shapes;
mod trigger;
mod url;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use custom::{CUSTOM_PATTERNS_MAX, CustomPattern, PATTERN_BYTES_MAX, PatternError};
pub use regions::{Region, UnknownRegion};

use lexicon::Lexicon;
use pass::Pass;
use shapes::Shapes;

/// Longest entity in bytes. A longer URL ends there, in a stream and in the
/// whole text alike; no other entity comes near it.
pub const ENTITY_BYTES_MAX: usize = 2048;

/// How much settled text a caller of [`Scanner::scan_open_from`] keeps before
/// the open part, in bytes: as far back as any recognizer looks for a reason.
pub const LEFT_CONTEXT_BYTES: usize = 512;

// The two recognizers that look back furthest: an address for the `//` before
// its local part, a number for words; both with the signs in between.
const _: () = assert!(
    email::LOCAL_BYTES_MAX + email::USER_INFO_BYTES_MAX + 64 <= LEFT_CONTEXT_BYTES
        && context::CONTEXT_BYTES_MAX + 64 <= LEFT_CONTEXT_BYTES
);

/// Longest text that stays unsettled, in bytes: with custom patterns a line of
/// [`LINE_BYTES_MAX`], else one entity, and what may start one more.
pub const OPEN_BYTES_MAX: usize = LINE_BYTES_MAX + ENTITY_BYTES_MAX + LEFT_CONTEXT_BYTES;

/// Longest line that custom patterns see whole, in bytes. A longer one is cut
/// at a blank beside which no digit stands, if it has one in its second half.
pub const LINE_BYTES_MAX: usize = 4096;

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A link with scheme `http`, `https` or `ftp`, or one that starts `www.`.
    Url,
    /// A phone or fax number, its extension included.
    Phone,
    /// An email address.
    Email,
    /// A payment card number.
    CreditCard,
    /// A match of the custom pattern of this index.
    Custom(u8),
}

/// A piece of text that was recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its first byte in the scanned text; a character boundary.
    pub start: usize,
    /// Behind its last byte; a character boundary.
    pub end: usize,
}

/// Which built-in kinds to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindSet(u8);

impl KindSet {
    /// No built-in kind.
    pub const EMPTY: KindSet = KindSet(0);
    /// URLs, phone numbers, email addresses and card numbers.
    pub const ALL: KindSet = KindSet(0b1111);

    /// This set and `kind`. Custom kinds are not of this set: a scanner always
    /// looks for all patterns it was given.
    #[must_use]
    pub fn with(self, kind: EntityKind) -> KindSet {
        KindSet(self.0 | bit(kind))
    }

    /// Whether `kind` is in the set.
    pub fn contains(self, kind: EntityKind) -> bool {
        self.0 & bit(kind) != 0
    }
}

impl FromIterator<EntityKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = EntityKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(KindSet::EMPTY, KindSet::with)
    }
}

fn bit(kind: EntityKind) -> u8 {
    match kind {
        EntityKind::Url => 1,
        EntityKind::Phone => 2,
        EntityKind::Email => 4,
        EntityKind::CreditCard => 8,
        EntityKind::Custom(_) => 0,
    }
}

/// The recognizers of one policy, compiled.
#[derive(Debug)]
pub struct Scanner {
    kinds: KindSet,
    shapes: Shapes,
    lexicon: Lexicon,
    custom: Vec<CustomPattern>,
}

impl Scanner {
    /// Compiles a scanner that looks for `kinds`, for national phone numbers of
    /// `phone_regions` (international ones are always recognized), and for
    /// `custom` patterns, of which those behind the first
    /// [`CUSTOM_PATTERNS_MAX`] are not looked for.
    pub fn new(kinds: KindSet, phone_regions: &[Region], mut custom: Vec<CustomPattern>) -> Scanner {
        custom.truncate(CUSTOM_PATTERNS_MAX);
        Scanner { kinds, shapes: Shapes::new(phone_regions), lexicon: Lexicon::new(), custom }
    }

    /// The custom patterns, in the order of [`EntityKind::Custom`].
    pub fn custom(&self) -> &[CustomPattern] {
        &self.custom
    }

    /// What a kind is called in records and metrics: `email`, `credit_card`, the name of a
    /// custom pattern.
    pub fn kind_name(&self, kind: EntityKind) -> &str {
        match kind {
            EntityKind::Url => "url",
            EntityKind::Phone => "phone",
            EntityKind::Email => "email",
            EntityKind::CreditCard => "credit_card",
            EntityKind::Custom(index) => {
                self.custom.get(usize::from(index)).map_or("custom", CustomPattern::name)
            }
        }
    }

    /// Appends the entities of `text` to `out`, in order of start; see the
    /// module for overlaps.
    pub fn scan(&self, text: &str, out: &mut Vec<Entity>) {
        Pass::new(self, text, false).run(0, out);
    }

    /// [`Scanner::scan_open_from`] with no text before.
    pub fn scan_open(&self, text: &str, out: &mut Vec<Entity>) -> usize {
        self.scan_open_from(text, 0, out)
    }

    /// Like [`Scanner::scan`] for the part of `text` from byte `from` on, where
    /// more text may follow. Returns how many bytes from the start of `text`
    /// are settled: at least `from`, a character boundary.
    ///
    /// Entities that end before there are appended to `out`; no other can start
    /// before there. The caller then drops settled text, but keeps the last
    /// [`LEFT_CONTEXT_BYTES`] of it (all, if there is less; up to three more to
    /// end on a character boundary), appends what arrived, and calls again with
    /// `from` at the start of the part that was not settled. When nothing more
    /// will come it calls [`Scanner::scan_from`] instead. Entities found so are
    /// those that [`Scanner::scan`] finds in the whole text, however it was cut.
    ///
    /// What stays unsettled is never longer than [`OPEN_BYTES_MAX`].
    ///
    /// `from` behind the end, or inside a character, is taken as the next
    /// character boundary.
    pub fn scan_open_from(&self, text: &str, from: usize, out: &mut Vec<Entity>) -> usize {
        let from = boundary(text, from);
        Pass::new(self, text, true).run(from, out)
    }

    /// Like [`Scanner::scan`] for the part of `text` from byte `from` on, where
    /// what stands before was settled by [`Scanner::scan_open_from`].
    pub fn scan_from(&self, text: &str, from: usize, out: &mut Vec<Entity>) {
        let from = boundary(text, from);
        Pass::new(self, text, false).run(from, out);
    }
}

/// The first character boundary at or behind `at`, at most the end.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}
