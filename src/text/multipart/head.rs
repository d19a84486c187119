//! The header lines of a part (RFC 7578, section 4).

use core::ops::Range;

use crate::text::content_type::trim;
use crate::text::form::Plus;
use crate::text::marks::Marks;
use crate::text::{Charset, ContentType, Declared, Draft, PartEncoding, PieceKind, Source, TextError};

/// What the head of a part says.
pub(super) struct PartHead {
    pub(super) content_type: ContentType,
    pub(super) encoding: PartEncoding,
    /// The field `_charset_`, whose value names the charset of the others
    /// (RFC 7578, section 4.6).
    pub(super) names_charset: bool,
}

impl PartHead {
    /// The head that `part` starts with, and where the content behind it is. A
    /// part may have no head, or no more than a head. `marks` are at least the
    /// colons and the ends of lines.
    pub(super) fn parse(
        out: &mut Draft,
        source: Source<'_>,
        marks: &mut Marks<'_, impl Fn(u8) -> bool>,
        part: Range<usize>,
    ) -> Result<(Self, Range<usize>), TextError> {
        let bytes = source.bytes().get(..part.end).unwrap_or_default();
        if matches!(bytes.get(part.start), Some(b' ' | b'\t')) {
            return Err(TextError::MalformedBody);
        }
        let mut content_type: Option<ContentType> = None;
        let mut encoding: Option<PartEncoding> = None;
        let mut names_charset = false;
        let mut at = part.start;
        while at < part.end && !line_ends_at(bytes, at) {
            let field = Field::read(bytes, at, marks).ok_or(TextError::MalformedBody)?;
            at = part.end.min(field.value.end.saturating_add(LINE_END.len()));
            let value = bytes.get(field.value.clone()).unwrap_or_default();
            match field.name {
                name if name.eq_ignore_ascii_case(b"content-type") => {
                    let given = ContentType::parse([value]);
                    content_type = Some(match content_type {
                        Some(before) => before.and(given),
                        None => given,
                    });
                }
                name if name.eq_ignore_ascii_case(b"content-transfer-encoding") => {
                    let named = PartEncoding::parse(trim(value))?;
                    if encoding.replace(named).is_some_and(|before| before != named) {
                        return Err(TextError::MalformedBody);
                    }
                }
                name if name.eq_ignore_ascii_case(b"content-disposition") => {
                    names_charset |= names_charset_field(value);
                    add_disposition(out, source, field.value);
                }
                _ => {}
            }
        }
        let content_type = content_type.unwrap_or_else(|| ContentType::parse([]));
        if content_type.declared == Declared::Conflicting {
            return Err(TextError::MalformedBody);
        }
        if content_type.charset != Charset::Utf8 {
            return Err(TextError::UnsupportedCharset);
        }
        let head = Self { content_type, encoding: encoding.unwrap_or(PartEncoding::Identity), names_charset };
        Ok((head, part.end.min(at.saturating_add(LINE_END.len()))..part.end))
    }
}

const LINE_END: &[u8] = b"\r\n";

fn line_ends_at(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(LINE_END))
}

struct Field<'a> {
    /// Without white space around.
    name: &'a [u8],
    /// With the lines folded into it (RFC 822, section 3.1.1).
    value: Range<usize>,
}

impl<'a> Field<'a> {
    /// The field whose line starts at `start`. `None`: no colon in that line,
    /// or a line that CR LF does not end.
    fn read(bytes: &'a [u8], start: usize, marks: &mut Marks<'_, impl Fn(u8) -> bool>) -> Option<Self> {
        let colon = marks.next(start);
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        let name = bytes.get(start..colon)?.trim_ascii();
        let value_start = colon.checked_add(1)?;
        let mut end = marks.next(value_start);
        loop {
            match bytes.get(end) {
                None => break,
                Some(b'\r' | b'\n') if !line_ends_at(bytes, end) => return None,
                Some(b'\r') => {
                    let next_line = end.checked_add(LINE_END.len())?;
                    if !matches!(bytes.get(next_line), Some(b' ' | b'\t')) {
                        break;
                    }
                    end = marks.next(next_line);
                }
                Some(_) => end = marks.next(end.checked_add(1)?),
            }
        }
        Some(Self { name, value: value_start..end.min(bytes.len()) })
    }
}

/// Whether a disposition gives the name `_charset_`, quoted or not.
fn names_charset_field(disposition: &[u8]) -> bool {
    const NAMED: &[u8] = b"name=_charset_";
    if memchr::memchr(b'_', disposition).is_none() {
        return false;
    }
    let mut matched = 0_usize;
    for byte in disposition.iter().filter(|byte| **byte != b'"').map(u8::to_ascii_lowercase) {
        // Its first byte is in it only once: there is no other place to fall back to.
        matched = match NAMED.get(matched) {
            Some(next) if *next == byte => matched.saturating_add(1),
            _ => usize::from(NAMED.first() == Some(&byte)),
        };
        if matched == NAMED.len() {
            return true;
        }
    }
    false
}

/// File names may be given with charset and language before them, as in
/// `filename*=UTF-8''name` (RFC 8187), which are no part of the name.
fn add_disposition(out: &mut Draft, source: Source<'_>, value: Range<usize>) {
    let Range { mut start, end } = value;
    while let Some(len) = extended_value(source.bytes().get(start..end).unwrap_or_default()) {
        let value_start = start.saturating_add(len);
        add_percent_text(out, source, start..value_start);
        start = value_start;
    }
    add_percent_text(out, source, start..end);
}

/// Where the value of the first extended parameter starts.
fn extended_value(parameters: &[u8]) -> Option<usize> {
    let is_extended = |star: &usize| parameters.get(star.saturating_add(1)) == Some(&b'=');
    let star = memchr::memchr_iter(b'*', parameters).find(is_extended)?;
    let mut behind = parameters.get(star..)?.iter();
    // Two quotes, mostly side by side.
    (behind.any(|byte| *byte == b'\'') && behind.any(|byte| *byte == b'\''))
        .then(|| parameters.len().saturating_sub(behind.len()))
}

/// Names may be percent-encoded: by browsers in part, by RFC 8187 as a whole.
/// What does not decode to UTF-8 is not encoded so.
fn add_percent_text(out: &mut Draft, source: Source<'_>, range: Range<usize>) {
    let raw = source.bytes().get(range.clone()).unwrap_or_default();
    if memchr::memchr(b'%', raw).is_some() {
        let mark = out.mark();
        let open = out.open_piece();
        out.push_percent_decoded(raw, Plus::IsPlus);
        if out.check_utf8(&mark, None).is_ok() {
            out.close_piece(&open, PieceKind::PartHeader, source, &range);
            return;
        }
        out.rewind(&mark);
    }
    out.push_verbatim(PieceKind::PartHeader, source, range);
}
