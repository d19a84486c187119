//! What was found, and how it is told.

use serde_json::json;

use super::checks::{Check, Severity};
use super::node::Node;

/// One thing that was found.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) check: &'static Check,
    pub(crate) severity: Severity,
    /// The file, with the document's number where it holds several.
    pub(crate) file: String,
    /// The place in it.
    pub(crate) path: String,
    /// What was seen there.
    pub(crate) saw: String,
}

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Finding>);

impl Report {
    pub(crate) fn add(&mut self, check: &'static Check, at: &Node<'_>, saw: impl Into<String>) {
        self.push(check, check.severity, at, saw.into());
    }

    /// Tells what cannot be mended in this kind of file.
    pub(crate) fn note(&mut self, check: &'static Check, at: &Node<'_>, saw: impl Into<String>) {
        self.push(check, Severity::Note, at, saw.into());
    }

    fn push(&mut self, check: &'static Check, severity: Severity, at: &Node<'_>, saw: String) {
        let (file, path) = (at.document.origin.clone(), at.path.clone());
        let known = |finding: &Finding| {
            finding.check.name == check.name
                && finding.file == file
                && finding.path == path
                && finding.saw == saw
        };
        if !self.0.iter().any(known) {
            self.0.push(Finding { check, severity, file, path, saw });
        }
    }

    /// In the order they are told: what fails comes first.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Unsafe).chain(self.of(Severity::Note))
    }

    pub(crate) fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(move |finding| finding.severity == severity)
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.of(severity).count()
    }

    /// A paragraph each.
    pub(crate) fn to_text(&self) -> String {
        self.findings().map(|finding| format!("{finding}\n\n")).collect()
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        let findings = self.findings().map(|finding| {
            json!({
                "name": finding.check.name,
                "severity": finding.severity.name(),
                "file": finding.file,
                "path": finding.path,
                "saw": finding.saw,
                "why": finding.check.why,
                "mend": finding.check.mend,
            })
        });
        json!({
            "unsafe": self.count(Severity::Unsafe),
            "notes": self.count(Severity::Note),
            "findings": findings.collect::<Vec<_>>(),
        })
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { check, severity, file, path, saw } = self;
        writeln!(f, "{:<6} {}: {saw}", severity.name(), check.name)?;
        writeln!(f, "  where  {file} {path}")?;
        writeln!(f, "  why    {}", check.why)?;
        write!(f, "  mend   {}", check.mend)
    }
}
