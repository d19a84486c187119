//! Personal data replaced, and nothing around it.
//!
//! A [`Redactor`] says what is written instead of an entity. It works on
//! - a body held whole ([`Redactor::splice_body`]): JSON stays valid and equal
//!   in all else, down to escapes, number formats, key order and white space;
//!   a number that was a card becomes a string; forms are percent-encoded
//!   again, base64 and quoted-printable parts of multipart written anew;
//! - a query ([`Redactor::splice_query`]);
//! - an answer as it streams ([`AnswerRedactor`]).
//!
//! URLs are counted elsewhere and never redacted; an address or a number
//! within one is.

mod operator;
mod splice;
mod stream;

use crate::scan::{CUSTOM_PATTERNS_MAX, EntityKind};

pub use operator::{HASH_KEY_BYTES_MIN, HashKey, Operator, Redactor};
pub use stream::{Answer, AnswerRedactor, HELD_BYTES_MAX};

/// How many entities were replaced, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RedactionCounts {
    /// Email addresses.
    pub emails: u32,
    /// Phone numbers.
    pub phones: u32,
    /// Card numbers.
    pub credit_cards: u32,
    /// Matches of custom patterns, by the index of the pattern.
    pub custom: [u32; CUSTOM_PATTERNS_MAX],
}

impl RedactionCounts {
    /// How many built-in kinds there are.
    pub const BUILT_IN: usize = 3;
    /// How many kinds there are, custom patterns included.
    pub const KINDS: usize = Self::BUILT_IN + CUSTOM_PATTERNS_MAX;

    /// All kinds that may be replaced, the built-in ones first.
    pub fn kinds() -> impl Iterator<Item = EntityKind> {
        let custom = (0..).map(EntityKind::Custom).take(CUSTOM_PATTERNS_MAX);
        [EntityKind::Email, EntityKind::Phone, EntityKind::CreditCard].into_iter().chain(custom)
    }

    /// The place of a kind among [`RedactionCounts::kinds`]; `None` for URLs.
    pub fn index(kind: EntityKind) -> Option<usize> {
        match kind {
            EntityKind::Email => Some(0),
            EntityKind::Phone => Some(1),
            EntityKind::CreditCard => Some(2),
            EntityKind::Custom(index) => Some(Self::BUILT_IN.saturating_add(usize::from(index))),
            EntityKind::Url => None,
        }
    }

    /// The kinds that were replaced, and how often.
    pub fn by_kind(&self) -> impl Iterator<Item = (EntityKind, u32)> {
        let counts = [self.emails, self.phones, self.credit_cards].into_iter().chain(self.custom);
        Self::kinds().zip(counts).filter(|(_, count)| *count > 0)
    }

    /// Adds what was replaced elsewhere.
    pub fn add_all(&mut self, other: &Self) {
        for (kind, count) in other.by_kind() {
            self.add(kind, count);
        }
    }

    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> u32 {
        let built_in = [self.emails, self.phones, self.credit_cards];
        built_in.iter().chain(&self.custom).fold(0, |sum, count| sum.saturating_add(*count))
    }

    fn add(&mut self, kind: EntityKind, by: u32) {
        let count = match kind {
            EntityKind::Email => Some(&mut self.emails),
            EntityKind::Phone => Some(&mut self.phones),
            EntityKind::CreditCard => Some(&mut self.credit_cards),
            EntityKind::Custom(index) => self.custom.get_mut(usize::from(index)),
            EntityKind::Url => None,
        };
        if let Some(count) = count {
            *count = count.saturating_add(by);
        }
    }
}

/// How to write text into a source so that it reads as that text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// As it is.
    Plain,
    /// Inside a JSON string.
    Json,
    /// As a form component.
    Form,
    /// Percent-encoded, blanks too.
    Percent,
}

impl Coding {
    fn write(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Plain => out.extend_from_slice(text.as_bytes()),
            Self::Json => text.chars().for_each(|character| write_json_char(character, out)),
            Self::Form => text.bytes().for_each(|byte| write_form_byte(byte, b"+", out)),
            Self::Percent => text.bytes().for_each(|byte| write_form_byte(byte, b"%20", out)),
        }
    }
}

/// RFC 8259, section 7: quotes, backslashes and control characters.
fn write_json_char(character: char, out: &mut Vec<u8>) {
    match character {
        '"' | '\\' => out.extend([b'\\', character as u8]),
        '\0'..='\u{1f}' => out.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes()),
        _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// The application/x-www-form-urlencoded percent-encode set (WHATWG URL,
/// section 1.3).
fn write_form_byte(byte: u8, blank: &[u8], out: &mut Vec<u8>) {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'-' | b'.' | b'_' => out.push(byte),
        b' ' => out.extend_from_slice(blank),
        _ => out.extend_from_slice(&crate::text::percent_like(b'%', byte)),
    }
}

#[cfg(test)]
mod tests;
