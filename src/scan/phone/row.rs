//! Phone numbers beside an email address.

use super::super::context;
use super::super::email;
use super::super::lexicon::Lexicon;
use super::super::view::View;
use super::{PHONE_DIGITS_MIN, Site};

/// How far beside a number an address makes a row of contacts, in bytes.
pub(super) const ROW_BYTES_MAX: usize = 48;
/// The same before a number, with a word that links the two, and a blank.
pub(super) const ROW_BYTES_MAX_BEFORE: usize = ROW_BYTES_MAX + context::LINK_BYTES_MAX + 1;

impl Site<'_> {
    /// Whether the number is a field of its own beside an email address, as in
    /// a row of contacts, `Jo Doe;4155550132;jo@example.com`, or is named
    /// together with one: `jo@example.com or 4155550132`.
    pub(super) fn in_contact_row(&self, lexicon: &Lexicon, count: usize) -> bool {
        let view = self.view;
        let mut before = self.start(count);
        while matches!(view.byte_before(before), b' ' | b'(') {
            before = before.saturating_sub(1);
        }
        let mut end = self.end(count);
        while matches!(view.byte(end), b' ' | b')') {
            end = end.saturating_add(1);
        }
        if follows_linked_address(view, lexicon, before) {
            return true;
        }
        let is_dash = view.slice(before.saturating_sub(2), before) == b" -";
        if !is_dash && !matches!(view.byte_before(before), 0 | b'\n' | b',' | b';' | b'|' | b'\t' | b'/') {
            return false;
        }
        let is_dash = view.byte(end) == b'-' && view.byte(end.saturating_add(1)) == b' ';
        if !is_dash && !matches!(view.byte(end), 0 | b'\n' | b'\r' | b',' | b';' | b'|' | b'\t' | b'/') {
            return false;
        }
        let ahead = view.ahead(end, ROW_BYTES_MAX);
        let ahead = memchr::memchr2(b'\n', 0, ahead).and_then(|end| ahead.get(..end)).unwrap_or(ahead);
        let back = before.saturating_sub(ROW_BYTES_MAX);
        let back = memchr::memrchr(b'\n', view.slice(back, before))
            .map_or(back, |at| back.saturating_add(at).saturating_add(1));
        let behind = view.slice(back, before);
        let is_address = |from: usize, at: usize| email::is_bounded(view, from.saturating_add(at));
        let beside_address = memchr::memchr_iter(b'@', ahead).any(|at| is_address(end, at))
            || memchr::memchr_iter(b'@', behind).any(|at| is_address(back, at));
        // A row with other numbers is one of some table.
        beside_address && !holds_number(ahead) && !holds_number(behind)
    }
}

/// Whether a linking word that ends at `at` stands behind an email address.
fn follows_linked_address(view: &View, lexicon: &Lexicon, at: usize) -> bool {
    let back = at.saturating_sub(ROW_BYTES_MAX_BEFORE);
    if memchr::memchr(b'@', view.slice(back, at)).is_none() {
        return false;
    }
    let Some(end) = context::linked_word(lexicon, view, at) else { return false };
    let word = view.slice(end.saturating_sub(ROW_BYTES_MAX), end);
    let word = word.rsplit(|byte| *byte == b' ').next().unwrap_or(&[]);
    let sign = memchr::memchr(b'@', word).map(|at| end.saturating_sub(word.len().saturating_sub(at)));
    sign.is_some_and(|sign| email::is_bounded(view, sign))
}

/// Whether digits enough for a phone number stand there side by side.
fn holds_number(bytes: &[u8]) -> bool {
    bytes.chunk_by(|a, b| a.is_ascii_digit() && b.is_ascii_digit()).any(|run| run.len() >= PHONE_DIGITS_MIN)
}
