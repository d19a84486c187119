//! How a block reaches the other Envoys: in two counters of the Rate Limit Service, whose
//! limits are so high that they are never reached, so that they disturb no other limit of the
//! same call, whatever the service is set to.
//!
//! A block lasts `L` seconds by the configuration that all Envoys share, so all there is to
//! tell is when it began. Time is cut into slices of `L`; in one slice at most one block of a
//! key begins. The counter `block=<L>-<slice>` holds where in its slice the block began, and
//! how many Envoys said so: they may find the same block at the same moment, and what they
//! add up to is divided by their number. The counter `blocks` of a tenant counts how often
//! anything was told of its keys today; only where it has changed are the others read.
//!
//! The service counts in days of UTC: an Envoy that meets a key for the first time after
//! midnight does not learn of a block from before.

#[cfg(test)]
mod tests;

use crate::time::{NANOS_PER_SECOND, UnixNanos};

/// Positions in a slice, as a power of two.
const POSITION_BITS: u32 = 16;
const POSITIONS: u64 = 1 << POSITION_BITS;
/// A position is counted in units of this, above the number of Envoys that told.
const POSITION_UNIT: u32 = 1 << 8;

/// Slices of the length of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    /// How long blocks last, seconds, at least 1.
    pub(super) length_s: u32,
    /// Number of the slice since 1970.
    pub(super) index: u64,
}

impl Slice {
    /// The slice of a moment.
    pub(super) fn of(length_s: u32, moment: UnixNanos) -> Self {
        let length_s = length_s.max(1);
        let index = moment.0.checked_div(length_nanos(length_s)).unwrap_or_default();
        Self { length_s, index }
    }

    /// The slice before.
    pub(super) fn before(self) -> Self {
        Self { index: self.index.saturating_sub(1), ..self }
    }

    /// Its name among a key's counters.
    pub(super) fn name(self) -> String {
        format!("{}-{}", self.length_s, self.index)
    }

    /// What to add to its counter for a block that began then.
    pub(super) fn mark(self, began: UnixNanos) -> u32 {
        let into = u128::from(began.since(self.begin()).min(length_nanos(self.length_s)));
        let position =
            into.saturating_mul(u128::from(POSITIONS)).checked_div(u128::from(length_nanos(self.length_s)));
        let position = u32::try_from(position.unwrap_or_default())
            .unwrap_or(u32::MAX)
            .min((POSITIONS as u32).saturating_sub(1));
        position.saturating_mul(POSITION_UNIT).saturating_add(1)
    }

    /// When the block ends that its counter tells of, if it tells of one.
    pub(super) fn block_end(self, count: u32) -> Option<UnixNanos> {
        let position = (count / POSITION_UNIT).checked_div(count % POSITION_UNIT)?;
        let length = length_nanos(self.length_s);
        let into = u128::from(position).saturating_mul(u128::from(length)) >> POSITION_BITS;
        let into = u64::try_from(into).unwrap_or(u64::MAX).min(length);
        Some(self.begin().plus(into).plus(length))
    }

    fn begin(self) -> UnixNanos {
        UnixNanos(self.index.saturating_mul(length_nanos(self.length_s)))
    }
}

fn length_nanos(length_s: u32) -> u64 {
    u64::from(length_s.max(1)).saturating_mul(NANOS_PER_SECOND)
}
