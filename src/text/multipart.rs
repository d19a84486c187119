//! Multipart bodies (RFC 2046, section 5.1; RFC 7578), part by part.
//!
//! Readers of multipart disagree about line ends, stray delimiters and folded
//! headers, and each disagreement is a place to hide text. So what could be
//! read in two ways is refused as malformed: a delimiter after a bare LF, one
//! with more than blanks behind it, header lines not ended by CR LF, two
//! different transfer encodings, a boundary given twice, no closing delimiter.
//!
//! A part is read like a body of its own: by its content type, or by what it
//! looks like. The value of its `Content-Disposition`, with the names of
//! fields and files, is text too. So is what stands before the first delimiter
//! and after the last: no reader looks there, but it would travel on.

use core::ops::Range;

use memchr::memmem::Finder;

use super::content_type::{Boundary, trim};
use super::form::{Plus, percent_decode};
use super::sniff::decode_content;
use super::{
    CanonicalText, Charset, ContentType, Declared, EncodedPart, Origin, PartEncoding, PieceKind, Source,
    TextError,
};

/// Parts of one body, nested ones included. More is refused as malformed.
pub const MULTIPART_PARTS_MAX: usize = 4096;

/// Multipart within multipart (RFC 7578, section 4.3, once allowed that for
/// several files). Deeper is refused as malformed.
pub const MULTIPART_DEPTH_MAX: usize = 3;

pub(super) fn decode(
    out: &mut CanonicalText,
    boundary: &Boundary,
    source: Source<'_>,
) -> Result<(), TextError> {
    let mut levels = vec![Level::open(out, boundary, source, 0..source.text.len())?];
    let mut parts = 0_usize;
    while let Some(level) = levels.last_mut() {
        let Some(part) = level.next_part(source)? else {
            let end = level.epilogue.clone();
            add_surrounding_text(out, source, end);
            levels.pop();
            continue;
        };
        parts = parts.saturating_add(1);
        if parts > MULTIPART_PARTS_MAX {
            return Err(TextError::MalformedBody);
        }
        let head = PartHead::parse(out, source, part.head.clone())?;
        if head.content_type.declared != Declared::Multipart {
            decode_part(out, source, &head, part.content)?;
        } else if levels.len() < MULTIPART_DEPTH_MAX && head.encoding == PartEncoding::Identity {
            levels.push(Level::open(out, &head.content_type.boundary, source, part.content)?);
        } else {
            return Err(TextError::MalformedBody);
        }
    }
    Ok(())
}

fn decode_part(
    out: &mut CanonicalText,
    source: Source<'_>,
    head: &PartHead,
    content: Range<usize>,
) -> Result<(), TextError> {
    let text = source.text.get(content.clone()).unwrap_or_default();
    let body = absolute(source, content.clone());
    if head.names_charset && Charset::parse(trim(text.as_bytes())) != Charset::Utf8 {
        return Err(TextError::UnsupportedCharset);
    }
    if head.encoding == PartEncoding::Identity {
        let part = Source { origin: source.origin, base: body.start, text };
        decode_content(out, &head.content_type, part)?;
        return Ok(());
    }
    let decoded = head.encoding.decode(text.as_bytes())?;
    let decoded = String::from_utf8(decoded).map_err(|_| TextError::InvalidUtf8)?;
    let number = u16::try_from(out.encoded_parts.len()).map_err(|_| TextError::MalformedBody)?;
    let part = Source { origin: Origin::Part(number), base: 0, text: &decoded };
    decode_content(out, &head.content_type, part)?;
    out.encoded_parts.push(EncodedPart { body, encoding: head.encoding, decoded });
    Ok(())
}

/// One multipart being read: the body, or a part of it.
struct Level {
    dash_boundary: Finder<'static>,
    /// What is not read yet; starts behind a delimiter line.
    rest: Range<usize>,
    closed: bool,
    epilogue: Range<usize>,
}

struct Part {
    head: Range<usize>,
    content: Range<usize>,
}

struct Delimiter {
    /// Where the text before it ends, which is before its CR LF.
    before: usize,
    after: usize,
    closing: bool,
}

