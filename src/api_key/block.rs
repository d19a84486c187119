//! A tenant's keys in little memory: about 70 bytes each, with an id of 16.
//!
//! A module's memory never shrinks, so what was needed once is needed for good. Keys are
//! therefore stored as they are read, in blocks that are never moved or copied.

use crate::secret::Digest;
use crate::time::UnixSeconds;

/// Keys in one block at most. Their ids, of 63 bytes each, end within the reach of 16 bits.
pub(super) const BLOCK_KEYS_MAX: usize = 256;

/// When a key was made, and when it is good, as far as the configuration says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// When it was made.
    pub created: Option<UnixSeconds>,
    /// The first second it is good.
    pub not_before: Option<UnixSeconds>,
    /// The first second it is no longer.
    pub not_after: Option<UnixSeconds>,
}

impl Dates {
    /// Whether a key with these dates would never be good.
    pub fn are_empty(self) -> bool {
        self.not_before.zip(self.not_after).is_some_and(|(from, to)| from >= to)
    }
}

/// The keys of one tenant, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct KeyBlocks(Vec<KeyBlock>);

impl KeyBlocks {
    /// Adds a key. An id is at most 63 bytes long, as configurations may have them.
    pub fn push(&mut self, id: &str, digest: Digest, dates: Dates) {
        if self.0.last().is_none_or(|block| block.keys.len() >= BLOCK_KEYS_MAX) {
            self.close();
            self.0.push(KeyBlock::default());
        }
        if let Some(block) = self.0.last_mut() {
            block.push(id, digest, dates);
        }
    }

    /// Gives back the room that was kept for more.
    pub fn close(&mut self) {
        if let Some(block) = self.0.last_mut() {
            block.keys.shrink_to_fit();
            block.ids.shrink_to_fit();
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(KeyBlock::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().flat_map(|block| (0..block.len()).filter_map(|slot| block.id(slot)))
    }

    pub(super) fn into_blocks(self) -> Vec<KeyBlock> {
        self.0
    }
}

/// Up to [`BLOCK_KEYS_MAX`] keys.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyBlock {
    keys: Vec<StoredKey>,
    /// All ids, one behind the other.
    ids: String,
}

#[derive(Debug, Clone, Copy)]
struct StoredKey {
    digest: Digest,
    created: StoredDate,
    not_before: StoredDate,
    not_after: StoredDate,
    id_end: u16,
}

impl KeyBlock {
    fn push(&mut self, id: &str, digest: Digest, dates: Dates) {
        self.ids.push_str(id);
        self.keys.push(StoredKey {
            digest,
            created: StoredDate::of(dates.created),
            not_before: StoredDate::of(dates.not_before),
            not_after: StoredDate::of(dates.not_after),
            id_end: u16::try_from(self.ids.len()).unwrap_or(u16::MAX),
        });
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn digest(&self, slot: usize) -> Option<&Digest> {
        Some(&self.keys.get(slot)?.digest)
    }

    pub(super) fn id(&self, slot: usize) -> Option<&str> {
        let start = match slot.checked_sub(1) {
            Some(before) => usize::from(self.keys.get(before)?.id_end),
            None => 0,
        };
        self.ids.get(start..usize::from(self.keys.get(slot)?.id_end))
    }

    pub(super) fn dates(&self, slot: usize) -> Option<Dates> {
        let StoredKey { created, not_before, not_after, .. } = self.keys.get(slot)?;
        Some(Dates { created: created.get(), not_before: not_before.get(), not_after: not_after.get() })
    }
}

/// Seconds in 40 bits, which last until the year 36 812; all ones: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct StoredDate([u8; 5]);

impl StoredDate {
    const NONE: Self = Self([u8::MAX; 5]);

    fn of(date: Option<UnixSeconds>) -> Self {
        let Some(UnixSeconds(seconds)) = date else { return Self::NONE };
        let [_, _, _, bytes @ ..] = seconds.to_be_bytes();
        Self(bytes)
    }

    fn get(self) -> Option<UnixSeconds> {
        let [a, b, c, d, e] = self.0;
        (self != Self::NONE).then(|| UnixSeconds(u64::from_be_bytes([0, 0, 0, a, b, c, d, e])))
    }
}
