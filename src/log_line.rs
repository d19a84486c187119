//! Text that is safe to print.
//!
//! What arrives from outside may hold personal data, credentials, and
//! characters that forge lines, move the cursor, reorder what is read or run in
//! a browser that shows the log. A [`LogLine`] holds none of these, and only
//! this module can make one, so what takes a `LogLine` prints nothing else.
//!
//! ```
//! use tollgate::log_line::LogLine;
//! use tollgate::scan::{KindSet, Scanner};
//!
//! let scanner = Scanner::new(KindSet::ALL, &[], Vec::new());
//! let line = LogLine::new(&scanner, "GET /?to=jo%40example.org&token=t0p\r\nok", 200);
//! assert_eq!(line.as_str(), r"GET /?to=[EMAIL]\u{26}token=[CREDENTIAL]\u{d}\u{a}ok");
//! ```

use core::fmt;
use core::net::IpAddr;
use core::ops::Range;

use serde::{Serialize, Serializer};

use crate::redact::{Operator, Redactor};
use crate::scan::{Entity, EntityKind, KindSet, OPEN_BYTES_MAX, Scanner};
use crate::text::{Plus, escaped_byte, percent_decode};

mod credential;

/// The longest line, in bytes, whatever is asked for.
pub const LOG_LINE_BYTES_MAX: usize = 8192;

/// Stands at the end of a line that was cut.
const ELLIPSIS: &str = "...";

/// One line of text that may be printed anywhere: on a terminal, in a file, in
/// JSON, in HTML.
///
/// - Email addresses, phone and card numbers and custom matches are `[EMAIL]`,
///   `[PHONE]`, `[CREDIT_CARD]`, `[NAME]`, also where they are
///   percent-encoded.
/// - What a name says is a credential (`token=`, `"password":`,
///   `authorization:` ...), bearer tokens, JSON web tokens, keys that `tollgate
///   keygen` made and the user part of a URL are `[CREDENTIAL]`. A secret that nothing gives away as one cannot be
///   told from a word: do not print what may be one.
/// - Control characters (C0, DEL, C1), line and paragraph separators, bidi
///   controls, zero-width and other invisible characters and `<>&"'` are
///   `\u{..}`, a backslash is `\\`, bytes that are no UTF-8 are `\xNN`.
#[derive(Clone, PartialEq, Eq)]
pub struct LogLine(String);

impl LogLine {
    /// Makes `text` safe. The line is at most `bytes_max` bytes long, and at
    /// most [`LOG_LINE_BYTES_MAX`]; what is too long ends in `...`.
    pub fn new(scanner: &Scanner, text: impl AsRef<[u8]>, bytes_max: usize) -> Self {
        let bytes_max = bytes_max.min(LOG_LINE_BYTES_MAX);
        let text = text.as_ref();
        if text.len() <= bytes_max
            && let Some(harmless) = harmless(scanner, text)
        {
            return Self(harmless.to_owned());
        }
        // An entity that is cut cannot be told from what it looks like, so the
        // part that is read is longer than the part that can be shown.
        let read_max = bytes_max.saturating_add(OPEN_BYTES_MAX);
        let read = text.get(..read_max.min(text.len())).unwrap_or(text);
        let (secrets, shown) = secrets(scanner, read, read.len() < text.len());
        let mut line = Line { out: String::new(), bytes_max, cut_at: 0, full: false };
        let mut at = 0;
        for secret in secrets {
            line.push_escaped(read.get(at..secret.range.start).unwrap_or_default());
            line.push(&secret.label);
            at = secret.range.end.max(at);
        }
        line.push_escaped(read.get(at..shown).unwrap_or_default());
        if shown < text.len() {
            line.cut();
        }
        Self(line.out)
    }

    /// A line whose text stands in the program.
    #[must_use]
    pub fn from_static(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// This line and another behind it, at most [`LOG_LINE_BYTES_MAX`] long.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let room = LOG_LINE_BYTES_MAX.saturating_sub(self.0.len());
        if other.0.len() <= room {
            self.0.push_str(&other.0);
        } else if ELLIPSIS.len() <= room {
            self.0.push_str(ELLIPSIS);
        }
        self
    }

    /// The line, without a line end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogLine({})", self.0)
    }
}

impl Serialize for LogLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The text as it is, if a glance shows that there is nothing in it to hide or to escape: most
/// paths, and all addresses and ids, need no closer look.
fn harmless<'t>(scanner: &Scanner, text: &'t [u8]) -> Option<&'t str> {
    /// No phone number has fewer digits.
    const DIGITS_MIN: usize = 5;
    let plain = |byte: &u8| {
        matches!(byte, b' '..=b'~')
            && !matches!(byte, b'%' | b'+' | b'@' | b'<' | b'>' | b'&' | b'"' | b'\'' | b'\\')
    };
    if !scanner.custom().is_empty() || !text.iter().all(plain) {
        return None;
    }
    let text = str::from_utf8(text).ok()?;
    let few_digits = text.bytes().filter(u8::is_ascii_digit).count() < DIGITS_MIN;
    let nothing_found = few_digits && credential::find(text).is_empty();
    (nothing_found || is_uuid(text) || text.parse::<IpAddr>().is_ok()).then_some(text)
}

/// Whether the text is a UUID (RFC 9562 section 4), as proxies name requests.
fn is_uuid(text: &str) -> bool {
    let at_its_place = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(at_its_place)
}

/// What must not be shown, and what is shown instead.
struct Secret {
    range: Range<usize>,
    label: String,
}

