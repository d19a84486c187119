//! The part of a stream that is read and not passed on yet.

use core::fmt;

use super::Ending;
use crate::redact::{Coding, RedactionCounts, Redactor};
use crate::scan::{Entity, LEFT_CONTEXT_BYTES, Scanner};

/// The most bytes of a stream that are held. The scanner settles text after
/// [`OPEN_BYTES_MAX`](crate::scan::OPEN_BYTES_MAX) at the latest, of which
/// each byte can be six bytes of source; this is a good deal more. A stream
/// that gets here all the same, by megabytes of white space perhaps, goes on
/// as if it had ended here and begun anew.
pub const HELD_BYTES_MAX: usize = 128 * 1024;

/// Settled text is dropped when there is so much of it beyond the context that
/// scanners need: not at every byte that arrives.
const DROP_BYTES_MIN: usize = 4096;

/// Text, and the source bytes it was read from.
#[derive(Default)]
pub(super) struct Window {
    /// Context that is passed on, then what is not.
    text: String,
    /// How much of `text` is passed on.
    passed: usize,
    /// How much of `text` the scanner has settled: `passed`, or a bit more.
    settled: usize,
    /// Where the piece being read starts in `text`.
    piece_start: usize,
    /// The source of `text` from `passed` on.
    source: Vec<u8>,
    /// How `text` from `passed` on and `source` correspond.
    runs: Vec<Run>,
    /// Entities to replace in settled text that is not passed on.
    found: Vec<Entity>,
    scratch: Vec<Entity>,
    counts: RedactionCounts,
}

/// A stretch of text and of source that correspond.
#[derive(Clone, Copy, Debug)]
struct Run {
    kind: RunKind,
    text_len: usize,
    source_len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunKind {
    /// Source that is the text.
    Verbatim(Coding),
    /// Source that is one character, in an escape.
    Unit(Coding),
    /// A number of JSON.
    Number,
    /// Source that is no text, and the end of a piece.
    Silent,
}

impl Window {
    pub(super) fn counts(&self) -> &RedactionCounts {
        &self.counts
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.source.len()
    }

    /// Text that is written in `coding` as it is.
    pub(super) fn push_verbatim(&mut self, text: &str, coding: Coding) {
        if !text.is_empty() {
            self.push(RunKind::Verbatim(coding), text, text.as_bytes());
        }
    }

    /// A character that is written as `source`.
    pub(super) fn push_unit(&mut self, character: char, source: &[u8], coding: Coding) {
        self.push(RunKind::Unit(coding), character.encode_utf8(&mut [0; 4]), source);
    }

    pub(super) fn push_number(&mut self, number: &str) {
        self.push(RunKind::Number, number, number.as_bytes());
    }

    /// Source without text.
    pub(super) fn push_silent(&mut self, source: &[u8]) {
        self.push(RunKind::Silent, "", source);
    }

    /// What follows is another piece: no entity is in both.
    pub(super) fn end_piece(&mut self) {
        if self.piece_start < self.text.len() {
            self.push(RunKind::Silent, "\n", b"");
            self.piece_start = self.text.len();
        }
    }

    fn push(&mut self, kind: RunKind, text: &str, source: &[u8]) {
        self.text.push_str(text);
        self.source.extend_from_slice(source);
        match self.runs.last_mut() {
            Some(last) if last.kind == kind && matches!(kind, RunKind::Verbatim(_) | RunKind::Silent) => {
                last.text_len = last.text_len.saturating_add(text.len());
                last.source_len = last.source_len.saturating_add(source.len());
            }
            _ => self.runs.push(Run { kind, text_len: text.len(), source_len: source.len() }),
        }
    }

    /// Passes on what no entity can reach any more; all if `ending` is closed.
    pub(super) fn settle(
        &mut self,
        scanner: &Scanner,
        redactor: &Redactor,
        ending: Ending,
        out: &mut Vec<u8>,
    ) {
        let entities = &mut self.scratch;
        let full = self.source.len() > HELD_BYTES_MAX;
        let closed = ending == Ending::Closed || full;
        if closed {
            scanner.scan_from(&self.text, self.settled, entities);
            self.settled = self.text.len();
        } else {
            self.settled = scanner.scan_open_from(&self.text, self.settled, entities);
        }
        for entity in entities.drain(..) {
            let replaced_to = self.found.last().map_or(self.passed, |last| last.end);
            if redactor.redacts(entity.kind) && entity.start >= replaced_to {
                self.found.push(entity);
            }
        }
        self.pass(redactor, out);
        if closed {
            self.text.clear();
            (self.passed, self.settled, self.piece_start) = (0, 0, 0);
        }
        self.drop_context();
    }

