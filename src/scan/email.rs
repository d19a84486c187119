//! Email addresses around an `@`.
//!
//! The local part is a dot-atom (RFC 5322 section 3.2.3) of the characters
//! providers hand out, or letters of any script (RFC 6531); the rarer signs the
//! grammar allows (`=`, `/`, `?`, quotes) more often surround an address than
//! belong to it, and end it here. The domain needs a dot and a top-level
//! domain that is no number and no file extension: `pkg@1.2.3`, `icon@2x.png`
//! and `root@localhost` are no addresses.

#[cfg(test)]
mod tests;

use super::chars::{is_unspaced, is_wide_stop};
use super::host::host;
use super::view::View;
use std::ops::Range;

/// Longest local part in bytes. RFC 5321 says 64; reply addresses of mailing
/// systems are longer and reach their reader all the same.
pub(super) const LOCAL_BYTES_MAX: usize = 256;
/// How far behind an `@` a glance goes, in bytes.
const LABEL_GLANCE_BYTES_MAX: usize = 64;
/// How far before a local part the `//` of a URL is looked for.
pub(super) const USER_INFO_BYTES_MAX: usize = 64;

/// Last labels that are file extensions or units of systemd, not domains, as
/// keys.
const FILE_EXTENSIONS: [u64; 34] = [
    key(b"png"),
    key(b"jpg"),
    key(b"jpeg"),
    key(b"gif"),
    key(b"svg"),
    key(b"webp"),
    key(b"ico"),
    key(b"bmp"),
    key(b"tif"),
    key(b"tiff"),
    key(b"avif"),
    key(b"heic"),
    key(b"pdf"),
    key(b"css"),
    key(b"scss"),
    key(b"js"),
    key(b"mjs"),
    key(b"jsx"),
    key(b"tsx"),
    key(b"json"),
    key(b"xml"),
    key(b"yml"),
    key(b"yaml"),
    key(b"html"),
    key(b"htm"),
    key(b"tgz"),
    key(b"gz"),
    key(b"tar"),
    key(b"whl"),
    key(b"service"),
    key(b"socket"),
    key(b"timer"),
    key(b"target"),
    key(b"mount"),
];

/// The address whose `@` stands at `sign`.
pub(super) fn around(view: &View, sign: usize) -> Option<Range<usize>> {
    if !may_be(view, sign) {
        return None;
    }
    let start = local_start(view, sign)?;
    Some(start..end(view, start, sign)?)
}

/// Whether a glance at the bytes beside the `@` at `sign` lets it be that of an
/// address: one of a local part before, and behind it a label that may have
/// another behind it.
fn may_be(view: &View, sign: usize) -> bool {
    let domain = sign.saturating_add(1);
    let mut at = domain;
    while view.byte(at).is_ascii_alphanumeric() && at.saturating_sub(domain) < LABEL_GLANCE_BYTES_MAX {
        at = at.saturating_add(1);
    }
    let behind = view.byte(at);
    let goes_on = behind.is_ascii_alphanumeric() || matches!(behind, b'.' | b'-' | b'_');
    is_local(view.byte_before(sign)) && (behind >= 0x80 || (at > domain && goes_on))
}

/// Where the address ends whose local part starts at `start` and whose `@`
/// stands at `sign`; `None` where there is none.
fn end(view: &View, start: usize, sign: usize) -> Option<usize> {
    if in_user_info(view, start) {
        return None;
    }
    let domain = sign.saturating_add(1);
    let host = host(view, domain)?;
    if host.underscore_at_end || !host.has_top_level_domain(view) {
        return None;
    }
    let last = view.slice(host.last_start, host.end);
    let last = key(last);
    if FILE_EXTENSIONS.iter().fold(false, |any, extension| any | (*extension == last)) {
        return None;
    }
    if is_version(view.slice(domain, host.end)) || is_remote_path(view, start, sign, host.end) {
        return None;
    }
    // `a@b.example@c`: no reading of this is an address.
    (view.byte(host.end) != b'@').then_some(host.end)
}

