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

use super::content_type::{Boundary, trim};
use super::marks::Marks;
use super::sniff::decode_content;
use super::{Charset, Declared, Draft, EncodedPart, Origin, PartEncoding, PieceKind, Source, TextError};
use head::PartHead;

mod head;

/// Parts of one body, nested ones included. More is refused as malformed.
pub const MULTIPART_PARTS_MAX: usize = 4096;

/// Multipart within multipart (RFC 7578, section 4.3, once allowed that for
/// several files). Deeper is refused as malformed.
pub const MULTIPART_DEPTH_MAX: usize = 3;

pub(super) fn decode(out: &mut Draft, boundary: &Boundary, source: Source<'_>) -> Result<(), TextError> {
    // Delimiters are searched ahead of the heads that stand between them.
    let mut dashes = Marks::new(source.bytes(), |byte| byte == b'-');
    let mut head_marks =
        Marks::new(source.bytes(), |byte| (byte == b'\r') | (byte == b'\n') | (byte == b':'));
    let mut levels = vec![Level::open(out, boundary, source, &mut dashes, 0..source.text.len())?];
    let mut parts = 0_usize;
    while let Some(level) = levels.last_mut() {
        let Some(part) = level.next_part(source, &mut dashes)? else {
            let end = level.epilogue.clone();
            add_surrounding_text(out, source, end);
            levels.pop();
            continue;
        };
        parts = parts.saturating_add(1);
        if parts > MULTIPART_PARTS_MAX {
            return Err(TextError::MalformedBody);
        }
        let (head, content) = PartHead::parse(out, source, &mut head_marks, part)?;
        if head.content_type.declared != Declared::Multipart {
            decode_part(out, source, &head, content)?;
        } else if levels.len() < MULTIPART_DEPTH_MAX && head.encoding == PartEncoding::Identity {
            let boundary = &head.content_type.boundary;
            levels.push(Level::open(out, boundary, source, &mut dashes, content)?);
        } else {
            return Err(TextError::MalformedBody);
        }
    }
    Ok(())
}

fn decode_part(
    out: &mut Draft,
    source: Source<'_>,
    head: &PartHead,
    content: Range<usize>,
) -> Result<(), TextError> {
    let part = source.within(content);
    let text = part.text;
    if head.names_charset && Charset::parse(trim(text.as_bytes())) != Charset::Utf8 {
        return Err(TextError::UnsupportedCharset);
    }
    if head.encoding == PartEncoding::Identity {
        decode_content(out, &head.content_type, part)?;
        return Ok(());
    }
    let decoded = head.encoding.decode(text.as_bytes())?;
    let decoded = String::from_utf8(decoded).map_err(|_| TextError::InvalidUtf8)?;
    let number = u16::try_from(out.encoded_parts.len()).map_err(|_| TextError::MalformedBody)?;
    decode_content(out, &head.content_type, Source::new(Origin::Part(number), &decoded))?;
    let body = part.base..part.base.saturating_add(text.len());
    out.encoded_parts.push(EncodedPart { body, encoding: head.encoding, decoded });
    Ok(())
}

/// One multipart being read: the body, or a part of it.
struct Level {
    dash_boundary: Vec<u8>,
    /// What is not read yet; starts behind a delimiter line.
    rest: Range<usize>,
    closed: bool,
    epilogue: Range<usize>,
}

struct Delimiter {
    /// Where the text before it ends, which is before its CR LF.
    before: usize,
    after: usize,
    closing: bool,
}

impl Level {
    fn open(
        out: &mut Draft,
        boundary: &Boundary,
        source: Source<'_>,
        dashes: &mut Marks<'_, impl Fn(u8) -> bool>,
        range: Range<usize>,
    ) -> Result<Self, TextError> {
        let Boundary::Given(boundary) = boundary else {
            return Err(TextError::MalformedBody);
        };
        let dash_boundary = [b"--", boundary.as_slice()].concat();
        let mut level = Self { dash_boundary, rest: range.clone(), closed: false, epilogue: 0..0 };
        let first = level.next_delimiter(source, dashes)?;
        add_surrounding_text(out, source, range.start..first.before);
        Ok(level)
    }

    /// The next part, head and content.
    fn next_part(
        &mut self,
        source: Source<'_>,
        dashes: &mut Marks<'_, impl Fn(u8) -> bool>,
    ) -> Result<Option<Range<usize>>, TextError> {
        if self.closed {
            return Ok(None);
        }
        let start = self.rest.start;
        let delimiter = self.next_delimiter(source, dashes)?;
        Ok(Some(start..delimiter.before.max(start)))
    }

    /// Moves behind the next delimiter line.
    fn next_delimiter(
        &mut self,
        source: Source<'_>,
        dashes: &mut Marks<'_, impl Fn(u8) -> bool>,
    ) -> Result<Delimiter, TextError> {
        let bytes = source.bytes().get(..self.rest.end).unwrap_or_default();
        let mut at = dashes.next(self.rest.start);
        while !self.starts_delimiter(bytes, at) {
            if at >= bytes.len() {
                return Err(TextError::MalformedBody);
            }
            at = dashes.next(at.saturating_add(1));
        }
        let delimiter = self.delimiter_at(bytes, at).ok_or(TextError::MalformedBody)?;
        self.rest.start = delimiter.after;
        self.closed = delimiter.closing;
        if delimiter.closing {
            self.epilogue = delimiter.after..self.rest.end;
        }
        Ok(delimiter)
    }

    /// Whether a line starts at `at`, even one behind a bare CR or LF, and in
    /// it the boundary.
    fn starts_delimiter(&self, bytes: &[u8], at: usize) -> bool {
        let starts_line = at == self.rest.start
            || at
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_some_and(|b| matches!(b, b'\n' | b'\r'));
        starts_line && bytes.get(at..).is_some_and(|rest| rest.starts_with(&self.dash_boundary))
    }

    fn delimiter_at(&self, bytes: &[u8], at: usize) -> Option<Delimiter> {
        let before = if at == self.rest.start {
            at
        } else {
            let before = bytes.get(..at)?.strip_suffix(b"\r\n")?;
            before.len()
        };
        let line = bytes.get(at.checked_add(self.dash_boundary.len())?..)?;
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

fn add_surrounding_text(out: &mut Draft, source: Source<'_>, range: Range<usize>) {
    let text = source.text.get(range.clone()).unwrap_or_default();
    if !text.trim_ascii().is_empty() {
        out.push_verbatim(PieceKind::Text, source, range);
    }
}

#[cfg(test)]
mod tests;