impl Level {
    fn open(
        out: &mut CanonicalText,
        boundary: &Boundary,
        source: Source<'_>,
        range: Range<usize>,
    ) -> Result<Self, TextError> {
        let Boundary::Given(boundary) = boundary else {
            return Err(TextError::MalformedBody);
        };
        let dash_boundary = Finder::new(&[b"--", boundary.as_slice()].concat()).into_owned();
        let mut level = Self { dash_boundary, rest: range.clone(), closed: false, epilogue: 0..0 };
        let first = level.next_delimiter(source)?;
        add_surrounding_text(out, source, range.start..first.before);
        Ok(level)
    }

    fn next_part(&mut self, source: Source<'_>) -> Result<Option<Part>, TextError> {
        if self.closed {
            return Ok(None);
        }
        let start = self.rest.start;
        let delimiter = self.next_delimiter(source)?;
        let part = start..delimiter.before.max(start);
        let text = source.text.get(part.clone()).unwrap_or_default();
        // The blank line after the head; a part may have no head, or no more
        // than a head.
        let (head_len, content_at) = if text.starts_with("\r\n") {
            (0, 2)
        } else {
            let blank = memchr::memmem::find(text.as_bytes(), b"\r\n\r\n");
            blank.map_or((text.len(), text.len()), |at| (at, at.saturating_add(4)))
        };
        let head = start..start.saturating_add(head_len);
        let content = start.saturating_add(content_at)..part.end;
        Ok(Some(Part { head, content }))
    }

    /// Moves behind the next delimiter line.
    fn next_delimiter(&mut self, source: Source<'_>) -> Result<Delimiter, TextError> {
        let bytes = source.text.as_bytes().get(..self.rest.end).unwrap_or_default();
        let mut from = self.rest.start;
        loop {
            let found = bytes.get(from..).and_then(|rest| self.dash_boundary.find(rest));
            let at = from.saturating_add(found.ok_or(TextError::MalformedBody)?);
            from = at.saturating_add(1);
            let before = bytes.get(..at).unwrap_or_default();
            let starts_line = at == self.rest.start || matches!(before.last(), Some(b'\n' | b'\r'));
            if !starts_line {
                continue;
            }
            let delimiter = self.delimiter_at(bytes, at).ok_or(TextError::MalformedBody)?;
            self.rest.start = delimiter.after;
            self.closed = delimiter.closing;
            if delimiter.closing {
                self.epilogue = delimiter.after..self.rest.end;
            }
            return Ok(delimiter);
        }
    }

    fn delimiter_at(&self, bytes: &[u8], at: usize) -> Option<Delimiter> {
        let before = if at == self.rest.start {
            at
        } else {
            let before = bytes.get(..at)?.strip_suffix(b"\r\n")?;
            before.len()
        };
        let line = bytes.get(at.checked_add(self.dash_boundary.needle().len())?..)?;
        let (closing, line) = match line.strip_prefix(b"--") {
            Some(line) => (true, line),
            None => (false, line),
        };
        let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let rest = line.get(blanks..)?;
        let rest = match rest.strip_prefix(b"\r\n") {
            Some(rest) => rest,
            None if closing && rest.is_empty() => rest,
            None => return None,
        };
        Some(Delimiter { before, after: bytes.len().checked_sub(rest.len())?, closing })
    }
}

/// What the head of a part says.
struct PartHead {
    content_type: ContentType,
    encoding: PartEncoding,
    /// The field `_charset_`, whose value names the charset of the others
    /// (RFC 7578, section 4.6).
    names_charset: bool,
}