/// What must not be shown of `text`, in order and apart from each other, and
/// how much of `text` may be shown at all: if it was `cut`, what ends before
/// anything that might have gone on.
fn secrets(scanner: &Scanner, text: &[u8], cut: bool) -> (Vec<Secret>, usize) {
    let redactor =
        Redactor::new(Operator::Replace, KindSet::ALL, scanner.custom().iter().map(|it| it.name()));
    let mut found: Vec<(Range<usize>, Option<EntityKind>)> = Vec::new();
    let mut shown = text.len();
    // A plus may be a blank, in a query, or the start of a phone number.
    let readings: &[Plus] =
        if text.contains(&b'+') { &[Plus::IsPlus, Plus::IsSpace] } else { &[Plus::IsPlus] };
    for &plus in readings {
        let decoded = decoded(text, plus);
        let mut entities: Vec<Entity> = Vec::new();
        if cut {
            let settled = scanner.scan_open(&decoded, &mut entities);
            shown = shown.min(source_place(text, settled));
        } else {
            scanner.scan(&decoded, &mut entities);
        }
        // In a path and query a number may stand beside a sign that makes it none in a sentence.
        const SEPARATORS: [char; 4] = ['/', '?', '&', '='];
        if decoded.contains(SEPARATORS) {
            let mut apart = Vec::new();
            scanner.scan(&decoded.replace(SEPARATORS, "\n"), &mut apart);
            entities.extend(apart.iter().filter(|entity| is_number(entity.kind)));
        }
        let personal = entities.iter().filter(|entity| redactor.redacts(entity.kind));
        found.extend(personal.map(|entity| (entity.start..entity.end, Some(entity.kind))));
        found.extend(credential::find(&decoded).into_iter().map(|range| (range, None)));
    }
    found.sort_unstable_by_key(|(range, _)| (range.start, core::cmp::Reverse(range.end)));
    let mut secrets: Vec<Secret> = Vec::new();
    let mut places = Places::new(text);
    let mut covered = 0;
    for (range, kind) in found {
        if range.end <= covered {
            continue;
        }
        let apart = range.start >= covered;
        let start = places.source_of(range.start.max(covered));
        covered = range.end;
        let end = places.source_of(range.end);
        match secrets.last_mut().filter(|_| !apart) {
            Some(last) => last.range.end = end,
            None => {
                let label = kind.map_or("[CREDENTIAL]".to_owned(), |kind| redactor.replacement(kind, ""));
                secrets.push(Secret { range: start..end, label });
            }
        }
    }
    let shown = secrets.last().map_or(shown, |last| shown.max(last.range.end));
    (secrets, shown)
}

fn is_number(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::Phone | EntityKind::CreditCard)
}

/// The text with percent escapes undone, a line feed for each byte of it that
/// is part of no character.
fn decoded(text: &[u8], plus: Plus) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    percent_decode(text, plus, &mut bytes);
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| decoded.push('\n'));
    }
    decoded
}

fn source_place(text: &[u8], decoded_place: usize) -> usize {
    Places::new(text).source_of(decoded_place)
}

/// Walks a text in step with what it percent-decodes to.
struct Places<'a> {
    rest: &'a [u8],
    source: usize,
    decoded: usize,
}

impl<'a> Places<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { rest: text, source: 0, decoded: 0 }
    }

    /// Where the decoded byte `target` comes from. Targets must not decrease.
    fn source_of(&mut self, target: usize) -> usize {
        while self.decoded < target {
            let len = match self.rest {
                [] => break,
                [b'%', digits @ ..] if escaped_byte(digits).is_some() => 3,
                _ => 1,
            };
            self.rest = self.rest.get(len..).unwrap_or_default();
            self.source = self.source.saturating_add(len);
            self.decoded = self.decoded.saturating_add(1);
        }
        self.source
    }
}

/// A line being written, never longer than it may be.
struct Line {
    out: String,
    bytes_max: usize,
    /// Where to cut so that an ellipsis fits and no escape is halved.
    cut_at: usize,
    full: bool,
}

impl Line {
    fn push_escaped(&mut self, text: &[u8]) {
        for chunk in text.utf8_chunks() {
            for character in chunk.valid().chars() {
                if self.full {
                    return;
                }
                match character {
                    '\\' => self.push("\\\\"),
                    _ if needs_escape(character) => self.push(&format!("\\u{{{:x}}}", u32::from(character))),
                    _ => self.push(character.encode_utf8(&mut [0; 4])),
                }
            }
            for byte in chunk.invalid() {
                self.push(&format!("\\x{byte:02x}"));
            }
        }
    }

    /// Adds `text` as a whole, or cuts the line.
    fn push(&mut self, text: &str) {
        if self.full {
            return;
        }
        if self.out.len().saturating_add(ELLIPSIS.len()) <= self.bytes_max {
            self.cut_at = self.out.len();
        }
        if self.out.len().saturating_add(text.len()) > self.bytes_max {
            self.cut();
        } else {
            self.out.push_str(text);
        }
    }

    /// Ends the line with an ellipsis, in the room there is.
    fn cut(&mut self) {
        if self.full {
            return;
        }
        self.full = true;
        if self.out.len().saturating_add(ELLIPSIS.len()) > self.bytes_max {
            self.out.truncate(self.cut_at);
        }
        let room = self.bytes_max.min(ELLIPSIS.len());
        self.out.push_str(ELLIPSIS.get(..room).unwrap_or_default());
    }
}

/// Characters that do something where text is shown, or hide in it.
fn needs_escape(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '<' | '>' | '&' | '"' | '\''
            // Soft hyphen, fillers, vowel separator: not seen.
            | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{3164}' | '\u{ffa0}'
            // Zero width, direction marks and overrides, separators, joiners,
            // isolates and invisible operators.
            | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            // Variation selectors, byte order mark, annotations, tags.
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests;
