//! Host names, as they stand in URLs and behind the `@` of an address.
//!
//! Rules of RFC 1123 (labels of letters, digits and inner hyphens) with what
//! people really write added: underscores inside left labels, letters of every
//! script (IDN, RFC 5890), `xn--`, a stop before the sentence goes on.

use super::chars::{is_unspaced, is_wide_stop};
use super::view::View;

/// Longest host name in bytes (RFC 1035: 253 octets; more for IDN in UTF-8).
pub(super) const HOST_BYTES_MAX: usize = 512;
/// Longest label in bytes: 63 octets (RFC 1035), as UTF-8 up to four times so.
const LABEL_BYTES_MAX: usize = 252;

/// A host name found in the text.
pub(super) struct Host {
    /// Where it ends.
    pub(super) end: usize,
    /// How many labels it has, from three on perhaps more.
    pub(super) labels: usize,
    /// Where its last label starts.
    pub(super) last_start: usize,
    /// Whether an underscore stands in one of its last two labels, where no
    /// registry allows one.
    pub(super) underscore_at_end: bool,
}

impl Host {
    /// Whether the last label could be a top-level domain: two characters or
    /// more, letters or `xn--`.
    pub(super) fn has_top_level_domain(&self, view: &View) -> bool {
        let label = view.slice(self.last_start, self.end);
        if label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"xn--")) {
            return label.len() > 4;
        }
        self.labels > 1
            && label.len() > 1
            && label.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
    }
}

/// The host name that starts at `start`, `None` where there is none or where
/// its form is one no host can have (`.a`, `-a`, `a-.b`, a label too long).
pub(super) fn host(view: &View, start: usize) -> Option<Host> {
    Chain::new(start, label(view, start, false)).host(view, start, 0)
}

/// The host name that starts with the `www.` at `start`, if it has more labels
/// than that. `chain` is the one walked last.
pub(super) fn www_host(view: &View, start: usize, chain: &mut Chain) -> Option<Host> {
    let second = start.saturating_add(4);
    if (chain.from..=chain.last).contains(&second) {
        chain.from = second;
    } else if starts_label(view, second) {
        *chain = Chain::new(second, label(view, second, true));
    } else {
        return None;
    }
    if second < chain.last {
        return chain.host(view, start, 2);
    }
    chain.underscore_before = false;
    chain.host(view, start, 1)
}

/// A chain of labels with dots between them, as far as it was walked. All its
/// dots part labels, so a host that starts further on in it has the same last
/// label, and need not walk there again.
#[derive(Default)]
pub(super) struct Chain {
    /// Where the first label starts.
    from: usize,
    /// Where the last label starts that was looked at.
    last: usize,
    /// That label, if it is one that a host can have.
    label: Option<Label>,
    /// Whether an underscore stands in the label before it.
    underscore_before: bool,
}

impl Chain {
    fn new(start: usize, label: Option<Label>) -> Chain {
        Chain { from: start, last: start, label, underscore_before: false }
    }

    /// Walks on to the end of the host that starts at `start`, and has as many
    /// labels before the last one here, or more than two.
    fn host(&mut self, view: &View, start: usize, labels_before: usize) -> Option<Host> {
        let mut labels = labels_before;
        loop {
            let last = self.label?;
            labels = labels.saturating_add(1);
            if last.end.saturating_sub(start) > HOST_BYTES_MAX {
                return None;
            }
            if !last.goes_on {
                let host = Host {
                    end: last.end,
                    labels,
                    last_start: self.last,
                    underscore_at_end: last.underscore || self.underscore_before,
                };
                return (!last.underscore_last).then_some(host);
            }
            if last.hyphen_last || last.underscore_last {
                return None;
            }
            let next = last.end.saturating_add(1);
            self.underscore_before = last.underscore;
            (self.last, self.label) = (next, label(view, next, true));
        }
    }
}

#[derive(Clone, Copy)]
struct Label {
    end: usize,
    underscore: bool,
    underscore_last: bool,
    hyphen_last: bool,
    /// A dot and another label follow.
    goes_on: bool,
}

/// The label that starts at `start`. In labels behind the first, text of an
/// unspaced script right behind ASCII is the sentence going on:
/// `example.comを見て`.
fn label(view: &View, start: usize, behind_first: bool) -> Option<Label> {
    let mut at = start;
    let mut underscore = false;
    let mut last = 0;
    loop {
        let byte = view.byte(at);
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            underscore |= byte == b'_';
            last = byte;
            at = at.saturating_add(1);
        } else if byte >= 0x80 {
            let (char, width) = view.char_at(at);
            let sentence = behind_first && last.is_ascii_alphanumeric() && is_unspaced(char);
            if sentence || is_wide_stop(char) {
                break;
            }
            last = byte;
            at = at.saturating_add(width);
        } else {
            break;
        }
        if at.saturating_sub(start) > LABEL_BYTES_MAX {
            return None;
        }
    }
    if at == start || matches!(view.byte(start), b'-' | b'_') {
        return None;
    }
    let mut end = at;
    let goes_on = view.byte(at) == b'.' && starts_label(view, at.saturating_add(1));
    while !goes_on && end > start && view.byte_before(end) == b'-' {
        end = end.saturating_sub(1);
    }
    Some(Label { end, underscore, underscore_last: last == b'_', hyphen_last: last == b'-', goes_on })
}

fn starts_label(view: &View, at: usize) -> bool {
    let byte = view.byte(at);
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_')
        || (byte >= 0x80 && !is_wide_stop(view.char_at(at).0))
}
