//! All keys, and the one that has a digest.

use std::collections::BinaryHeap;

use super::block::{BLOCK_KEYS_MAX, KeyBlock, KeyBlocks};
use super::{Aging, ApiKey, Validity};
use crate::denial::Denial;
use crate::secret::Digest;
use crate::time::UnixSeconds;

/// Keys that share a bucket, on average: as few look-ups into memory as a bucket has keys.
const BUCKET_KEYS: usize = 2;

/// All keys. Digests are evenly spread, so the first bits of one say where it is: a look-up
/// among 100 000 keys compares as many as one among 100.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    blocks: Vec<OwnedBlock>,
    /// The indices of the keys, bucket by bucket.
    order: Vec<u32>,
    /// Where in `order` each bucket begins, and the last one ends; as many buckets as a power
    /// of two.
    starts: Vec<u32>,
    aging: Aging,
}

#[derive(Debug, Clone)]
struct OwnedBlock {
    tenant: u32,
    keys: KeyBlock,
}

impl KeyRing {
    /// Collects the keys of the tenants, which are given in the order of their indices.
    pub fn new(tenants: impl Iterator<Item = KeyBlocks>, aging: Aging) -> Self {
        let blocks = (0..).zip(tenants).flat_map(|(tenant, keys): (u32, _)| {
            keys.into_blocks().into_iter().map(move |keys| OwnedBlock { tenant, keys })
        });
        let mut ring = Self { blocks: blocks.collect(), aging, ..Self::default() };
        ring.sort_into_buckets();
        ring
    }

    /// Counts the keys of each bucket, then puts each key where its bucket is.
    fn sort_into_buckets(&mut self) {
        let buckets = (self.len() / BUCKET_KEYS).next_power_of_two();
        let mut starts = vec![0u32; buckets.saturating_add(1)];
        let mut order = vec![0u32; self.len()];
        for (_, digest) in self.digests() {
            if let Some(count) = starts.get_mut(bucket_of(digest, buckets)) {
                *count = count.saturating_add(1);
            }
        }
        let mut keys_before = 0u32;
        for start in &mut starts {
            keys_before = keys_before.saturating_add(*start);
            *start = keys_before;
        }
        // From the end of each bucket to its beginning.
        for (index, digest) in self.digests() {
            let Some(start) = starts.get_mut(bucket_of(digest, buckets)) else { continue };
            *start = start.saturating_sub(1);
            if let Some(place) = order.get_mut(*start as usize) {
                *place = index;
            }
        }
        self.starts = starts;
        self.order = order;
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.keys.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The key with this digest and its index, if it is good now.
    ///
    /// # Errors
    /// `invalid-api-key` for a key nobody has or one that is not good yet,
    /// `expired-api-key` for one that is no longer.
    pub fn identify(&self, digest: Digest, now: UnixSeconds) -> Result<(u32, ApiKey<'_>), Denial> {
        let buckets = self.starts.len().saturating_sub(1);
        let mut bucket = self.bucket(bucket_of(&digest, buckets)).iter().copied();
        let index = bucket.find(|index| self.digest(*index) == Some(&digest));
        let (index, key) =
            index.and_then(|index| Some((index, self.get(index)?))).ok_or(Denial::InvalidApiKey)?;
        if now < key.validity.not_before {
            return Err(Denial::InvalidApiKey);
        }
        if now >= key.validity.not_after {
            return Err(Denial::ExpiredApiKey);
        }
        Ok((index, key))
    }

    /// The key of this index.
    pub fn get(&self, index: u32) -> Option<ApiKey<'_>> {
        let (block, slot) = self.place(index)?;
        let validity = Validity::new(block.keys.dates(slot)?, self.aging);
        Some(ApiKey { id: block.keys.id(slot)?, tenant: block.tenant, validity })
    }

    /// The digests of a tenant's keys.
    pub fn digests_of(&self, tenant: u32) -> impl Iterator<Item = Digest> {
        let blocks = self.blocks.iter().filter(move |block| block.tenant == tenant);
        blocks.flat_map(|block| (0..block.keys.len()).filter_map(|slot| block.keys.digest(slot).copied()))
    }

    /// The indices of the `most` keys that are first to be replaced, most urgent first.
    pub fn most_urgent(&self, most: usize) -> Vec<u32> {
        let mut urgent: BinaryHeap<(UnixSeconds, u32)> = BinaryHeap::new();
        for (index, _) in self.digests() {
            let Some(key) = self.get(index) else { continue };
            urgent.push((key.validity.warn_from, index));
            if urgent.len() > most {
                urgent.pop();
            }
        }
        urgent.into_sorted_vec().into_iter().map(|(_, index)| index).collect()
    }

    /// Keys that are the same credential, in pairs: it would be one for two identities.
    pub fn collisions(&self) -> impl Iterator<Item = (ApiKey<'_>, ApiKey<'_>)> {
        let buckets = 0..self.starts.len().saturating_sub(1);
        buckets.flat_map(|bucket| pairs(self.bucket(bucket))).filter_map(|(first, second)| {
            let same = self.digest(first) == self.digest(second);
            same.then(|| Some((self.get(first)?, self.get(second)?))).flatten()
        })
    }

    fn bucket(&self, bucket: usize) -> &[u32] {
        let bounds = self.starts.get(bucket..bucket.saturating_add(2));
        let [start, end] = bounds.and_then(|bounds| bounds.first_chunk().copied()).unwrap_or_default();
        self.order.get(start as usize..end as usize).unwrap_or_default()
    }

    fn digest(&self, index: u32) -> Option<&Digest> {
        let (block, slot) = self.place(index)?;
        block.keys.digest(slot)
    }

    fn place(&self, index: u32) -> Option<(&OwnedBlock, usize)> {
        let index = index as usize;
        Some((self.blocks.get(index / BLOCK_KEYS_MAX)?, index % BLOCK_KEYS_MAX))
    }

    /// Every key's index and digest.
    fn digests(&self) -> impl Iterator<Item = (u32, &Digest)> {
        (0u32..).step_by(BLOCK_KEYS_MAX).zip(&self.blocks).flat_map(|(first, block)| {
            let slots = (first..).zip(0..block.keys.len());
            slots.filter_map(|(index, slot)| Some((index, block.keys.digest(slot)?)))
        })
    }
}

/// The bucket of a digest, of a number of buckets that is a power of two.
fn bucket_of(digest: &Digest, buckets: usize) -> usize {
    (digest.prefix() as usize) & buckets.saturating_sub(1)
}

/// Every two of some indices.
fn pairs(indices: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    let rests = (1..).map(|from| indices.get(from..).unwrap_or_default());
    indices.iter().zip(rests).flat_map(|(first, rest)| rest.iter().map(|second| (*first, *second)))
}
