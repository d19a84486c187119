//! The header lines of a part (RFC 7578, section 4).

use core::ops::Range;

use crate::text::content_type::trim;
use crate::text::form::{Plus, percent_decode};
use crate::text::{
    CanonicalText, Charset, ContentType, Declared, Origin, PartEncoding, PieceKind, Source, TextError,
};

/// What the head of a part says.
pub(super) struct PartHead {
    pub(super) content_type: ContentType,
    pub(super) encoding: PartEncoding,
    /// The field `_charset_`, whose value names the charset of the others
    /// (RFC 7578, section 4.6).
    pub(super) names_charset: bool,
}

impl PartHead {
    pub(super) fn parse(
        out: &mut CanonicalText,
        source: Source<'_>,
        head: Range<usize>,
    ) -> Result<Self, TextError> {
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