    /// Passes on the runs that are settled, with entities replaced.
    fn pass(&mut self, redactor: &Redactor, out: &mut Vec<u8>) {
        let mut source_at = 0_usize;
        let mut runs_done = 0_usize;
        let mut found_done = 0_usize;
        for run in &mut self.runs {
            let run_end = self.passed.saturating_add(run.text_len);
            let whole = run_end <= self.settled;
            if !whole && !matches!(run.kind, RunKind::Verbatim(_)) {
                break;
            }
            let text = self.passed..run_end.min(self.settled);
            let source_len = if whole { run.source_len } else { text.len() };
            let source_end = source_at.saturating_add(source_len);
            let found = self.found.get(found_done..).unwrap_or_default();
            let writer = RunWriter {
                kind: run.kind,
                source: self.source.get(source_at..source_end).unwrap_or_default(),
                text_start: text.start,
                at: text.start,
            };
            let replace = |entity: &Entity| {
                self.counts.add(entity.kind, 1);
                let value = self.text.get(entity.start..entity.end).unwrap_or_default();
                redactor.replacement(entity.kind, value)
            };
            let done = writer.write(text.end, found, replace, out);
            found_done = found_done.saturating_add(done);
            source_at = source_end;
            self.passed = text.end;
            if !whole {
                run.text_len = run.text_len.saturating_sub(source_len);
                run.source_len = run.source_len.saturating_sub(source_len);
                break;
            }
            runs_done = runs_done.saturating_add(1);
        }
        self.runs.drain(..runs_done);
        self.source.drain(..source_at.min(self.source.len()));
        self.found.drain(..found_done.min(self.found.len()));
    }

    fn drop_context(&mut self) {
        let needed = self.settled.saturating_sub(LEFT_CONTEXT_BYTES).min(self.passed);
        if needed < DROP_BYTES_MIN {
            return;
        }
        let drop = (0..=needed).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        self.text.drain(..drop);
        for place in [&mut self.passed, &mut self.settled, &mut self.piece_start] {
            *place = place.saturating_sub(drop);
        }
        for entity in &mut self.found {
            entity.start = entity.start.saturating_sub(drop);
            entity.end = entity.end.saturating_sub(drop);
        }
    }
}

/// Writes one run, or the settled part of it.
struct RunWriter<'a> {
    kind: RunKind,
    source: &'a [u8],
    /// Where the run starts in the text.
    text_start: usize,
    /// How far it is written.
    at: usize,
}

impl RunWriter<'_> {
    /// Writes the text up to `text_end`, with the entities in it replaced.
    /// Returns how many of `found` end there: of one that reaches into the next
    /// run, what is replaced is written by the run it starts in.
    fn write(
        mut self,
        text_end: usize,
        found: &[Entity],
        mut replace: impl FnMut(&Entity) -> String,
        out: &mut Vec<u8>,
    ) -> usize {
        let mut done = 0_usize;
        let mut quoted = false;
        for entity in found.iter().take_while(|entity| entity.start < text_end) {
            if self.kind == RunKind::Number && !quoted {
                out.push(b'"');
                quoted = true;
            }
            if entity.start >= self.at {
                self.copy_to(entity.start, out);
                self.kind.coding().write(&replace(entity), out);
            }
            self.at = entity.end.min(text_end);
            if entity.end > text_end {
                break;
            }
            done = done.saturating_add(1);
        }
        self.copy_to(text_end, out);
        if quoted {
            out.push(b'"');
        }
        done
    }

    fn copy_to(&mut self, text_end: usize, out: &mut Vec<u8>) {
        let from = self.at.saturating_sub(self.text_start);
        let to = text_end.saturating_sub(self.text_start);
        let source = match self.kind {
            RunKind::Verbatim(_) | RunKind::Number => self.source.get(from..to),
            RunKind::Unit(_) if from == 0 && to > 0 => Some(self.source),
            RunKind::Unit(_) => None,
            RunKind::Silent => Some(self.source),
        };
        out.extend_from_slice(source.unwrap_or_default());
        self.at = text_end;
    }
}

impl RunKind {
    fn coding(self) -> Coding {
        match self {
            Self::Verbatim(coding) | Self::Unit(coding) => coding,
            Self::Number => Coding::Json,
            Self::Silent => Coding::Plain,
        }
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("held_bytes", &self.source.len())
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
