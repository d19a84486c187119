//! What is written instead of an entity.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::scan::{EntityKind, KindSet};

/// The shortest key of the operator `hash`, in bytes. Phone and card numbers
/// are few enough to try all of them, so the key is what keeps them secret.
pub const HASH_KEY_BYTES_MIN: usize = 16;

/// Bytes of the digest that go into a token: enough that two values of one
/// deployment do not meet, short enough to read.
const TOKEN_BYTES: usize = 8;

/// Characters that `mask` leaves.
const CHARS_KEPT: usize = 4;

/// How an entity is replaced. The names are those of the configuration.
#[derive(Clone, Debug)]
pub enum Operator {
    /// `[EMAIL]`, `[PHONE]`, `[CREDIT_CARD]`, `[NAME]` of a custom pattern.
    Replace,
    /// `*` for each character but the last four; for all of a value that has
    /// no more.
    Mask,
    /// `[EMAIL:1a2b3c4d5e6f7a8b]`: the same value makes the same token, across
    /// requests and workers, and no token tells the value without the key.
    Hash(HashKey),
}

/// The key of [`Operator::Hash`]. `Debug` does not show it.
#[derive(Clone)]
pub struct HashKey(Hmac<Sha256>);

impl HashKey {
    /// `None` for fewer bytes than [`HASH_KEY_BYTES_MIN`].
    #[must_use]
    pub fn new(key: &[u8]) -> Option<Self> {
        if key.len() < HASH_KEY_BYTES_MIN {
            return None;
        }
        Hmac::new_from_slice(key).ok().map(Self)
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey")
    }
}

/// An operator, the kinds it is for, and the names of custom patterns.
#[derive(Clone, Debug)]
pub struct Redactor {
    operator: Operator,
    kinds: KindSet,
    custom_labels: Vec<String>,
}

impl Redactor {
    /// Redacts the built-in `kinds` except URLs, and all custom patterns, whose
    /// names are given in the order of [`EntityKind::Custom`].
    pub fn new<'a>(
        operator: Operator,
        kinds: KindSet,
        custom_names: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self { operator, kinds, custom_labels: custom_names.into_iter().map(label).collect() }
    }

    /// Whether entities of this kind are replaced.
    #[must_use]
    pub fn redacts(&self, kind: EntityKind) -> bool {
        match kind {
            EntityKind::Url => false,
            EntityKind::Custom(_) => true,
            EntityKind::Email | EntityKind::Phone | EntityKind::CreditCard => self.kinds.contains(kind),
        }
    }

    /// What is written instead of `value`.
    #[must_use]
    pub fn replacement(&self, kind: EntityKind, value: &str) -> String {
        match &self.operator {
            Operator::Replace => format!("[{}]", self.label(kind)),
            Operator::Mask => mask(value),
            Operator::Hash(key) => {
                let label = self.label(kind);
                format!("[{label}:{}]", token(key, label, kind, value))
            }
        }
    }

    /// What a kind is called in replacements: `EMAIL`, `PHONE`, `CREDIT_CARD`, `URL`, or the
    /// name of the custom pattern in capitals.
    #[must_use]
    pub fn label(&self, kind: EntityKind) -> &str {
        match kind {
            EntityKind::Email => "EMAIL",
            EntityKind::Phone => "PHONE",
            EntityKind::CreditCard => "CREDIT_CARD",
            EntityKind::Url => "URL",
            EntityKind::Custom(index) => {
                self.custom_labels.get(usize::from(index)).map_or("CUSTOM", String::as_str)
            }
        }
    }
}

/// A label is safe wherever it may be written: in JSON, a header, a log.
fn label(name: &str) -> String {
    let safe = |character: char| {
        if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' }
    };
    name.chars().map(safe).collect()
}

fn mask(value: &str) -> String {
    let chars = value.chars().count();
    let hidden = if chars > CHARS_KEPT { chars.saturating_sub(CHARS_KEPT) } else { chars };
    value.chars().enumerate().map(|(at, character)| if at < hidden { '*' } else { character }).collect()
}

fn token(key: &HashKey, label: &str, kind: EntityKind, value: &str) -> String {
    let mut mac = key.0.clone();
    // The label keeps a phone and a card of the same digits apart.
    mac.update(label.as_bytes());
    mac.update(&[0]);
    mac.update(normalised(kind, value).as_bytes());
    let digest = mac.finalize().into_bytes();
    digest.iter().take(TOKEN_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// The same for ways of writing one value: case of an address, separators and
/// scripts of digits.
fn normalised(kind: EntityKind, value: &str) -> String {
    match kind {
        EntityKind::Email => value.to_lowercase(),
        EntityKind::Phone | EntityKind::CreditCard => value.chars().filter_map(decimal_digit).collect(),
        EntityKind::Url | EntityKind::Custom(_) => value.to_owned(),
    }
}

/// ASCII for a decimal digit of the scripts phone numbers are written in.
fn decimal_digit(character: char) -> Option<char> {
    /// Where the digits zero to nine of a script start: ASCII, Arabic-Indic
    /// and its eastern form, Devanagari, Bengali, Thai, full-width.
    const ZEROS: [char; 7] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}'];
    let value = |zero: &char| u32::from(character).checked_sub(u32::from(*zero)).filter(|value| *value < 10);
    ZEROS.iter().find_map(value).and_then(|value| char::from_digit(value, 10))
}

#[cfg(test)]
mod tests;
