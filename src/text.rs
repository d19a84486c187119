//! Bytes to canonical text: what the recognizers read, what limits count, and
//! where each piece of it came from.
//!
//! A body is decoded once. JSON strings are unescaped, form fields are
//! percent-decoded, multipart is taken apart; the results are the *pieces* of
//! the canonical text, joined with a line feed. So
//! `{"mail":"jo\u0040example.org","n":2026}` becomes
//! `mail⏎jo@example.org⏎n⏎2026`, a form `a=x%20y&b=z` becomes `a⏎x y⏎b⏎z`, and
//! a body that is none of these is one piece, itself. Empty strings, `true`,
//! `false`, `null` and numbers that are too short or too long to be anything
//! leave no piece.
//!
//! Each [`Piece`] remembers the source bytes it was read from, so that a
//! [splice](crate::redact) can replace an entity and nothing around it.
//!
//! ```
//! use tollgate::text::{CanonicalText, ContentType, Format};
//!
//! let declared = ContentType::parse([b"application/json".as_slice()]);
//! let mut text = CanonicalText::new();
//! let format = text.add_body(&declared, br#"{"mail":"jo\u0040example.org"}"#)?;
//! assert_eq!(format, Format::Json);
//! assert_eq!(text.as_str(), "mail\njo@example.org");
//! assert_eq!(text.chars_counted(), 14); // names do not count
//! # Ok::<(), tollgate::text::TextError>(())
//! ```

use core::fmt;
use core::ops::Range;

mod content_type;
mod draft;
mod form;
mod json;
mod marks;
mod multipart;
mod part_encoding;
mod sniff;
mod utf8;
mod walk;

pub use content_type::{Charset, ContentType, Declared};
pub use json::{JSON_DEPTH_MAX, JSON_NUMBER_BYTES_MAX, JSON_NUMBER_BYTES_MIN};
pub use multipart::{MULTIPART_DEPTH_MAX, MULTIPART_PARTS_MAX};
pub use sniff::Format;
pub use utf8::Utf8Validator;

use draft::{Draft, Source};
pub(crate) use form::{Plus, escaped_byte, percent_decode};
pub(crate) use json::{number_len, plain_len, unescape};
use part_encoding::PartEncoding;
pub(crate) use part_encoding::percent_like;
pub(crate) use walk::Walker;

/// Why bytes could not be read as text. Carries nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// The bytes are not UTF-8 (RFC 3629), or what they percent-, base64- or
    /// quoted-printable-decode to is not.
    InvalidUtf8,
    /// Declared JSON, form or multipart that is not, or is nested deeper or
    /// split in more parts than the named bounds allow.
    MalformedBody,
    /// A charset other than UTF-8 or US-ASCII, declared or evident.
    UnsupportedCharset,
    /// A multipart part with a transfer encoding this crate cannot undo.
    UnsupportedEncoding,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidUtf8 => "not UTF-8",
            Self::MalformedBody => "not what its content type says",
            Self::UnsupportedCharset => "a charset other than UTF-8",
            Self::UnsupportedEncoding => "an unknown content transfer encoding",
        })
    }
}

impl core::error::Error for TextError {}

/// The text of one request, or of one answer held whole: query first, if it
/// was added first, then body. Reusable: [`clear`](Self::clear) keeps the
/// allocations.
///
/// `Debug` shows sizes, never text.
#[derive(Default)]
pub struct CanonicalText {
    text: String,
    /// All but the text, which is there only while it grows.
    draft: Draft,
}

impl CanonicalText {
    /// No text yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets all text and keeps the buffers.
    pub fn clear(&mut self) {
        self.text.clear();
        self.draft.clear();
    }

    /// Reads a query string (without the `?`) and adds its names and values.
    ///
    /// Query strings are read as browsers read them (WHATWG URL, section 5.1):
    /// a `%` that starts no escape stands for itself.
    ///
    /// # Errors
    /// [`TextError::InvalidUtf8`] where a name or value decodes to something
    /// else than UTF-8. Nothing is added then.
    pub fn add_query(&mut self, query: &[u8]) -> Result<(), TextError> {
        let text = core::str::from_utf8(query).map_err(|_| TextError::InvalidUtf8)?;
        let source = Source::new(Origin::Query, text);
        self.add(query.len(), |draft| form::decode(draft, source, form::Rigour::Lenient))
    }

