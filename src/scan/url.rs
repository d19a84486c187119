//! URLs as a reader sees them: where the link starts, and where the sentence
//! goes on.
//!
//! What starts one: `http://`, `https://`, `ftp://` in any case, or `www.`.
//! What ends one: white space, quotation marks, `<`, `>`, `` ` ``, `\`, a
//! closing bracket that was not opened inside, the punctuation of East Asian
//! scripts, and a separator with the next URL right behind it. Punctuation at
//! the very end belongs to the sentence.

#[cfg(test)]
mod tests;

use super::ENTITY_BYTES_MAX;
use super::chars::{is_unspaced, is_wide_stop};
use super::host::{Chain, Host, host, www_host};
use super::view::{View, is_continuation};
use std::ops::Range;

/// Longest user info (`user:password@`) in bytes.
const USER_INFO_BYTES_MAX: usize = 128;
/// Longest address in brackets: an IPv6 address with a zone (RFC 6874).
const BRACKETS_BYTES_MAX: usize = 64;
/// Most `w`s passed over at once.
const W_MAX: usize = 64;
/// Digits of the largest port, 65535.
const PORT_DIGITS_MAX: usize = 5;

/// The URL whose scheme ends at `colon`.
pub(super) fn with_scheme(view: &View, colon: usize) -> Option<Range<usize>> {
    let start = scheme_start(view, colon)?;
    if view.byte(colon.saturating_add(1)) != b'/' || view.byte(colon.saturating_add(2)) != b'/' {
        return None;
    }
    let quote = match view.byte_before(start) {
        byte if byte.is_ascii_alphanumeric() || byte == b'_' => return None,
        // A tag or a mention, `#http://`; but `test@http://` is two things.
        b'#' | b'$' | b'@' if !view.byte_before(start.saturating_sub(1)).is_ascii_alphanumeric() => {
            return None;
        }
        byte => byte,
    };
    let authority = colon.saturating_add(3);
    let host_start = behind_user_info(view, authority).unwrap_or(authority);
    let host_end = host_in_url(view, host_start)?;
    Some(start..end(view, start, host_end, quote))
}

/// The URL that starts with `www.` at `start`. `chain` is that of the last one.
pub(super) fn with_www(view: &View, start: usize, chain: &mut Chain) -> Option<Range<usize>> {
    let before = view.byte_before(start);
    if before.is_ascii_alphanumeric() {
        return None;
    }
    let is_www = (start..start.saturating_add(3)).all(|at| view.byte(at) | 0x20 == b'w')
        && view.byte(start.saturating_add(3)) == b'.';
    if !is_www {
        return None;
    }
    let quote = match before {
        b'.' | b'-' | b'_' | b'@' | b'#' | b'$' | b'+' => return None,
        b'/' if view.byte_before(start.saturating_sub(1)) != b'/' => return None,
        byte => byte,
    };
    let host = www_host(view, start, chain)?;
    if host.labels < 3 || host.underscore_at_end || !host.has_top_level_domain(view) {
        return None;
    }
    // `www.example.com@example.org` is an address.
    if view.byte(host.end) == b'@' {
        return None;
    }
    Some(start..end(view, start, host.end, quote))
}

/// Behind the `w`s that start at `at`, or many of them.
pub(super) fn behind_www(view: &View, at: usize) -> usize {
    let count =
        view.slice(at, view.len()).iter().take(W_MAX).take_while(|byte| **byte | 0x20 == b'w').count();
    at.saturating_add(count.max(1))
}

/// Where the scheme that ends at `colon` starts, if it is one of ours.
pub(super) fn scheme_start(view: &View, colon: usize) -> Option<usize> {
    if !matches!(view.byte_before(colon) | 0x20, b'p' | b's') {
        return None;
    }
    [&b"http"[..], b"https", b"ftp"].iter().find_map(|scheme| {
        let start = colon.checked_sub(scheme.len())?;
        let found = view.slice(start, colon).eq_ignore_ascii_case(scheme);
        // `https` ends in `http`'s letters only where an `s` follows, so at
        // most one of the three fits.
        found.then_some(start)
    })
}

