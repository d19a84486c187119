//! Which decoder reads a body: what it is declared to be, or, where that is
//! silent about structure, what its bytes are.
//!
//! A body declared as JSON, form or multipart is that or refused: what this
//! crate cannot read, it cannot vouch for. Any other body, one with no type,
//! `text/plain`, `application/octet-stream` or types that disagree, is read as
//! - JSON, one value or several, if it starts like an object, an array or a
//!   string and all of it is JSON. (`12` or `true` is the same text either way.)
//! - multipart, if its first lines are a delimiter and a part header, or one
//!   of several content types gives a boundary, and all of it is multipart;
//! - a form, if it is `name=value` fields without a space and with a sound
//!   percent escape in them, as no text is that people write;
//! - text otherwise.
//!
//! Whatever it is, it is UTF-8: a binary upload is refused as such, be it a
//! body, or a file within multipart.

use super::content_type::Boundary;
use super::form::Rigour;
use super::json::Shape;
use super::{Charset, ContentType, Declared, Draft, Origin, PieceKind, Source, TextError};
use super::{form, json, multipart};

/// What a body was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// No bytes.
    Empty,
    /// One text.
    Text,
    /// One JSON value, or several.
    Json,
    /// Form fields.
    Form,
    /// Multipart, each part by its own type.
    Multipart,
}

pub(super) fn decode_body(out: &mut Draft, declared: &ContentType, body: &[u8]) -> Result<Format, TextError> {
    if declared.charset != Charset::Utf8 {
        return Err(TextError::UnsupportedCharset);
    }
    let text = core::str::from_utf8(body).map_err(|_| TextError::InvalidUtf8)?;
    decode_content(out, declared, Source::new(Origin::Body, text))
}

/// A body, or the content of a part.
pub(super) fn decode_content(
    out: &mut Draft,
    declared: &ContentType,
    source: Source<'_>,
) -> Result<Format, TextError> {
    if source.text.is_empty() {
        return Ok(Format::Empty);
    }
    match declared.declared {
        Declared::Json => json::decode(out, source, Shape::One).map(|()| Format::Json),
        Declared::JsonSequence => json::decode(out, source, Shape::Sequence).map(|()| Format::Json),
        Declared::Form => decode_form(out, source).map(|()| Format::Form),
        Declared::Multipart => multipart::decode(out, &declared.boundary, source).map(|()| Format::Multipart),
        Declared::Text
        | Declared::EventStream
        | Declared::Other
        | Declared::Missing
        | Declared::Conflicting => decode_as_it_looks(out, declared, source),
    }
}

/// JSON declared as a form, as `curl -d` does unasked, is not one: no encoder
/// writes quotes and braces, and an upstream that reads JSON all the same
/// would read text that was not looked at.
fn decode_form(out: &mut Draft, source: Source<'_>) -> Result<(), TextError> {
    if attempt(out, |out| decode_json_container(out, source)) {
        return Err(TextError::MalformedBody);
    }
    form::decode(out, source, Rigour::Strict)
}

fn decode_as_it_looks(
    out: &mut Draft,
    declared: &ContentType,
    source: Source<'_>,
) -> Result<Format, TextError> {
    if looks_wide(source.text.as_bytes()) {
        return Err(TextError::UnsupportedCharset);
    }
    if attempt(out, |out| decode_json_container(out, source)) {
        return Ok(Format::Json);
    }
    if let Some(boundary) = apparent_boundary(declared, source)
        && attempt(out, |out| multipart::decode(out, &boundary, source))
    {
        return Ok(Format::Multipart);
    }
    if form::looks_encoded(source.text) {
        form::decode(out, source, Rigour::Strict)?;
        return Ok(Format::Form);
    }
    out.push_verbatim(PieceKind::Text, source, 0..source.text.len());
    Ok(Format::Text)
}

/// JSON of any number of values, of which the first is no bare word or number.
fn decode_json_container(out: &mut Draft, source: Source<'_>) -> Result<(), TextError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    match text.trim_ascii_start().bytes().next() {
        Some(b'{' | b'[' | b'"') => json::decode(out, source, Shape::Sequence),
        _ => Err(TextError::MalformedBody),
    }
}

fn attempt(out: &mut Draft, add: impl FnOnce(&mut Draft) -> Result<(), TextError>) -> bool {
    out.all_or_nothing(add).is_ok()
}

/// UTF-16 or UTF-32 without a byte order mark: the first two characters have
/// the zeros ASCII has there (RFC 4627, section 3, which readers of JSON still
/// follow). Read as UTF-8 that would hide every word of it.
fn looks_wide(bytes: &[u8]) -> bool {
    let utf16 = match bytes.first_chunk() {
        Some([0, a, 0, b] | [a, 0, b, 0]) => *a != 0 && *b != 0,
        _ => false,
    };
    let utf32 = match bytes.first_chunk() {
        Some([0, 0, 0, a, 0, 0, 0, b] | [a, 0, 0, 0, b, 0, 0, 0]) => *a != 0 && *b != 0,
        _ => false,
    };
    utf16 || utf32
}

/// The boundary undeclared multipart would have.
fn apparent_boundary(declared: &ContentType, source: Source<'_>) -> Option<Boundary> {
    if let Boundary::Given(_) = declared.boundary {
        return Some(declared.boundary.clone());
    }
    let (line, after) = source.text.strip_prefix("--")?.split_once("\r\n")?;
    let header = b"content-disposition:";
    let starts_with_header = after.as_bytes().get(..header.len())?.eq_ignore_ascii_case(header);
    starts_with_header.then(|| Boundary::new(line.trim_ascii_end().as_bytes().to_vec()))
}

#[cfg(test)]
mod tests;
