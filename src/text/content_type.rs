//! What a message says its body is.

use std::borrow::Cow;

/// `Content-Type` as declared (RFC 9110, section 8.3): by no field, one field,
/// or several that may disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentType {
    /// What the media type says about structure.
    pub declared: Declared,
    /// What it says about the charset.
    pub charset: Charset,
    pub(super) boundary: Boundary,
}

/// The kinds of body a media type can announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// `application/json`, `text/json`, `*/*+json`.
    Json,
    /// Several JSON values one after another: NDJSON, JSON lines, and
    /// `application/json-seq` (RFC 7464).
    JsonSequence,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// `text/event-stream`.
    EventStream,
    /// Any other text: `text/*`, XML, JavaScript, YAML and the like.
    Text,
    /// A type that is not text, or is not known to be.
    Other,
    /// No type at all.
    Missing,
    /// Several types that disagree.
    Conflicting,
}

/// What can be read of a charset, the most readable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Charset {
    /// None is named, or UTF-8 or its subset US-ASCII is.
    Utf8,
    /// Another one, in which ASCII text is written as in ASCII, as far as one
    /// can tell.
    Other,
    /// One in which it is not: UTF-16, UTF-32, UTF-7, EBCDIC.
    Unreadable,
}

impl Charset {
    pub(super) fn parse(name: &[u8]) -> Self {
        if ["utf-8", "utf8", "us-ascii", "ascii"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        {
            return Self::Utf8;
        }
        let name = name.to_ascii_lowercase();
        let unreadable: [&[u8]; 8] =
            [b"utf-16", b"utf16", b"utf-32", b"utf32", b"utf-7", b"iso-10646-ucs", b"cp037", b"ibm"];
        if unreadable.iter().any(|start| name.starts_with(start)) { Self::Unreadable } else { Self::Other }
    }
}

/// The delimiter of multipart, RFC 2046 section 5.1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Boundary {
    Missing,
    Given(Vec<u8>),
    /// Two different ones, or one in a form that readers disagree about.
    Unclear,
}

/// A boundary is at most 70 characters long (RFC 2046, section 5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

impl ContentType {
    /// Reads the values of all `Content-Type` fields of a message. A value
    /// that is a list counts as several.
    pub fn parse<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut seen: Option<Self> = None;
        for value in values {
            for member in split_unquoted(value, b',') {
                let member = Self::parse_one(member);
                seen = Some(match seen {
                    None => member,
                    Some(before) => before.and(member),
                });
            }
        }
        seen.unwrap_or(Self {
            declared: Declared::Missing,
            charset: Charset::Utf8,
            boundary: Boundary::Missing,
        })
    }

    fn parse_one(value: &[u8]) -> Self {
        let mut sections = split_unquoted(value, b';');
        let media_type = trim(sections.next().unwrap_or_default()).to_ascii_lowercase();
        let mut parsed =
            Self { declared: declared(&media_type), charset: Charset::Utf8, boundary: Boundary::Missing };
        for parameter in sections {
            let equals = memchr::memchr(b'=', parameter).unwrap_or(parameter.len());
            let (name, value) = parameter.split_at_checked(equals).unwrap_or((parameter, b""));
            let name = trim(name);
            // RFC 2231 continuations and encodings: readers disagree.
            let (name, extended) = match memchr::memchr(b'*', name).and_then(|star| name.get(..star)) {
                Some(name) => (name, true),
                None => (name, false),
            };
            let value = || unquoted(trim(value.strip_prefix(b"=").unwrap_or(value)));
            if name.eq_ignore_ascii_case(b"charset") {
                let charset = if extended { Charset::Other } else { Charset::parse(&value()) };
                parsed.charset = parsed.charset.max(charset);
            } else if name.eq_ignore_ascii_case(b"boundary") {
                let boundary = if extended { Boundary::Unclear } else { Boundary::new(value().into_owned()) };
                parsed.boundary = parsed.boundary.and(boundary);
            }
        }
        parsed
    }

    /// What two fields say together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            declared: if self.declared == other.declared { self.declared } else { Declared::Conflicting },
            charset: self.charset.max(other.charset),
            boundary: self.boundary.and(other.boundary),
        }
    }
}

impl Boundary {
    pub(super) fn new(value: Vec<u8>) -> Self {
        let sound = (1..=BOUNDARY_BYTES_MAX).contains(&value.len())
            && !value.ends_with(b" ")
            && value.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if sound { Self::Given(value) } else { Self::Unclear }
    }

    fn and(&self, other: Self) -> Self {
        match (self, other) {
            (Self::Missing, other) => other,
            (before, Self::Missing) => before.clone(),
            (before, other) if *before == other => other,
            _ => Self::Unclear,
        }
    }
}

fn declared(media_type: &[u8]) -> Declared {
    let Some(slash) = memchr::memchr(b'/', media_type) else {
        return if media_type.is_empty() { Declared::Missing } else { Declared::Other };
    };
    let (main, sub) = media_type.split_at_checked(slash).unwrap_or_default();
    let sub = sub.strip_prefix(b"/").unwrap_or(sub);
    let sub = sub.strip_prefix(b"x-").unwrap_or(sub);
    match (main, sub) {
        (_, b"ndjson" | b"jsonl" | b"jsonlines" | b"json-lines" | b"json-seq") => Declared::JsonSequence,
        (b"application", b"www-form-urlencoded") => Declared::Form,
        (b"application" | b"text", b"json" | b"csp-report") => Declared::Json,
        (b"multipart", _) => Declared::Multipart,
        (b"text", b"event-stream") => Declared::EventStream,
        _ if sub.ends_with(b"+json") => Declared::Json,
        _ if sub.ends_with(b"+json-seq") => Declared::JsonSequence,
        (b"text", _) => Declared::Text,
        (
            b"application",
            b"xml" | b"javascript" | b"ecmascript" | b"yaml" | b"toml" | b"graphql" | b"sql",
        ) => Declared::Text,
        _ if sub.ends_with(b"+xml") || sub.ends_with(b"+yaml") => Declared::Text,
        _ => Declared::Other,
    }
}

/// Splits at `separator` outside quoted strings (RFC 9110, section 5.6.4).
fn split_unquoted(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let has_quotes = memchr::memchr(b'"', value).is_some();
    let mut quoted = false;
    let mut escaped = false;
    value.split(move |&byte| {
        if !has_quotes {
            return byte == separator;
        }
        if escaped {
            escaped = false;
        } else if quoted && byte == b'\\' {
            escaped = true;
        } else if byte == b'"' {
            quoted = !quoted;
        }
        !quoted && byte == separator
    })
}

fn unquoted(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = value.strip_prefix(b"\"") else {
        return Cow::Borrowed(value);
    };
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    let mut plain = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    Cow::Owned(plain)
}

/// Without white space around; CR and LF too, for folded part headers.
pub(super) fn trim(value: &[u8]) -> &[u8] {
    value.trim_ascii()
}

#[cfg(test)]
mod tests;
