//! Where a client presents its key, and how every copy of it is taken away.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::denial::Denial;
use crate::percent;
use crate::request::{self, Edit, Head, QueryPair};
use crate::secret::Digest;

/// A place a key may be presented in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A header field, lower-case; with a scheme such as `Bearer`, the credentials after it
    /// (RFC 9110 section 11.4).
    Header {
        /// The field's name in lower case.
        name: String,
        /// The authentication scheme, compared without regard to case.
        scheme: Option<String>,
    },
    /// A parameter of the query.
    Query(String),
    /// A cookie (RFC 6265).
    Cookie(String),
}

/// All places a key may be presented in.
#[derive(Debug, Clone)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Reads the places in this order; all of them are always read.
    pub fn new(sources: Vec<Source>) -> Self {
        Self(sources)
    }

    /// The digest of the one key in the request. The same key presented twice is one key;
    /// empty values are no keys.
    ///
    /// # Errors
    /// `missing-api-key`; `ambiguous-api-key` for two different keys, whether good or not.
    pub fn find(&self, head: Head<'_>) -> Result<Digest, Denial> {
        let mut found: Option<Cow<'_, [u8]>> = None;
        let mut ambiguous = false;
        self.each_key(head, |key| match &found {
            Some(first) => ambiguous |= *first != key,
            None => found = Some(key),
        });
        match found {
            Some(_) if ambiguous => Err(Denial::AmbiguousApiKey),
            Some(key) => Ok(Digest::of(&key)),
            None => Err(Denial::MissingApiKey),
        }
    }

    /// Takes every copy of every key out of the head.
    pub fn strip(&self, head: Head<'_>, edits: &mut Vec<Edit>) {
        for source in &self.0 {
            match source {
                Source::Header { name, scheme: None } => remove(head, name, edits),
                Source::Header { name, scheme: Some(scheme) } => {
                    strip_scheme(head, name, scheme, edits);
                }
                Source::Query(_) | Source::Cookie(_) => {}
            }
        }
        self.strip_query(head, edits);
        self.strip_cookies(head, edits);
    }

    /// The places themselves.
    pub fn listed(&self) -> &[Source] {
        &self.0
    }

    /// Whether clients are told to authenticate with `Bearer` (RFC 6750).
    pub fn has_bearer(&self) -> bool {
        let bearer = |s: &Source| matches!(s, Source::Header { scheme: Some(scheme), .. } if scheme.eq_ignore_ascii_case("bearer"));
        self.0.iter().any(bearer)
    }

    fn each_key<'a>(&'a self, head: Head<'a>, mut take: impl FnMut(Cow<'a, [u8]>)) {
        let mut offer = |key: Cow<'a, [u8]>| {
            if !key.is_empty() {
                take(key);
            }
        };
        for source in &self.0 {
            match source {
                Source::Header { name, scheme } => {
                    let pieces = head.all(name).flat_map(list_pieces);
                    pieces
                        .filter_map(|piece| credentials(piece, scheme.as_deref()))
                        .for_each(|key| offer(Cow::Borrowed(key)));
                }
                Source::Query(name) => {
                    let pairs = head.query().into_iter().flat_map(parameters);
                    pairs
                        .map(|(_, pair)| pair)
                        .filter(|pair| pair.is_named(name))
                        .for_each(|pair| offer(percent::decode_form(pair.value)));
                }
                Source::Cookie(name) => {
                    let cookies = head.all("cookie").flat_map(cookie_pairs);
                    cookies
                        .filter(|cookie| cookie.is_named(name))
                        .for_each(|cookie| offer(Cow::Borrowed(cookie.value())));
                }
            }
        }
    }

    /// Path and query without any key in them.
    pub fn target_without_key<'h>(&self, head: Head<'h>) -> Cow<'h, [u8]> {
        self.stripped_target(head).map_or(Cow::Borrowed(head.target()), Cow::Owned)
    }

    fn strip_query(&self, head: Head<'_>, edits: &mut Vec<Edit>) {
        edits.extend(self.stripped_target(head).map(|target| Edit::Set(":path".into(), target)));
    }

    /// Path and query without the keys in it; `None` where there are none.
    fn stripped_target(&self, head: Head<'_>) -> Option<Vec<u8>> {
        let query = head.query()?;
        let is_key = |pair: &QueryPair<'_>| {
            self.0.iter().any(|s| matches!(s, Source::Query(name) if pair.is_named(name)))
        };
        if !parameters(query).any(|(_, pair)| is_key(&pair)) {
            return None;
        }
        let mut target = head.path().to_vec();
        for (i, (separator, pair)) in parameters(query).filter(|(_, pair)| !is_key(pair)).enumerate() {
            target.push(if i == 0 { b'?' } else { separator });
            target.extend_from_slice(pair.raw);
        }
        Some(target)
    }

    fn strip_cookies(&self, head: Head<'_>, edits: &mut Vec<Edit>) {
        let is_key = |cookie: &CookiePair<'_>| {
            self.0.iter().any(|s| matches!(s, Source::Cookie(name) if cookie.is_named(name)))
        };
        if !head.all("cookie").flat_map(cookie_pairs).any(|cookie| is_key(&cookie)) {
            return;
        }
        let kept = head.all("cookie").flat_map(cookie_pairs).filter(|cookie| !is_key(cookie));
        replace(head, "cookie", &kept.map(|cookie| cookie.0).collect::<Vec<_>>().join(&b"; "[..]), edits);
    }
}

