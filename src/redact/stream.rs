//! Answers redacted as they stream.
//!
//! An answer is read byte for byte into the same pieces a body held whole is,
//! by a reader that never looks back, and what no entity can reach any more
//! is passed on at once. So server-sent events flow: an event is out as soon
//! as it is in. The result does not depend on how the stream is cut.
//!
//! | content type | read as |
//! |---|---|
//! | JSON | strings, member names and numbers |
//! | NDJSON, JSON lines, `json-seq` | the same, line by line |
//! | `text/event-stream` | lines; `data:` that starts like JSON as JSON |
//! | form | names and values |
//! | other text, XML, JavaScript, YAML, none or several types | JSON if it starts like it, else text |
//! | multipart | text; parts in base64 are not looked into |
//! | all else (images, `application/octet-stream`, gRPC ...) | not read: passes |
//!
//! Where a client's body would be refused, an answer is not. Bytes that are no
//! UTF-8 pass unchanged, and end any entity. From where JSON turns out to be
//! none, the rest is text: to its end, or in lines of JSON to the end of the
//! line. An entity that upstream spreads over several events or values is not
//! seen: it never stands in one piece of text.

mod form;
mod json;
mod lines;
mod plain;
mod window;

use super::{RedactionCounts, Redactor};
use crate::scan::Scanner;
use crate::text::{Charset, ContentType, Declared};
use window::Window;

pub use window::HELD_BYTES_MAX;

/// The most bytes that are read before what is settled is passed on.
const SLICE_BYTES_MAX: usize = 16 * 1024;

/// What to do with an answer of some content type.
#[derive(Debug)]
pub enum Answer {
    /// It is text: put it through the redactor.
    Redact(Box<AnswerRedactor>),
    /// It is no text: let it pass.
    Pass,
    /// It is text in a charset this crate cannot read, UTF-16 for instance.
    Unreadable,
}

impl Answer {
    /// By what the answer says it is. The redacted answer has another length:
    /// its `content-length` has to go.
    #[must_use]
    pub fn of_type(content_type: &ContentType) -> Self {
        let reader = match content_type.declared {
            Declared::Json => Reader::Json(json::Reader::default()),
            Declared::JsonSequence => Reader::Lines(lines::Reader::of_json()),
            Declared::EventStream => Reader::Lines(lines::Reader::of_events()),
            Declared::Form => Reader::Form(form::Reader::new()),
            Declared::Text | Declared::Missing | Declared::Conflicting => {
                Reader::Undecided { at_start: true }
            }
            Declared::Multipart => Reader::Plain,
            Declared::Other => return Self::Pass,
        };
        if content_type.charset == Charset::Unreadable {
            return Self::Unreadable;
        }
        Self::Redact(Box::new(AnswerRedactor { reader, unread: Vec::new(), window: Window::default() }))
    }
}

/// An answer on its way. Holds at most [`HELD_BYTES_MAX`] bytes of it between
/// two calls, most often none. `Debug` shows no text.
#[derive(Debug)]
pub struct AnswerRedactor {
    reader: Reader,
    /// Bytes that the reader cannot judge yet: half a character, half an
    /// escape, half a number.
    unread: Vec<u8>,
    window: Window,
}

impl AnswerRedactor {
    /// Takes the next bytes and appends to `out` what can go on.
    ///
    /// `scanner` and `redactor` are the same in all calls for one answer.
    pub fn push(&mut self, scanner: &Scanner, redactor: &Redactor, chunk: &[u8], out: &mut Vec<u8>) {
        for slice in chunk.chunks(SLICE_BYTES_MAX) {
            self.unread.extend_from_slice(slice);
            self.read(Ending::Open);
            self.window.settle(scanner, redactor, Ending::Open, out);
        }
    }

    /// The answer has ended: appends to `out` all that was held. Nothing is
    /// pushed afterwards.
    pub fn finish(&mut self, scanner: &Scanner, redactor: &Redactor, out: &mut Vec<u8>) {
        self.read(Ending::Closed);
        self.window.settle(scanner, redactor, Ending::Closed, out);
    }

    /// What was replaced so far.
    #[must_use]
    pub fn counts(&self) -> &RedactionCounts {
        self.window.counts()
    }

    /// How many bytes were taken and not passed on yet.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.unread.len().saturating_add(self.window.held_bytes())
    }

    fn read(&mut self, ending: Ending) {
        let read = self.reader.read(&self.unread, ending, &mut self.window);
        self.unread.drain(..read.min(self.unread.len()));
        if ending == Ending::Closed {
            // Readers leave nothing then; were one wrong, no byte is to be lost.
            self.window.push_silent(&self.unread);
            self.unread.clear();
        }
    }
}

/// Whether more bytes may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Open,
    Closed,
}

#[derive(Debug)]
enum Reader {
    /// Text so far blank, but for a byte order mark at its start: the first
    /// character tells.
    Undecided {
        at_start: bool,
    },
    Plain,
    Json(json::Reader),
    Lines(lines::Reader),
    Form(form::Reader),
}

impl Reader {
    /// Puts what can be read of `bytes` into the window, and returns how many
    /// bytes that were: all if `ending` is closed.
    fn read(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> usize {
        match self {
            Self::Undecided { at_start } => {
                let Some((head, start)) = head(bytes, *at_start, ending) else {
                    return 0;
                };
                window.push_silent(head);
                *self = match start {
                    None => Self::Undecided { at_start: *at_start && head.is_empty() },
                    Some(b'{' | b'[' | b'"') => Self::Json(json::Reader::default()),
                    Some(_) => Self::Plain,
                };
                let rest = bytes.get(head.len()..).unwrap_or_default();
                let read = if rest.is_empty() { 0 } else { self.read(rest, ending, window) };
                head.len().saturating_add(read)
            }
            Self::Plain => plain::read(bytes, ending, window),
            Self::Json(reader) => reader.read(bytes, ending, window),
            Self::Lines(reader) => reader.read(bytes, ending, window),
            Self::Form(reader) => reader.read(bytes, ending, window),
        }
    }
}

/// The blanks that text starts with, a byte order mark before them if it is
/// the start of all; and the byte behind. `None`: half a mark has arrived.
fn head(bytes: &[u8], at_start: bool, ending: Ending) -> Option<(&[u8], Option<u8>)> {
    let mark = "\u{feff}".as_bytes();
    let cut_mark = bytes.len() < mark.len() && mark.starts_with(bytes);
    if at_start && cut_mark && ending == Ending::Open {
        return None;
    }
    let text = if at_start { bytes.strip_prefix(mark).unwrap_or(bytes) } else { bytes };
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let blanks = text.iter().take_while(is_blank).count();
    let head_len = bytes.len().saturating_sub(text.len()).saturating_add(blanks);
    let (head, rest) = bytes.split_at_checked(head_len)?;
    Some((head, rest.first().copied()))
}

#[cfg(test)]
mod tests;
