//! The operator's own patterns.

#[cfg(test)]
mod tests;

use regex_lite::{Regex, RegexBuilder};
use std::fmt;

/// Longest pattern in bytes.
pub const PATTERN_BYTES_MAX: usize = 512;
/// Most custom patterns of one policy.
pub const CUSTOM_PATTERNS_MAX: usize = 32;
/// Largest compiled pattern in bytes. Search time grows with it.
const PROGRAM_BYTES_MAX: usize = 1 << 16;
/// Deepest nesting of a pattern.
const NESTING_MAX: u32 = 32;

/// A named pattern of the operator, compiled.
///
/// The pattern sees one line of text at a time (see [`super::Scanner`]), so
/// `^` and `$` are the ends of a line and no match spans two.
pub struct CustomPattern {
    name: String,
    regex: Regex,
    /// The bytes every match starts with, where the pattern tells.
    head: Vec<u8>,
}

/// Why a pattern was refused. Says nothing of the pattern's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternError {
    /// Longer than [`PATTERN_BYTES_MAX`], or too large when compiled.
    TooLong,
    /// Not a regular expression as `regex-lite` reads them.
    Invalid,
    /// Matches the empty text, and so everything and nothing.
    MatchesEmpty,
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternError::TooLong => write!(
                formatter,
                "the pattern is too large: at most {PATTERN_BYTES_MAX} bytes, and small repetitions"
            ),
            PatternError::Invalid => write!(formatter, "not a valid regular expression"),
            PatternError::MatchesEmpty => write!(formatter, "the pattern matches the empty text"),
        }
    }
}

impl std::error::Error for PatternError {}

impl CustomPattern {
    /// Compiles `pattern`, a regular expression in the syntax of `regex-lite`,
    /// under `name`.
    ///
    /// # Errors
    ///
    /// See [`PatternError`].
    pub fn new(name: &str, pattern: &str) -> Result<CustomPattern, PatternError> {
        if pattern.len() > PATTERN_BYTES_MAX {
            return Err(PatternError::TooLong);
        }
        let regex = RegexBuilder::new(pattern)
            .size_limit(PROGRAM_BYTES_MAX)
            .nest_limit(NESTING_MAX)
            .build()
            // The error's text quotes the pattern; only its kind goes on.
            .map_err(|error| match error.to_string().contains("limit") {
                true => PatternError::TooLong,
                false => PatternError::Invalid,
            })?;
        if regex.is_match("") {
            return Err(PatternError::MatchesEmpty);
        }
        Ok(CustomPattern { name: name.to_owned(), regex, head: literal_head(pattern) })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls `found` with start and end of each match in `line`, which starts
    /// at byte `offset` of the text.
    pub(super) fn each_match(&self, line: &str, offset: usize, mut found: impl FnMut(usize, usize)) {
        if memchr::memmem::find(line.as_bytes(), &self.head).is_none() {
            return;
        }
        for matched in self.regex.find_iter(line) {
            if !matched.is_empty() {
                found(offset.saturating_add(matched.start()), offset.saturating_add(matched.end()));
            }
        }
    }
}

impl fmt::Debug for CustomPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CustomPattern").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The literal bytes that every match of `pattern` starts with; none where the
/// pattern is not plain enough to tell. Lines without them need no search.
fn literal_head(pattern: &str) -> Vec<u8> {
    if pattern.contains('|') || pattern.contains("(?") {
        return Vec::new();
    }
    let is_plain = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'#' | b':' | b'/' | b'@' | b' ')
    };
    let mut head: Vec<u8> = pattern.bytes().take_while(|byte| is_plain(byte)).collect();
    // `AB*`, `AB?`, `AB{0,2}`: the last may be missing.
    if matches!(pattern.as_bytes().get(head.len()), Some(b'*' | b'?' | b'{')) {
        head.pop();
    }
    head
}
