//! Entities of a text replaced in the bytes the text was read from.

use core::ops::Range;

use super::{Coding, RedactionCounts, Redactor};
use crate::scan::Entity;
use crate::text::{CanonicalText, Origin, Piece, PieceKind, Walker};

impl Redactor {
    /// `body` with its entities replaced, or `None` if that changes nothing.
    ///
    /// `text` was read from `body`, and `entities` found in `text`, in the
    /// order a scanner gives them. Of entities that overlap the first is
    /// replaced. What is replaced is added to `counts`.
    #[must_use]
    pub fn splice_body(
        &self,
        text: &CanonicalText,
        body: &[u8],
        entities: &[Entity],
        counts: &mut RedactionCounts,
    ) -> Option<Vec<u8>> {
        let mut splice = BodySplice { text, body: Output::new(body), part: None };
        let pieces = text.pieces().iter().filter(|piece| piece.origin != Origin::Query);
        self.splice(text, pieces, entities, counts, |piece, edits| {
            if let Some(output) = splice.output(piece.origin) {
                output.edit_piece(piece, edits);
            }
        });
        splice.close_part();
        splice.body.finish()
    }

    /// `query` with its entities replaced, or `None` if that changes nothing;
    /// the arguments are as in [`splice_body`](Self::splice_body).
    #[must_use]
    pub fn splice_query(
        &self,
        text: &CanonicalText,
        query: &[u8],
        entities: &[Entity],
        counts: &mut RedactionCounts,
    ) -> Option<Vec<u8>> {
        let mut output = Output::new(query);
        let pieces = text.pieces().iter().filter(|piece| piece.origin == Origin::Query);
        self.splice(text, pieces, entities, counts, |piece, edits| output.edit_piece(piece, edits));
        output.finish()
    }

    /// Calls `edit` for each of `pieces` that holds entities, with what to replace in
    /// it. An entity is within one piece: none holds a line feed, and a line
    /// feed is between any two pieces.
    fn splice<'a>(
        &self,
        text: &CanonicalText,
        pieces: impl Iterator<Item = &'a Piece>,
        entities: &[Entity],
        counts: &mut RedactionCounts,
        mut edit: impl FnMut(&Piece, &[Edit]),
    ) {
        let mut entities = entities.iter().filter(|entity| self.redacts(entity.kind)).peekable();
        let mut edits: Vec<Edit> = Vec::new();
        let mut replaced_to = 0;
        for piece in pieces {
            while let Some(entity) = entities.next_if(|entity| entity.start < piece.text.end) {
                if entity.start < replaced_to.max(piece.text.start) || entity.end > piece.text.end {
                    continue;
                }
                let Some(value) = text.as_str().get(entity.start..entity.end) else {
                    continue;
                };
                replaced_to = entity.end;
                let at = |place: usize| place.saturating_sub(piece.text.start);
                let range = at(entity.start)..at(entity.end);
                edits.push(Edit { range, replacement: self.replacement(entity.kind, value) });
                counts.add(entity.kind, 1);
            }
            if !edits.is_empty() {
                edit(piece, &edits);
                edits.clear();
            }
        }
    }
}

/// A stretch of a piece's text, and what to write instead.
struct Edit {
    range: Range<usize>,
    replacement: String,
}

/// A body, and the encoded part of it that is being written, if any: pieces
/// come in the order of the body.
struct BodySplice<'a> {
    text: &'a CanonicalText,
    body: Output<'a>,
    part: Option<(u16, Output<'a>)>,
}

impl<'a> BodySplice<'a> {
    fn output(&mut self, origin: Origin) -> Option<&mut Output<'a>> {
        match origin {
            Origin::Query => None,
            Origin::Body => {
                self.close_part();
                Some(&mut self.body)
            }
            Origin::Part(number) => {
                if self.part.as_ref().is_none_or(|(open, _)| *open != number) {
                    self.close_part();
                    let decoded = &self.text.encoded_part(number)?.decoded;
                    self.part = Some((number, Output::new(decoded.as_bytes())));
                }
                self.part.as_mut().map(|(_, output)| output)
            }
        }
    }

    /// Encodes the open part again and puts it where it was.
    fn close_part(&mut self) {
        let Some((number, output)) = self.part.take() else {
            return;
        };
        let Some(part) = self.text.encoded_part(number) else {
            return;
        };
        let Some(written) = output.finish() else {
            return;
        };
        let encoded = self.body.source.get(part.body.clone()).unwrap_or_default();
        let in_lines = encoded.contains(&b'\n');
        self.body.replace(part.body.clone(), |out| part.encoding.encode(&written, in_lines, out));
    }
}

/// A source being copied, with replacements, front to back.
struct Output<'a> {
    source: &'a [u8],
    out: Vec<u8>,
    copied_to: usize,
}

impl<'a> Output<'a> {
    fn new(source: &'a [u8]) -> Self {
        Self { source, out: Vec::new(), copied_to: 0 }
    }

    fn edit_piece(&mut self, piece: &Piece, edits: &[Edit]) {
        let piece_source = self.source.get(piece.source.clone()).unwrap_or_default();
        let base = piece.source.start;
        let mut walker = Walker::new(piece, piece_source);
        let number = piece.kind == PieceKind::JsonNumber;
        if number {
            self.replace(base..base, |out| out.push(b'"'));
        }
        for edit in edits {
            let start = walker.source_at(edit.range.start);
            let end = walker.source_at(edit.range.end);
            let written = piece_source.get(start..end).unwrap_or_default();
            let coding = coding(piece.kind, written);
            let range = base.saturating_add(start)..base.saturating_add(end);
            self.replace(range, |out| coding.write(&edit.replacement, out));
        }
        if number {
            let end = piece.source.end;
            self.replace(end..end, |out| out.push(b'"'));
        }
    }

    fn replace(&mut self, range: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        self.copy_to(range.start);
        write(&mut self.out);
        self.copied_to = range.end;
    }

    fn copy_to(&mut self, end: usize) {
        self.out.extend_from_slice(self.source.get(self.copied_to..end).unwrap_or_default());
        self.copied_to = end;
    }

    fn finish(mut self) -> Option<Vec<u8>> {
        if self.out.is_empty() && self.copied_to == 0 {
            return None;
        }
        self.copy_to(self.source.len());
        Some(self.out)
    }
}

/// How to write in place of `written`. In a header, which is read as it is by
/// some and percent-decoded by others, the entity tells which it was.
fn coding(kind: PieceKind, written: &[u8]) -> Coding {
    match kind {
        PieceKind::Text => Coding::Plain,
        PieceKind::JsonName | PieceKind::JsonString | PieceKind::JsonNumber => Coding::Json,
        PieceKind::FormName | PieceKind::FormValue => Coding::Form,
        PieceKind::PartHeader if written.contains(&b'%') => Coding::Percent,
        PieceKind::PartHeader => Coding::Plain,
    }
}

#[cfg(test)]
mod tests;