/// The letters of a label in lower case as one number, 0 for more than eight:
/// all extensions are compared in a few vector instructions.
const fn key(label: &[u8]) -> u64 {
    if label.len() > 8 {
        return 0;
    }
    let mut key = 0;
    let mut rest = label;
    while let [byte, tail @ ..] = rest {
        key = key << 8 | byte.to_ascii_lowercase() as u64;
        rest = tail;
    }
    key
}

/// Whether the `@` at `sign` looks like that of an address at first glance.
pub(super) fn is_bounded(view: &View, sign: usize) -> bool {
    let before = view.byte_before(sign);
    let domain = sign.saturating_add(1);
    before.is_ascii_alphanumeric()
        && may_be(view, sign)
        && host(view, domain)
            .is_some_and(|host| host.has_top_level_domain(view) && view.byte(host.end) != b':')
}

/// Whether `byte` may stand in a local part.
#[inline]
pub(super) fn is_local(byte: u8) -> bool {
    LOCAL.get(usize::from(byte)).is_some_and(|local| *local)
}

/// The answers of [`is_local`], which is asked for each byte of a word.
static LOCAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &mut [bool] = &mut table;
    let mut byte = 0u8;
    while let [local, tail @ ..] = rest {
        *local = byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'' | b'~' | b'!' | b'&');
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    table
};

/// Where the local part that ends at `sign` starts; `None` where there is none.
pub(super) fn local_start(view: &View, sign: usize) -> Option<usize> {
    let mut at = sign;
    let unspaced = view.byte_before(sign) >= 0x80 && is_unspaced(view.char_before(sign).0);
    loop {
        let byte = view.byte_before(at);
        if byte >= 0x80 {
            let (char, width) = view.char_before(at);
            if is_wide_stop(char) || is_unspaced(char) != unspaced || width == 0 {
                break;
            }
            at = at.saturating_sub(width);
        } else if is_local(byte) && !unspaced {
            at = at.saturating_sub(1);
        } else {
            break;
        }
        if sign.saturating_sub(at) > LOCAL_BYTES_MAX {
            return None;
        }
    }
    // A handle of a federated network: `@user@host.example`.
    if view.byte_before(at) == b'@' {
        return None;
    }
    dot_atom_start(view, at, sign)
}

/// The local part between `from` and `sign` without what cannot start one; the
/// part behind a double dot, where there is one.
fn dot_atom_start(view: &View, from: usize, sign: usize) -> Option<usize> {
    let local = view.slice(from, sign);
    if local.last().is_none_or(|&byte| byte == b'.') {
        return None;
    }
    let behind_dots = local.windows(2).rposition(|pair| pair == b"..").map_or(0, |at| at.saturating_add(2));
    let head = local.get(behind_dots..).unwrap_or(&[]);
    let junk = head
        .iter()
        .position(|byte| !matches!(byte, b'.' | b'\'' | b'~' | b'!' | b'&' | b'%' | b'-' | b'+'))?;
    Some(from.saturating_add(behind_dots).saturating_add(junk))
}

/// Whether the text before `start` shows this to be user info of a URL:
/// `postgres://app:secret@db.example.com`.
fn in_user_info(view: &View, start: usize) -> bool {
    let mut at = start;
    while start.saturating_sub(at) < USER_INFO_BYTES_MAX {
        match view.byte_before(at) {
            b'/' => {
                return view.byte_before(at.saturating_sub(1)) == b'/'
                    && view.byte_before(at.saturating_sub(2)) == b':';
            }
            byte if is_local(byte) || matches!(byte, b':' | b'$' | b'*' | b'=') => {}
            _ => return false,
        }
        at = at.saturating_sub(1);
    }
    false
}

/// `1.2.3-beta.next`: the first two labels are numbers.
fn is_version(domain: &[u8]) -> bool {
    if !domain.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let mut labels = domain.split(|&byte| byte == b'.');
    let mut number =
        || labels.next().is_some_and(|label| !label.is_empty() && label.iter().all(u8::is_ascii_digit));
    number() && number()
}

/// `git@host:path` and `user@host:/path`, places to copy from.
fn is_remote_path(view: &View, start: usize, sign: usize, end: usize) -> bool {
    let behind = view.byte(end.saturating_add(1));
    view.byte(end) == b':'
        && (matches!(behind, b'/' | b'~')
            || (view.slice(start, sign) == b"git" && behind.is_ascii_alphanumeric()))
}