impl PartHead {
    fn parse(out: &mut CanonicalText, source: Source<'_>, head: Range<usize>) -> Result<Self, TextError> {
        let text = source.text.get(head.clone()).unwrap_or_default();
        let mut content_types: Vec<&[u8]> = Vec::new();
        let mut encoding: Option<PartEncoding> = None;
        let mut names_charset = false;
        let mut at = head.start;
        for field in fields(text)? {
            let field_at = at;
            at = at.saturating_add(field.len()).saturating_add(2);
            if field.is_empty() {
                continue;
            }
            let (name, value) = field.split_once(':').ok_or(TextError::MalformedBody)?;
            let value_at = field_at.saturating_add(name.len()).saturating_add(1);
            match name.trim_ascii().to_ascii_lowercase().as_str() {
                "content-type" => content_types.push(value.as_bytes()),
                "content-transfer-encoding" => {
                    let named = PartEncoding::parse(trim(value.as_bytes()))?;
                    if encoding.replace(named).is_some_and(|before| before != named) {
                        return Err(TextError::MalformedBody);
                    }
                }
                "content-disposition" => {
                    names_charset |= value.to_ascii_lowercase().replace('"', "").contains("name=_charset_");
                    add_disposition(out, source.origin, source.base.saturating_add(value_at), value);
                }
                _ => {}
            }
        }
        let content_type = ContentType::parse(content_types);
        if content_type.declared == Declared::Conflicting {
            return Err(TextError::MalformedBody);
        }
        if content_type.charset != Charset::Utf8 {
            return Err(TextError::UnsupportedCharset);
        }
        Ok(Self { content_type, encoding: encoding.unwrap_or(PartEncoding::Identity), names_charset })
    }
}

/// The fields of a head, each with the lines folded into it (RFC 822, section
/// 3.1.1), without the CR LF after it.
fn fields(head: &str) -> Result<impl Iterator<Item = &str>, TextError> {
    let bytes = head.as_bytes();
    let ends_line = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(b"\r\n"));
    let bare = memchr::memchr2_iter(b'\r', b'\n', bytes)
        .any(|at| !ends_line(at) && !at.checked_sub(1).is_some_and(ends_line));
    if bare || head.starts_with([' ', '\t']) {
        return Err(TextError::MalformedBody);
    }
    let mut rest = head;
    Ok(core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut lines = memchr::memmem::find_iter(rest.as_bytes(), b"\r\n");
        let folded = |end: &usize| matches!(rest.as_bytes().get(end.saturating_add(2)), Some(b' ' | b'\t'));
        let end = lines.find(|end| !folded(end)).unwrap_or(rest.len());
        let (field, after) = rest.split_at_checked(end)?;
        rest = after.strip_prefix("\r\n").unwrap_or(after);
        Some(field)
    }))
}

/// File names may be given with charset and language before them, as in
/// `filename*=UTF-8''name` (RFC 8187), which are no part of the name.
fn add_disposition(out: &mut CanonicalText, origin: Origin, at: usize, value: &str) {
    let mut at = at;
    let mut rest = value;
    while let Some(name) = extended_value(rest) {
        let (before, after) = rest.split_at_checked(name).unwrap_or((rest, ""));
        add_percent_text(out, origin, at, before);
        at = at.saturating_add(before.len());
        rest = after;
    }
    add_percent_text(out, origin, at, rest);
}

/// Where the value of the first extended parameter starts.
fn extended_value(parameters: &str) -> Option<usize> {
    let start = parameters.find("*=")?;
    let mut quotes = parameters.get(start..)?.match_indices('\'');
    let (second, _) = quotes.nth(1)?;
    Some(start.saturating_add(second).saturating_add(1))
}

/// Names may be percent-encoded: by browsers in part, by RFC 8187 as a whole.
/// What does not decode to UTF-8 is not encoded so.
fn add_percent_text(out: &mut CanonicalText, origin: Origin, at: usize, value: &str) {
    let mut decoded = Vec::new();
    if value.contains('%') {
        percent_decode(value.as_bytes(), Plus::IsPlus, &mut decoded);
    }
    match core::str::from_utf8(&decoded) {
        Ok(text) if !text.is_empty() => {
            let open = out.open_piece();
            out.push_decoded(text);
            let source = at..at.saturating_add(value.len());
            out.close_piece(open, PieceKind::PartHeader, origin, source, false);
        }
        _ => out.push_verbatim(PieceKind::PartHeader, origin, at, value),
    }
}

fn add_surrounding_text(out: &mut CanonicalText, source: Source<'_>, range: Range<usize>) {
    let text = source.text.get(range.clone()).unwrap_or_default();
    if !text.trim_ascii().is_empty() {
        out.push_verbatim(PieceKind::Text, source.origin, absolute(source, range).start, text);
    }
}

fn absolute(source: Source<'_>, range: Range<usize>) -> Range<usize> {
    source.base.saturating_add(range.start)..source.base.saturating_add(range.end)
}

#[cfg(test)]
mod tests;