/// The byte behind `user:password@`, where such a thing stands at `start`.
fn behind_user_info(view: &View, start: usize) -> Option<usize> {
    let mut at = start;
    while is_user_info(view.byte(at)) && at.saturating_sub(start) < USER_INFO_BYTES_MAX {
        at = at.saturating_add(1);
    }
    (at > start && view.byte(at) == b'@').then(|| at.saturating_add(1))
}

fn is_user_info(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%' | b'!' | b'$' | b'&' | b'*' | b'+' | b'=' | b':')
}

/// Where the host that starts at `start` ends.
fn host_in_url(view: &View, start: usize) -> Option<usize> {
    match view.byte(start) {
        b'[' => return address_in_brackets(view, start),
        b':' => return bare_address(view, start),
        _ => {}
    }
    let host = host(view, start)?;
    let plausible = host.labels == 1 || (!host.underscore_at_end && !one_letter_end(view, &host));
    plausible.then_some(host.end)
}

/// `tld-too-short.x`: no top-level domain has one letter.
fn one_letter_end(view: &View, host: &Host) -> bool {
    host.end.saturating_sub(host.last_start) == 1 && view.byte(host.last_start).is_ascii_alphabetic()
}

/// `[2001:db8::1]` (RFC 3986 section 3.2.2); the end is behind the bracket.
fn address_in_brackets(view: &View, open: usize) -> Option<usize> {
    let mut at = open.saturating_add(1);
    let mut colons = 0u32;
    while at.saturating_sub(open) < BRACKETS_BYTES_MAX {
        match view.byte(at) {
            b':' => colons = colons.saturating_add(1),
            b']' if colons >= 2 => return Some(at.saturating_add(1)),
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'%' | b'-') => {}
            _ => return None,
        }
        at = at.saturating_add(1);
    }
    None
}

/// `::1`, an IPv6 address without its brackets.
fn bare_address(view: &View, start: usize) -> Option<usize> {
    let mut at = start.saturating_add(2);
    if view.byte(start.saturating_add(1)) != b':' || !view.byte(at).is_ascii_hexdigit() {
        return None;
    }
    while view.byte(at).is_ascii_hexdigit() && at.saturating_sub(start) < BRACKETS_BYTES_MAX {
        at = at.saturating_add(1);
    }
    Some(at)
}

/// Where the URL ends whose host ends at `host_end`. `quote` stood before it.
fn end(view: &View, start: usize, host_end: usize, quote: u8) -> usize {
    let at = behind_port(view, host_end);
    match view.byte(at) {
        b'/' | b'?' | b'#' => tail_end(view, start, at, quote),
        _ => at,
    }
}

fn behind_port(view: &View, colon: usize) -> usize {
    if view.byte(colon) != b':' {
        return colon;
    }
    let first = colon.saturating_add(1);
    let mut at = first;
    while view.byte(at).is_ascii_digit() {
        at = at.saturating_add(1);
        if at.saturating_sub(first) > PORT_DIGITS_MAX {
            return colon;
        }
    }
    if at == first && view.byte(at) != b'/' { colon } else { at }
}

