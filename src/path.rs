//! Paths as an upstream might read them.
//!
//! Servers disagree on what `/v1/acme/..%2fglobex` means. A path that different servers may
//! read differently is not guessed at: it is in no namespace and it is not public.

#[cfg(test)]
mod tests;

use crate::percent;

/// A request's path, without the query, and whether there is only one way to read it.
#[derive(Debug, Clone, Copy)]
pub struct JudgedPath<'a> {
    raw: &'a [u8],
    ambiguous: bool,
}

impl<'a> JudgedPath<'a> {
    /// Judges a path as received.
    pub fn new(raw: &'a [u8]) -> Self {
        Self { raw, ambiguous: !reads_one_way(raw) }
    }

    /// Whether servers may disagree on what this path means.
    pub fn is_ambiguous(self) -> bool {
        self.ambiguous
    }

    /// Whether the path is certainly the prefix or below it, by whole segments:
    /// `/v1/acme` holds `/v1/acme/x` but not `/v1/acmecorp`. Case counts.
    pub fn is_within(self, prefix: &str) -> bool {
        !self.ambiguous && self.is_below(prefix)
    }

    /// The same without regard to ambiguity, for paths that are the filter's own.
    pub fn is_below(self, prefix: &str) -> bool {
        let boundary = |rest: &[u8]| prefix.ends_with('/') || matches!(rest, [] | [b'/', ..]);
        self.raw.strip_prefix(prefix.as_bytes()).is_some_and(boundary)
    }

    /// The path as received.
    pub fn raw(self) -> &'a [u8] {
        self.raw
    }
}

/// A path that needs no key: exact, or a prefix when it was written with a trailing `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPath {
    text: String,
    is_prefix: bool,
}

impl PublicPath {
    /// Reads `/healthz` or `/assets/*`. `None` when it does not begin with a slash, or is
    /// itself a path that could be read in several ways.
    pub fn parse(pattern: &str) -> Option<Self> {
        let (text, is_prefix) = match pattern.strip_suffix('*') {
            Some(prefix) => (prefix, true),
            None => (pattern, false),
        };
        is_plain(text).then(|| Self { text: text.into(), is_prefix })
    }

    /// Whether the path is certainly this one.
    pub fn matches(&self, path: JudgedPath<'_>) -> bool {
        let text = self.text.as_bytes();
        let same = if self.is_prefix { path.raw.starts_with(text) } else { path.raw == text };
        same && !path.ambiguous
    }
}

/// Whether a configured path is plain: absolute, without escapes, readable in one way.
pub fn is_plain(path: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/-._~!$&'()+,;=:@".contains(&b);
    path.bytes().all(allowed) && reads_one_way(path.as_bytes())
}

fn reads_one_way(path: &[u8]) -> bool {
    let Some(relative) = path.strip_prefix(b"/") else { return false };
    let mut segments = relative.split(|b| *b == b'/').peekable();
    while let Some(segment) = segments.next() {
        // An empty segment is a doubled slash, unless it is the end of `/v1/`.
        let doubled = segment.is_empty() && segments.peek().is_some();
        if doubled || !segment_reads_one_way(segment) {
            return false;
        }
    }
    true
}

fn segment_reads_one_way(segment: &[u8]) -> bool {
    if segment.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'~')) {
        return true;
    }
    let Some(decoded) = decode_segment(segment) else { return false };
    let Ok(text) = std::str::from_utf8(&decoded) else { return false };
    // Servlet containers drop `;parameters`, Windows drops trailing spaces.
    let name = text.split(';').next().unwrap_or_default().trim_end();
    name != "." && name != ".." && !text.chars().any(is_confusable)
}

/// The segment decoded once; `None` when it is malformed, or escaped twice.
fn decode_segment(segment: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(segment.len());
    let mut rest = segment;
    while let Some((byte, after)) = rest.split_first() {
        if *byte != b'%' {
            out.push(*byte);
            rest = after;
            continue;
        }
        let decoded = percent::escaped_byte(rest)?;
        rest = rest.get(3..).unwrap_or_default();
        if decoded == b'%' && matches!(rest, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()) {
            return None;
        }
        out.push(decoded);
    }
    Some(out)
}

/// What some server takes for a separator or a dot: slashes and backslashes that were
/// escaped, controls, and the full-width forms that Unicode compatibility mapping folds.
fn is_confusable(c: char) -> bool {
    matches!(c, '/' | '\\' | '\u{ff0f}' | '\u{ff3c}' | '\u{ff0e}' | '\u{2024}' | '\u{2025}') || c.is_control()
}
