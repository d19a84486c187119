//! A borrowed view of a request's head, and the changes made to it.

use crate::percent;

/// A header field: lower-case name and raw value. HTTP values may hold any byte but
/// controls, so they are never assumed to be UTF-8.
pub type Field = (String, Vec<u8>);

/// The head of a request as the host hands it over: pseudo headers first or not, repeated
/// fields as repeated entries.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    fields: &'a [Field],
}

impl<'a> Head<'a> {
    /// Looks at a list of fields with lower-case names.
    pub fn new(fields: &'a [Field]) -> Self {
        Self { fields }
    }

    /// All values of a field, in order; `name` in lower case.
    pub fn all<'n>(self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_slice())
    }

    /// The first value of a field; `name` in lower case.
    pub fn first(self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The names of all fields, in order, repeated ones repeatedly.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    /// The method; empty when the host gave none.
    pub fn method(self) -> &'a [u8] {
        self.first(":method").unwrap_or_default()
    }

    /// Path and query as received.
    pub fn target(self) -> &'a [u8] {
        self.first(":path").unwrap_or_default()
    }

    /// The path without the query.
    pub fn path(self) -> &'a [u8] {
        split_target(self.target()).0
    }

    /// The query without its question mark, where there is one.
    pub fn query(self) -> Option<&'a [u8]> {
        split_target(self.target()).1
    }

    /// Whether the connection is to become something that is not HTTP (RFC 9110
    /// section 7.8, RFC 8441): such a stream has no body that ends.
    pub fn is_upgrade(self) -> bool {
        self.method() == b"CONNECT" || self.first("upgrade").is_some()
    }
}

/// Path and query of a request target.
pub fn split_target(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut halves = target.splitn(2, |b| *b == b'?');
    (halves.next().unwrap_or_default(), halves.next())
}

/// The `name=value` pairs of a query (WHATWG URL, application/x-www-form-urlencoded), raw.
pub fn query_pairs(query: &[u8]) -> impl Iterator<Item = QueryPair<'_>> {
    query.split(|b| *b == b'&').map(|raw| {
        let mut halves = raw.splitn(2, |b| *b == b'=');
        QueryPair { raw, name: halves.next().unwrap_or_default(), value: halves.next().unwrap_or_default() }
    })
}

/// One parameter of a query.
#[derive(Debug, Clone, Copy)]
pub struct QueryPair<'a> {
    /// Name, equals sign and value as received.
    pub raw: &'a [u8],
    /// The name, still encoded.
    pub name: &'a [u8],
    /// The value, still encoded.
    pub value: &'a [u8],
}

impl QueryPair<'_> {
    /// Whether the decoded name is this one.
    pub fn is_named(self, name: &str) -> bool {
        *percent::decode_form(self.name) == *name.as_bytes()
    }
}

/// A change to the head before the upstream sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Remove every copy of the field.
    Remove(String),
    /// Let the field have this one value.
    Set(String, Vec<u8>),
}
