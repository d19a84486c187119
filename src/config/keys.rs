//! The keys of a tenant, of which there may be very many.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::api_key::{Dates, KeyBlocks};
use crate::secret::{Digest, Secret};
use crate::time::UnixSeconds;

/// One API key: its id, and exactly one of `sha256`, `env` and `plaintext`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Names the key in logs, metrics and the identity header: `[A-Za-z0-9][A-Za-z0-9._-]{0,62}`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(required))]
    pub id: String,
    /// The SHA-256 digest of the key, 64 hexadecimal digits.
    pub sha256: Option<String>,
    /// The environment variable that holds the key.
    pub env: Option<String>,
    /// The key itself; refused in production.
    pub plaintext: Option<Secret>,
    /// When the key was made, RFC 3339; `max_age_days` counts from here.
    pub created: Option<String>,
    /// The first moment the key is good, RFC 3339.
    pub not_before: Option<String>,
    /// The first moment the key is no longer good, RFC 3339.
    pub not_after: Option<String>,
}

impl Key {
    /// Whether the id is as ids must be.
    pub fn has_good_id(&self) -> bool {
        is_id(&self.id, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    }

    /// The digest and the dates of a key that is given by its digest and has nothing wrong.
    fn settled(&self) -> Option<(Digest, Dates)> {
        if self.env.is_some() || self.plaintext.is_some() || !self.has_good_id() {
            return None;
        }
        let digest =
            Digest::from_hex(self.sha256.as_deref()?).filter(|digest| *digest != Digest::OF_NOTHING)?;
        let date = |text: &Option<String>| match text {
            Some(text) => UnixSeconds::from_rfc3339(text).map(Some),
            None => Some(None),
        };
        let dates = Dates {
            created: date(&self.created)?,
            not_before: date(&self.not_before)?,
            not_after: date(&self.not_after)?,
        };
        (!dates.are_empty()).then_some((digest, dates))
    }
}

/// Whether a text is an id: a letter or digit, and up to 62 of the characters that are
/// `allowed`.
pub fn is_id(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    const ID_BYTES_MAX: usize = 63;
    let begins_well = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    begins_well && text.len() <= ID_BYTES_MAX && text.bytes().all(allowed)
}

/// The keys of a tenant. Those that are given by their digests, and have nothing wrong, are
/// put where they stay as they are read: of 100 000 keys, a hundred texts a moment are enough.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The keys that are settled.
    pub settled: KeyBlocks,
    /// Those that are not, each with its place in the list.
    pub others: Vec<(usize, Key)>,
}

impl Keys {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.settled.len().saturating_add(self.others.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.settled.is_empty() && self.others.is_empty()
    }

    /// All ids, in the order of the list.
    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        let mut settled = self.settled.ids();
        let mut others = self.others.iter().peekable();
        (0..self.len()).filter_map(move |place| match others.next_if(|(other, _)| *other == place) {
            Some((_, key)) => Some(key.id.as_str()),
            None => settled.next(),
        })
    }

    fn push(&mut self, key: Key) {
        match key.settled() {
            Some((digest, dates)) => self.settled.push(&key.id, digest, dates),
            None => self.others.push((self.len(), key)),
        }
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keys, A::Error> {
                let mut keys = Keys::default();
                while let Some(key) = list.next_element()? {
                    keys.push(key);
                }
                keys.settled.close();
                Ok(keys)
            }
        }

        deserializer.deserialize_seq(List)
    }
}
