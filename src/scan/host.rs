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
    /// How many labels it has.
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
    let mut labels = 0usize;
    let mut underscores = (false, false);
    let mut at = start;
    loop {
        let label = label(view, at, labels > 0)?;
        labels = labels.saturating_add(1);
        underscores = (underscores.1, label.underscore);
        if label.end.saturating_sub(start) > HOST_BYTES_MAX {
            return None;
        }
        let host = Host {
            end: label.end,
            labels,
            last_start: at,
            underscore_at_end: underscores.1 || (underscores.0 && labels > 1),
        };
        let next = label.end.saturating_add(1);
        if label.cut || view.byte(label.end) != b'.' || !starts_label(view, next) {
            return (!label.underscore_last).then_some(host);
        }
        if label.hyphen_last || label.underscore_last {
            return None;
        }
        at = next;
    }
}

struct Label {
    end: usize,
    underscore: bool,
    underscore_last: bool,
    hyphen_last: bool,
    /// The label ended because an unspaced script took over: the sentence
    /// goes on, and what follows is no part of the host.
    cut: bool,
}

/// The label that starts at `start`. In labels behind the first, text of an
/// unspaced script right behind ASCII is the sentence going on:
/// `example.comを見て`.
fn label(view: &View, start: usize, behind_first: bool) -> Option<Label> {
    let mut at = start;
    let mut cut = false;
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
            cut = behind_first && last.is_ascii_alphanumeric() && is_unspaced(char);
            if cut || is_wide_stop(char) {
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
    let ends_name = view.byte(at) != b'.' || !starts_label(view, at.saturating_add(1));
    while ends_name && end > start && view.byte_before(end) == b'-' {
        end = end.saturating_sub(1);
    }
    Some(Label {
        end,
        underscore,
        underscore_last: last == b'_',
        hyphen_last: last == b'-',
        cut: cut || end != at,
    })
}

fn starts_label(view: &View, at: usize) -> bool {
    let byte = view.byte(at);
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_')
        || (byte >= 0x80 && !is_wide_stop(view.char_at(at).0))
}
