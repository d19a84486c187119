//! Every problem of a configuration at once, each with where, what and the mend.

use std::fmt;

/// At most this many problems are listed; a file that is wrong everywhere is
/// not made clearer by more of them.
pub const PROBLEMS_MAX: usize = 100;

/// One thing that is wrong in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON path: `$.tenants[0].keys[1].sha256`.
    pub path: String,
    /// What is wrong, and what would be right. Never a value of the configuration
    /// that could be secret.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// All that is wrong with a configuration; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    listed: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    /// Notes a problem; beyond [`PROBLEMS_MAX`] it is only counted.
    pub fn push(&mut self, path: impl Into<String>, text: impl Into<String>) {
        if self.listed.len() < PROBLEMS_MAX {
            self.listed.push(Problem { path: path.into(), text: text.into() });
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }

    /// These problems and those of `others` that do not follow from them: a part of the
    /// document that could not be read is not reported again as missing or empty.
    pub fn and_unrelated(mut self, others: &Self) -> Self {
        let related = |a: &str, b: &str| {
            let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
            a.strip_prefix(b).is_some_and(below) || (b.strip_prefix(a).is_some_and(below) && a != "$")
        };
        let structural = self.listed.len();
        for other in &others.listed {
            let own = self.listed.iter().take(structural);
            if !own.into_iter().any(|p| related(&other.path, &p.path)) {
                self.push(other.path.clone(), other.text.clone());
            }
        }
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The listed problems, in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.listed.iter()
    }

    /// How many there are, listed or not.
    pub fn count(&self) -> usize {
        self.listed.len().saturating_add(self.unlisted)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.listed.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.unlisted > 0 {
            write!(f, "\n... and {} more", self.unlisted)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