/// The parameters of a query, each with the separator before it. A semicolon separates as
/// well: some servers read it so (HTML 4.01 appendix B.2.2), and a key that they see must not
/// get past.
fn parameters(query: &[u8]) -> impl Iterator<Item = (u8, QueryPair<'_>)> {
    let mut separator = b'&';
    query.split_inclusive(|b| matches!(b, b'&' | b';')).flat_map(move |part| {
        let (raw, next) = match part.split_last() {
            Some((last @ (b'&' | b';'), raw)) => (raw, *last),
            _ => (part, b'&'),
        };
        let before = std::mem::replace(&mut separator, next);
        request::query_pairs(raw).map(move |pair| (before, pair))
    })
}

/// The members of a field that may have been joined with commas, as Envoy joins repeated
/// `authorization` fields. A key therefore cannot contain a comma.
fn list_pieces(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b',').map(<[u8]>::trim_ascii)
}

/// The credentials in one member; `None` when it is of another scheme.
fn credentials<'a>(piece: &'a [u8], scheme: Option<&str>) -> Option<&'a [u8]> {
    let Some(scheme) = scheme else { return Some(piece) };
    let (found, rest) = piece.split_at_checked(scheme.len())?;
    let separated = rest.first().is_none_or(|b| matches!(b, b' ' | b'\t'));
    (found.eq_ignore_ascii_case(scheme.as_bytes()) && separated).then_some(rest.trim_ascii())
}

/// One `name=value` of a `cookie` field.
#[derive(Clone, Copy)]
struct CookiePair<'a>(&'a [u8]);

fn cookie_pairs(value: &[u8]) -> impl Iterator<Item = CookiePair<'_>> {
    value.split(|b| *b == b';').map(|pair| CookiePair(pair.trim_ascii())).filter(|pair| !pair.0.is_empty())
}

impl<'a> CookiePair<'a> {
    fn is_named(self, name: &str) -> bool {
        let found = self.0.split(|b| *b == b'=').next().unwrap_or_default();
        found.trim_ascii_end() == name.as_bytes()
    }

    /// The value, without the quotes that RFC 6265 section 4.1.1 allows around it.
    fn value(self) -> &'a [u8] {
        let value = self.0.splitn(2, |b| *b == b'=').nth(1).unwrap_or_default().trim_ascii();
        match value {
            [b'"', inner @ .., b'"'] => inner,
            _ => value,
        }
    }
}

fn strip_scheme(head: Head<'_>, name: &str, scheme: &str, edits: &mut Vec<Edit>) {
    let pieces = || head.all(name).flat_map(list_pieces);
    if pieces().any(|piece| credentials(piece, Some(scheme)).is_some()) {
        let kept = pieces().filter(|p| credentials(p, Some(scheme)).is_none() && !p.is_empty());
        replace(head, name, &kept.collect::<Vec<_>>().join(&b", "[..]), edits);
    }
}

/// Lets the field have one value, or none when that is empty.
fn replace(head: Head<'_>, name: &str, value: &[u8], edits: &mut Vec<Edit>) {
    // A host that sets a repeated field may change one copy only: remove them first.
    if value.is_empty() || head.all(name).nth(1).is_some() {
        remove(head, name, edits);
    }
    if !value.is_empty() {
        edits.push(Edit::Set(name.into(), value.to_vec()));
    }
}

fn remove(head: Head<'_>, name: &str, edits: &mut Vec<Edit>) {
    if head.all(name).next().is_some() {
        edits.push(Edit::Remove(name.into()));
    }
}
