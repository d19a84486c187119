//! A request's text, read once: what was found in it, and the body without personal data.

use crate::denial::Denial;
use crate::redact::{RedactionCounts, Redactor};
use crate::scan::{Entity, Scanner};
use crate::text::{CanonicalText, ContentType, TextError};
use crate::waf::TextCounts;

/// What happens to personal data of a request and its response.
#[derive(Debug)]
pub struct RedactionRules {
    /// Rewrite bodies.
    pub strict: bool,
    /// In `strict` mode, rewrite answers too.
    pub response: bool,
    /// Let an answer pass that is encoded and therefore cannot be read.
    pub pass_encoded: bool,
    /// What is recognized.
    pub scanner: Scanner,
    /// What is written instead.
    pub redactor: Redactor,
}

impl RedactionRules {
    /// Whether answers are rewritten.
    pub fn covers_response(&self) -> bool {
        self.strict && self.response
    }
}

/// The text of a request and what was found in it.
#[derive(Debug)]
pub struct Inspection {
    text: CanonicalText,
    entities: Vec<Entity>,
    counts: TextCounts,
}

impl Inspection {
    /// Reads the query's and the body's text and looks for entities in it.
    ///
    /// # Errors
    /// `invalid-utf8`, `malformed-body`, `unsupported-charset`, `unsupported-encoding`.
    pub fn read(
        scanner: &Scanner,
        query: Option<&[u8]>,
        declared: &ContentType,
        body: &[u8],
    ) -> Result<Self, Denial> {
        let mut text = CanonicalText::new();
        if let Some(query) = query {
            text.add_query(query).map_err(refusal)?;
        }
        text.add_body(declared, body).map_err(refusal)?;
        Ok(Self::of(scanner, text))
    }

    /// Looks for entities in a text that is not to be decoded.
    pub fn of_text(scanner: &Scanner, text: &str) -> Self {
        let mut canonical = CanonicalText::new();
        canonical.add_text(text);
        Self::of(scanner, canonical)
    }

    fn of(scanner: &Scanner, text: CanonicalText) -> Self {
        let mut entities = Vec::new();
        scanner.scan(text.as_str(), &mut entities);
        let counts = TextCounts::of(text.chars_counted(), &entities);
        Self { text, entities, counts }
    }

    /// The canonical text.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// What was found, in order of start.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// How much was found.
    pub fn counts(&self) -> TextCounts {
        self.counts
    }

    /// The body with personal data replaced; `None` if there is none in it.
    pub fn redacted(&self, redactor: &Redactor, body: &[u8]) -> Option<(Vec<u8>, RedactionCounts)> {
        let mut counts = RedactionCounts::default();
        let redacted = redactor.splice_body(&self.text, body, &self.entities, &mut counts)?;
        Some((redacted, counts))
    }
}

fn refusal(error: TextError) -> Denial {
    match error {
        TextError::InvalidUtf8 => Denial::InvalidUtf8,
        TextError::MalformedBody => Denial::MalformedBody,
        TextError::UnsupportedCharset => Denial::UnsupportedCharset,
        TextError::UnsupportedEncoding => Denial::UnsupportedEncoding,
    }
}
