//! Credentials, found by what stands before them or how they look.

use core::ops::Range;

/// How far back a name is looked for, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Names end in these, if `-` and `_` are left out: `X-Api-Key`,
/// `client_secret`, `id_token`.
const NAME_ENDS: [&str; 13] = [
    "authorization",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "token",
    "secret",
    "password",
    "passwd",
    "cookie",
    "credential",
    "credentials",
    "signature",
];

/// Names too short to be looked for as the end of others.
const NAMES: [&str; 8] = ["key", "sig", "auth", "jwt", "pass", "pwd", "session", "sessionid"];

/// Of these the whole rest of the line is the value.
const LINE_NAME_ENDS: [&str; 2] = ["authorization", "cookie"];

/// Words that a token follows.
const SCHEMES: [&str; 4] = ["bearer", "basic", "token", "digest"];

/// Fewer characters behind a scheme are a word: "basic needs".
const TOKEN_CHARS_MIN: usize = 8;

/// What the keys begin with that `tollgate keygen` makes.
const OWN_PREFIX: &str = "tg_";

/// So many are a token, even without a digit.
const TOKEN_CHARS_SURE: usize = 20;

/// The credentials in `text`, in no order.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    // Values do not hold names: one that is found is not searched again, which
    // also keeps a text of many names linear.
    let mut searched = 0;
    for at in memchr::memchr3_iter(b'=', b':', b' ', bytes) {
        if at < searched {
            continue;
        }
        let value = match bytes.get(at) {
            Some(b' ') => token_after_scheme(text, at),
            _ => named_value(text, at).or_else(|| user_part(text, at)),
        };
        if let Some(value) = value {
            searched = value.end;
            found.push(value);
        }
    }
    found.extend(starts(bytes, b"eyJ", b'J').filter_map(|at| web_token(text, at)));
    found.extend(starts(bytes, OWN_PREFIX.as_bytes(), b'_').filter_map(|at| own_key(text, at)));
    found
}

/// Where `word` stands, found by the byte it ends in: in most texts that byte is rare, and
/// preparing a search for a word takes longer than looking through a line.
fn starts<'t>(text: &'t [u8], word: &'t [u8], last: u8) -> impl Iterator<Item = usize> + 't {
    memchr::memchr_iter(last, text).filter_map(move |at| {
        let before = text.get(..at.saturating_add(1))?;
        before.ends_with(word).then(|| before.len().saturating_sub(word.len()))
    })
}

/// The value behind the `=` or `:` at `at`, if the name before says that it is
/// secret.
fn named_value(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text.get(..at)?.trim_end_matches([' ', '"', '\'', '\\']);
    let start = before.len().saturating_sub(NAME_BYTES_MAX);
    let tail = before.as_bytes().get(start..)?;
    let name_len = tail
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    let name = tail.get(tail.len().checked_sub(name_len)?..)?;
    let name: String = name
        .iter()
        .filter(|byte| !matches!(byte, b'_' | b'-'))
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    if !NAME_ENDS.iter().any(|end| name.ends_with(end)) && !NAMES.contains(&name.as_str()) {
        return None;
    }
    let whole_line = LINE_NAME_ENDS.iter().any(|end| name.ends_with(end));
    let after = text.get(at.checked_add(1)?..)?;
    let value = after.trim_start_matches([' ', '"', '\'', '\\', '[']);
    let start = text.len().checked_sub(value.len())?;
    let ends = |character: char| match character {
        '"' | '\'' | '\n' | '\r' | '\\' => true,
        ' ' | '\t' | '&' | ',' | ';' | '<' | '>' | ')' | '}' | ']' => !whole_line,
        _ => false,
    };
    let len = value.find(ends).unwrap_or(value.len());
    let len = len.max(scheme_and_token_len(value));
    (len > 0).then(|| start..start.saturating_add(len))
}

/// The length of `Bearer abc` at the start of `text`, else zero.
fn scheme_and_token_len(text: &str) -> usize {
    let Some((word, after)) = text.split_once(' ') else {
        return 0;
    };
    match token_len(after) {
        Some(len) if is_scheme(word) => word.len().saturating_add(1).saturating_add(len),
        _ => 0,
    }
}

/// The token behind the blank at `at`, if a scheme stands before it.
fn token_after_scheme(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text.as_bytes().get(..at)?;
    let word_len =
        before.iter().rev().take(NAME_BYTES_MAX).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = text.get(at.checked_sub(word_len)?..at)?;
    let start = at.checked_add(1)?;
    let token = text.get(start..)?;
    let len = token_len(token)?;
    let has_digit = token.bytes().take(len).any(|byte| byte.is_ascii_digit());
    let sure = len >= TOKEN_CHARS_SURE || len >= TOKEN_CHARS_MIN && has_digit;
    (is_scheme(word) && sure).then(|| start..start.saturating_add(len))
}

/// `user:password` of `scheme://user:password@host`, where `at` is the first
/// colon.
fn user_part(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix("://")?;
    let start = text.len().checked_sub(rest.len())?;
    let len = rest.find(['@', '/', '?', '#', ' ', '\n', '"', '<', '>'])?;
    let is_user = rest.get(len..)?.starts_with('@') && len > 0;
    is_user.then(|| start..start.saturating_add(len))
}

/// A JSON web token (RFC 7519): its header starts with `{"`, in base64.
fn web_token(text: &str, at: usize) -> Option<Range<usize>> {
    let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
    if before.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let token = text.get(at..)?;
    let len = token_len(token)?;
    token.get(..len)?.contains('.').then(|| at..at.saturating_add(len))
}

/// A key as `tollgate keygen` makes them, or enough of one to guess the rest.
fn own_key(text: &str, at: usize) -> Option<Range<usize>> {
    let behind = text.get(at.checked_add(OWN_PREFIX.len())?..)?;
    let chars = behind.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let end = at.saturating_add(OWN_PREFIX.len()).saturating_add(chars);
    (chars >= TOKEN_CHARS_MIN).then_some(at..end)
}

fn is_scheme(word: &str) -> bool {
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// How long the token68 is that `text` starts with (RFC 9110, section 11.2).
fn token_len(text: &str) -> Option<usize> {
    let of_token = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    };
    let len = text.bytes().take_while(of_token).count();
    (len > 0).then_some(len)
}

#[cfg(test)]
mod tests;