    /// Reads a whole body as its content type says, or, where that is missing,
    /// unclear or says nothing about structure, as what the bytes are.
    ///
    /// An empty body is [`Format::Empty`] whatever it is declared to be: many
    /// clients send a content type with `GET`.
    ///
    /// # Errors
    /// See [`TextError`]. Nothing is added then.
    pub fn add_body(&mut self, declared: &ContentType, body: &[u8]) -> Result<Format, TextError> {
        self.add(body.len(), |draft| sniff::decode_body(draft, declared, body))
    }

    /// Adds text that is not to be decoded, as a body that is one piece.
    pub fn add_text(&mut self, text: &str) {
        let source = Source::new(Origin::Body, text);
        // A text is UTF-8: nothing can be wrong with it.
        let _ = self.add(text.len(), |draft| {
            draft.push_verbatim(PieceKind::Text, source, 0..text.len());
            Ok(())
        });
    }

    /// The canonical text: the pieces, joined with `\n`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pieces in text order, which within one origin is source order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.draft.pieces
    }

    /// Unicode scalar values that count to `max_chars`: a text whole, the
    /// string values of JSON, the values of a form, a query or of multipart
    /// text parts.
    #[must_use]
    pub fn chars_counted(&self) -> usize {
        self.draft.chars_counted
    }

    pub(crate) fn encoded_part(&self, index: u16) -> Option<&EncodedPart> {
        self.draft.encoded_parts.get(usize::from(index))
    }

    fn add<T>(
        &mut self,
        bytes_more: usize,
        decode: impl FnOnce(&mut Draft) -> Result<T, TextError>,
    ) -> Result<T, TextError> {
        self.draft.resume(core::mem::take(&mut self.text), bytes_more);
        let added = self.draft.all_or_nothing(decode);
        self.text = self.draft.finish()?;
        added
    }
}

impl fmt::Debug for CanonicalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalText")
            .field("bytes", &self.text.len())
            .field("pieces", &self.draft.pieces.len())
            .field("chars_counted", &self.draft.chars_counted)
            .finish_non_exhaustive()
    }
}

/// A stretch of canonical text that was one value in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it was.
    pub kind: PieceKind,
    /// Where it is in the canonical text, in bytes.
    pub text: Range<usize>,
    /// Which bytes `source` counts in.
    pub origin: Origin,
    /// Where it came from: a JSON string without its quotes, a form value
    /// with its escapes.
    pub source: Range<usize>,
    /// The source bytes are the text, no escape among them.
    pub(crate) verbatim: bool,
}

/// What a piece was in its source, which says how to write into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A text body, or a text part of multipart.
    Text,
    /// A member name of a JSON object.
    JsonName,
    /// A string value of JSON.
    JsonString,
    /// A number of JSON, as written.
    JsonNumber,
    /// A field name of a form or query.
    FormName,
    /// A field value of a form or query; a field without `=` too.
    FormValue,
    /// The value of `Content-Disposition` of a part: names, file names.
    PartHeader,
}

impl PieceKind {
    /// Whether the piece counts to `max_chars`.
    #[must_use]
    pub fn counts_to_chars(self) -> bool {
        matches!(self, Self::Text | Self::JsonString | Self::FormValue)
    }
}

/// The bytes a piece was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The query string.
    Query,
    /// The body.
    Body,
    /// A base64 or quoted-printable part of the body, by number, after that
    /// encoding was undone.
    Part(u16),
}

/// A multipart part that had to be decoded before it could be read.
pub(crate) struct EncodedPart {
    /// Where its content is in the body.
    pub(crate) body: Range<usize>,
    pub(crate) encoding: PartEncoding,
    pub(crate) decoded: String,
}

#[cfg(test)]
mod tests;
