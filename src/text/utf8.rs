//! UTF-8 checked as it arrives, however it is cut.

use super::TextError;

/// Checks a body chunk by chunk, so that a malformed one is refused at the
/// first chunk that proves it, and a character cut in two by chunks is not.
#[derive(Clone, Debug, Default)]
pub struct Utf8Validator {
    /// The start of a sequence whose rest has not arrived: at most 3 bytes.
    pending: [u8; 4],
    pending_len: usize,
}

impl Utf8Validator {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`TextError::InvalidUtf8`] as soon as no continuation could make the
    /// bytes seen so far UTF-8 (RFC 3629). The validator is of no use after.
    pub fn push(&mut self, mut chunk: &[u8]) -> Result<(), TextError> {
        while self.pending_len > 0 {
            let Some((&byte, rest)) = chunk.split_first() else {
                return Ok(());
            };
            chunk = rest;
            self.complete_with(byte)?;
        }
        let Err(error) = core::str::from_utf8(chunk) else {
            return Ok(());
        };
        if error.error_len().is_some() {
            return Err(TextError::InvalidUtf8);
        }
        for &byte in chunk.get(error.valid_up_to()..).unwrap_or_default() {
            self.keep(byte)?;
        }
        Ok(())
    }

    /// The body has ended.
    ///
    /// # Errors
    /// [`TextError::InvalidUtf8`] if it ended within a sequence.
    pub fn finish(self) -> Result<(), TextError> {
        if self.pending_len == 0 { Ok(()) } else { Err(TextError::InvalidUtf8) }
    }

    fn complete_with(&mut self, byte: u8) -> Result<(), TextError> {
        self.keep(byte)?;
        match core::str::from_utf8(self.pending.get(..self.pending_len).unwrap_or_default()) {
            Ok(_) => {
                self.pending_len = 0;
                Ok(())
            }
            Err(error) if error.error_len().is_none() => Ok(()),
            Err(_) => Err(TextError::InvalidUtf8),
        }
    }

    fn keep(&mut self, byte: u8) -> Result<(), TextError> {
        let slot = self.pending.get_mut(self.pending_len).ok_or(TextError::InvalidUtf8)?;
        *slot = byte;
        self.pending_len = self.pending_len.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
