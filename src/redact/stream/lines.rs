//! JSON line by line: NDJSON, and the `data:` lines of server-sent events
//! (WHATWG HTML, section 9.2).

use super::window::Window;
use super::{Ending, json, plain};

/// Lines of which each may be JSON.
#[derive(Debug)]
pub(super) struct Reader {
    /// What stands before JSON in a line.
    label: &'static [u8],
    line: Line,
}

#[derive(Debug)]
enum Line {
    Start,
    Json(json::Reader),
    Text,
}

impl Reader {
    pub(super) fn of_json() -> Self {
        Self { label: b"", line: Line::Start }
    }

    pub(super) fn of_events() -> Self {
        Self { label: b"data:", line: Line::Start }
    }

    pub(super) fn read(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            let line_end = memchr::memchr2(b'\n', b'\r', rest);
            let line = rest.get(..line_end.unwrap_or(rest.len())).unwrap_or_default();
            let line_ending = if line_end.is_some() { Ending::Closed } else { ending };
            let read = self.read_line(line, line_ending, window);
            rest = rest.get(read..).unwrap_or_default();
            if read < line.len() {
                break;
            }
            if line_end.is_some() {
                // Both ends of a CR LF are ends of a line, of which one is empty.
                self.end_line(rest.get(..1).unwrap_or_default(), window);
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        bytes.len().saturating_sub(rest.len())
    }

    fn read_line(&mut self, line: &[u8], ending: Ending, window: &mut Window) -> usize {
        let mut head_len = 0;
        if matches!(self.line, Line::Start) {
            let Some((kind, len)) = self.start_line(line, ending) else {
                return 0;
            };
            window.push_silent(line.get(..len).unwrap_or_default());
            self.line = kind;
            head_len = len;
        }
        let rest = line.get(head_len..).unwrap_or_default();
        let read = match &mut self.line {
            Line::Start => 0,
            Line::Json(reader) => reader.read(rest, ending, window),
            Line::Text => plain::read(rest, ending, window),
        };
        head_len.saturating_add(read)
    }

    /// What the line is, and the length of what stands before its JSON. `None`:
    /// more bytes are needed, or the line is empty.
    fn start_line(&self, line: &[u8], ending: Ending) -> Option<(Line, usize)> {
        if self.label.starts_with(line) && (ending == Ending::Open || line.is_empty()) {
            return None;
        }
        let Some(after) = line.strip_prefix(self.label) else {
            return Some((Line::Text, 0));
        };
        let content = after.trim_ascii_start();
        match content.first() {
            None if ending == Ending::Open => None,
            Some(b'{' | b'[' | b'"') => {
                let head_len = line.len().saturating_sub(content.len());
                Some((Line::Json(json::Reader::default()), head_len))
            }
            _ if self.label.is_empty() => Some((Line::Json(json::Reader::default()), 0)),
            _ => Some((Line::Text, 0)),
        }
    }

    fn end_line(&mut self, end: &[u8], window: &mut Window) {
        match core::mem::replace(&mut self.line, Line::Start) {
            Line::Json(reader) if reader != json::Reader::Text => {
                window.push_silent(end);
                window.end_piece();
            }
            _ => window
                .push_verbatim(core::str::from_utf8(end).unwrap_or_default(), crate::redact::Coding::Plain),
        }
    }
}