/// Where path, query and fragment end, of which the first byte stands at `from`.
fn tail_end(view: &View, start: usize, from: usize, quote: u8) -> usize {
    let limit = start.saturating_add(ENTITY_BYTES_MAX);
    let mut open = Brackets::default();
    let mut good_end = from;
    let mut at = from;
    while at < limit {
        let rest = view.slice(at, limit.min(view.len()));
        let plain = rest.iter().take_while(|byte| PLAIN.get(usize::from(**byte)) == Some(&true)).count();
        if plain > 0 {
            at = at.saturating_add(plain);
            good_end = at;
            continue;
        }
        let byte = view.byte(at);
        if byte >= 0x80 {
            let (char, width) = view.char_at(at);
            let sentence = is_unspaced(char) && view.byte_before(at).is_ascii_alphanumeric();
            let next = at.saturating_add(width);
            if sentence || is_wide_stop(char) || next > limit {
                break;
            }
            at = next;
            good_end = at;
            continue;
        }
        match byte {
            0..=b' ' | b'"' | b'<' | b'>' | b'\\' | b'`' | 0x7f => break,
            b'\'' if quote == b'\'' || is_genitive(view, at) => break,
            b'(' | b'[' | b'{' => open.opened(byte),
            b')' | b']' | b'}' if !open.closes(byte) => break,
            b':' => {
                if let Some(end) = next_url(view, at, good_end) {
                    return end;
                }
            }
            b'.' | b',' | b';' | b'!' | b'?' | b'\'' | b'*' | b'_' | b'~' | b'|' => {}
            _ => good_end = at.saturating_add(1),
        }
        at = at.saturating_add(1);
    }
    debug_assert!(!is_continuation(view.byte(good_end)) || good_end >= view.len());
    good_end
}

/// The bytes of a path that neither end it nor could be the sentence's.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte < 0x7f {
        let special = matches!(
            byte,
            b'"' | b'<'
                | b'>'
                | b'\\'
                | b'`'
                | b'\''
                | b'('
                | b'['
                | b'{'
                | b')'
                | b']'
                | b'}'
                | b':'
                | b'.'
                | b','
                | b';'
                | b'!'
                | b'?'
                | b'*'
                | b'_'
                | b'~'
                | b'|'
        );
        #[expect(clippy::indexing_slicing, reason = "any byte is an index of this array")]
        {
            plain[byte as usize] = !special;
        }
        byte = byte.saturating_add(1);
    }
    plain
};

/// Whether the apostrophe at `at` is that of `example.com/a's page`.
fn is_genitive(view: &View, at: usize) -> bool {
    view.byte(at.saturating_add(1)) == b's'
        && matches!(view.byte(at.saturating_add(2)), 0 | b' ' | b'\n' | b',' | b'.')
}

/// Where this URL ends if the `:` at `colon` belongs to the next one, which a
/// separator parts from it: `http://a.example/1,http://b.example/2`.
fn next_url(view: &View, colon: usize, good_end: usize) -> Option<usize> {
    // Few colons stand where a separator and a scheme could stand before them.
    let parted = |scheme: usize| is_separator(view.byte_before(colon.saturating_sub(scheme)));
    if !(parted(3) || parted(4) || parted(5)) {
        return None;
    }
    if view.byte(colon.saturating_add(1)) != b'/' || view.byte(colon.saturating_add(2)) != b'/' {
        return None;
    }
    let separator = scheme_start(view, colon)?.checked_sub(1)?;
    (is_separator(view.byte(separator)) && separator < good_end).then(|| trimmed(view, separator))
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b'|')
}

/// `end`, moved before the punctuation that stands there.
fn trimmed(view: &View, end: usize) -> usize {
    let mut end = end;
    while matches!(view.byte_before(end), b'.' | b',' | b';' | b'!' | b'?' | b'|' | b':') {
        end = end.saturating_sub(1);
    }
    end
}

/// How many brackets of each kind are open.
#[derive(Default)]
struct Brackets {
    round: u32,
    square: u32,
    curly: u32,
}

impl Brackets {
    fn opened(&mut self, bracket: u8) {
        let count = self.count(bracket);
        *count = count.saturating_add(1);
    }

    /// Whether `bracket` closes one that was opened; it is closed then.
    fn closes(&mut self, bracket: u8) -> bool {
        let count = self.count(bracket);
        let was_open = *count > 0;
        *count = count.saturating_sub(1);
        was_open
    }

    fn count(&mut self, bracket: u8) -> &mut u32 {
        match bracket {
            b'(' | b')' => &mut self.round,
            b'[' | b']' => &mut self.square,
            _ => &mut self.curly,
        }
    }
}
