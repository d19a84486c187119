//! Counts of a request's text to verdicts.

use serde::Serialize;

use crate::denial::Denial;
use crate::scan::{Entity, EntityKind};

/// How much a request's text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    /// Unicode scalar values of the decoded text.
    pub chars_max: usize,
    /// URLs.
    pub urls_max: usize,
    /// Phone numbers.
    pub phones_max: usize,
}

/// How much a request's text holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TextCounts {
    /// Unicode scalar values that count to the limit.
    pub chars: usize,
    /// URLs.
    pub urls: usize,
    /// Phone numbers.
    pub phones: usize,
    /// Email addresses.
    pub emails: usize,
    /// Payment card numbers.
    pub credit_cards: usize,
}

impl TextCounts {
    /// Counts entities by kind; the operator's own patterns are in none of the counts.
    pub fn of(chars: usize, entities: &[Entity]) -> Self {
        let count = |kind: EntityKind| entities.iter().filter(|entity| entity.kind == kind).count();
        Self {
            chars,
            urls: count(EntityKind::Url),
            phones: count(EntityKind::Phone),
            emails: count(EntityKind::Email),
            credit_cards: count(EntityKind::CreditCard),
        }
    }
}

impl TextLimits {
    /// Judges the length.
    ///
    /// # Errors
    /// `text-too-long`.
    pub fn check_length(&self, counts: TextCounts) -> Result<(), Denial> {
        if counts.chars > self.chars_max { Err(Denial::TextTooLong) } else { Ok(()) }
    }

    /// Judges what was found.
    ///
    /// # Errors
    /// `too-many-urls`, `too-many-phones`.
    pub fn check_entities(&self, counts: TextCounts) -> Result<(), Denial> {
        if counts.urls > self.urls_max {
            return Err(Denial::TooManyUrls);
        }
        if counts.phones > self.phones_max {
            return Err(Denial::TooManyPhones);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TextLimits = TextLimits { chars_max: 8192, urls_max: 5, phones_max: 3 };

    fn found(urls: usize, phones: usize) -> TextCounts {
        let entity = |kind| Entity { kind, start: 0, end: 1 };
        let urls = std::iter::repeat_n(entity(EntityKind::Url), urls);
        let entities: Vec<_> = urls.chain(std::iter::repeat_n(entity(EntityKind::Phone), phones)).collect();
        TextCounts::of(0, &entities)
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(LIMITS.check_entities(found(5, 3)), Ok(()));
        assert_eq!(LIMITS.check_entities(found(6, 3)), Err(Denial::TooManyUrls));
        assert_eq!(LIMITS.check_entities(found(5, 4)), Err(Denial::TooManyPhones));
        assert_eq!(LIMITS.check_length(TextCounts::of(8192, &[])), Ok(()));
        assert_eq!(LIMITS.check_length(TextCounts::of(8193, &[])), Err(Denial::TextTooLong));
    }
}
