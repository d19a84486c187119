//! From a place in decoded text back to the place in its source.

use super::form::escaped_byte;
use super::json::unescape;
use super::{Piece, PieceKind};

/// Walks the source of one piece in step with its decoded text. Forward
/// only: all entities of a piece together cost one walk, and no table of
/// places is kept for the many texts that hold no entity.
pub(crate) struct Walker<'a> {
    coding: Coding,
    source: &'a [u8],
    source_at: usize,
    text_at: usize,
}

#[derive(Clone, Copy)]
enum Coding {
    Verbatim,
    JsonEscapes,
    PercentEscapes,
}

impl<'a> Walker<'a> {
    /// A walk over `source`, the bytes `piece` was decoded from.
    pub(crate) fn new(piece: &Piece, source: &'a [u8]) -> Self {
        let coding = match piece.kind {
            _ if piece.verbatim => Coding::Verbatim,
            PieceKind::JsonName | PieceKind::JsonString => Coding::JsonEscapes,
            PieceKind::FormName | PieceKind::FormValue | PieceKind::PartHeader => Coding::PercentEscapes,
            PieceKind::Text | PieceKind::JsonNumber => Coding::Verbatim,
        };
        Self { coding, source, source_at: 0, text_at: 0 }
    }

    /// Where in the source the decoded byte `text_target` starts, both counted
    /// from the start of the piece. Targets must not decrease.
    pub(crate) fn source_at(&mut self, text_target: usize) -> usize {
        while self.text_at < text_target {
            let rest = self.source.get(self.source_at..).unwrap_or_default();
            // Plain bytes are one to one: look no further than needed.
            let reach = rest.len().min(text_target.saturating_sub(self.text_at));
            let near = rest.get(..reach).unwrap_or_default();
            let plain = match self.coding {
                Coding::Verbatim => None,
                Coding::JsonEscapes => memchr::memchr(b'\\', near),
                Coding::PercentEscapes => memchr::memchr(b'%', near),
            }
            .unwrap_or(reach);
            if plain > 0 {
                self.advance(plain, plain);
                continue;
            }
            let (text_len, source_len) = match (self.coding, rest) {
                (_, []) => return self.source_at,
                (Coding::JsonEscapes, _) => unescape(rest).map_or((1, 1), |(c, len)| (c.len_utf8(), len)),
                (_, [_, digits @ ..]) if escaped_byte(digits).is_some() => (1, 3),
                _ => (1, 1),
            };
            self.advance(text_len, source_len);
        }
        self.source_at
    }

    fn advance(&mut self, text_len: usize, source_len: usize) {
        self.text_at = self.text_at.saturating_add(text_len);
        self.source_at = self.source_at.saturating_add(source_len);
    }
}

#[cfg(test)]
mod tests;
