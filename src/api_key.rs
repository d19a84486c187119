//! Keys by their digests: who a key belongs to, and when it is good.

#[cfg(test)]
mod tests;

use crate::denial::Denial;
use crate::secret::Digest;
use crate::time::UnixSeconds;

/// A key of a tenant. Its plaintext is not here, nor anywhere else.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// What the configuration calls it.
    pub id: Box<str>,
    /// Index of its tenant in the policy.
    pub tenant: u32,
    /// When it is good, and when its age is worth a word.
    pub validity: Validity,
}

/// When a key is good. `UnixSeconds(0)` and `UnixSeconds(u64::MAX)` stand for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// When it was made, where that is known.
    pub created: Option<UnixSeconds>,
    /// The first second the key is good.
    pub not_before: UnixSeconds,
    /// The first second it is no longer.
    pub not_after: UnixSeconds,
    /// The second from which its clients are told to replace it.
    pub warn_from: UnixSeconds,
}

impl Validity {
    /// Works out when to warn: `warn_before_days` ahead of the key's end, or when it is
    /// older than `max_age_days`, whichever comes first.
    pub fn new(
        created: Option<UnixSeconds>,
        not_before: Option<UnixSeconds>,
        not_after: Option<UnixSeconds>,
        aging: Aging,
    ) -> Self {
        let near_end = not_after.map(|end| end.minus_days(aging.warn_before_days));
        let too_old = created.map(|made| made.plus_days(aging.max_age_days));
        Self {
            created,
            not_before: not_before.unwrap_or(UnixSeconds(0)),
            not_after: not_after.unwrap_or(UnixSeconds(u64::MAX)),
            warn_from: near_end.into_iter().chain(too_old).min().unwrap_or(UnixSeconds(u64::MAX)),
        }
    }

    /// What a client is told about this key's age: nothing while it is fresh.
    pub fn rotation(self, now: UnixSeconds) -> Option<Rotation> {
        (now >= self.warn_from).then_some(Rotation { deprecated: self.warn_from, sunset: self.end() })
    }

    /// When it ends, where it has an end.
    pub fn end(self) -> Option<UnixSeconds> {
        (self.not_after != UnixSeconds(u64::MAX)).then_some(self.not_after)
    }

    /// Its age in whole days, where it is known.
    pub fn age_days(self, now: UnixSeconds) -> Option<u64> {
        Some(now.days_since(self.created?))
    }

    /// Whole days until its end, where it has one; 0 when it is over.
    pub fn days_left(self, now: UnixSeconds) -> Option<u64> {
        Some(self.end()?.days_since(now))
    }
}

/// How old keys may get.
#[derive(Debug, Clone, Copy)]
pub struct Aging {
    /// Age at which a key should be replaced.
    pub max_age_days: u32,
    /// How long before its end a key's clients are told.
    pub warn_before_days: u32,
}

/// A key that should be replaced: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Since when it is deprecated.
    pub deprecated: UnixSeconds,
    /// When it ends, where it has an end.
    pub sunset: Option<UnixSeconds>,
}

impl Rotation {
    /// The value of `Deprecation`: a date of RFC 9651 section 3.3.7.
    pub fn deprecation_field(self) -> String {
        format!("@{}", self.deprecated.0)
    }

    /// The value of `Sunset`.
    pub fn sunset_field(self) -> Option<String> {
        self.sunset.map(UnixSeconds::to_http_date)
    }
}

/// All keys, sorted by digest: a look-up among 100 000 is 17 comparisons.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    digests: Vec<Digest>,
    keys: Vec<ApiKey>,
}

impl KeyRing {
    /// Collects keys. Two of the same digest would be one credential for two identities:
    /// the second is handed back instead, with the first it collides with.
    pub fn new(mut keys: Vec<(Digest, ApiKey)>) -> Result<Self, Vec<Collision>> {
        keys.sort_unstable_by_key(|(digest, _)| *digest);
        let pairs = keys.iter().zip(keys.iter().skip(1));
        let collisions: Vec<Collision> = pairs
            .filter(|((a, _), (b, _))| a == b)
            .map(|((_, a), (_, b))| Collision { first: a.clone(), second: b.clone() })
            .collect();
        if !collisions.is_empty() {
            return Err(collisions);
        }
        let (digests, keys) = keys.into_iter().unzip();
        Ok(Self { digests, keys })
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key with this digest and its index, if it is good now.
    ///
    /// # Errors
    /// `invalid-api-key` for a key nobody has or one that is not good yet,
    /// `expired-api-key` for one that is no longer.
    pub fn identify(&self, digest: Digest, now: UnixSeconds) -> Result<(u32, &ApiKey), Denial> {
        let found = self.digests.binary_search(&digest).ok();
        let index = found.and_then(|index| u32::try_from(index).ok()).ok_or(Denial::InvalidApiKey)?;
        let key = self.get(index).ok_or(Denial::InvalidApiKey)?;
        if now < key.validity.not_before {
            return Err(Denial::InvalidApiKey);
        }
        if now >= key.validity.not_after {
            return Err(Denial::ExpiredApiKey);
        }
        Ok((index, key))
    }

    /// The key of this index.
    pub fn get(&self, index: u32) -> Option<&ApiKey> {
        self.keys.get(index as usize)
    }

    /// The digests of a tenant's keys.
    pub fn digests_of(&self, tenant: u32) -> impl Iterator<Item = Digest> {
        let pairs = self.digests.iter().zip(&self.keys);
        pairs.filter(move |(_, key)| key.tenant == tenant).map(|(digest, _)| *digest)
    }

    /// The indices of the `most` keys that are first to be replaced, most urgent first.
    pub fn most_urgent(&self, most: usize) -> Vec<u32> {
        let mut indices: Vec<(UnixSeconds, u32)> =
            self.keys.iter().map(|key| key.validity.warn_from).zip(0..).collect();
        indices.sort_unstable();
        indices.truncate(most);
        indices.into_iter().map(|(_, index)| index).collect()
    }
}

/// Two keys that are the same credential.
#[derive(Debug, Clone)]
pub struct Collision {
    /// One of them.
    pub first: ApiKey,
    /// The other.
    pub second: ApiKey,
}
