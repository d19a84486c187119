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
use super::sniff::decode_content;
use super::{
    CanonicalText, Charset, Declared, EncodedPart, Origin, PartEncoding, PieceKind, Source, TextError,
};
use head::PartHead;

mod head;

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
