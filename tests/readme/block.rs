//! Fenced blocks of a Markdown file.

use std::fmt;

/// One fenced block.
pub(crate) struct Block {
    /// Number of its first line, from 1.
    pub(crate) line: usize,
    /// What its fence says it is: `sh`, `json`, ...
    pub(crate) kind: String,
    /// What is between the fences.
    pub(crate) text: String,
    /// Why it is not run, where a comment before it says so.
    pub(crate) not_run: Option<String>,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "README.md:{}", self.line)
    }
}

impl Block {
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(before_comment).flat_map(str::split_whitespace)
    }

    /// What it has `make` make.
    pub(crate) fn targets_of_make(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(before_comment).filter_map(|line| line.trim().strip_prefix("make ")).flat_map(
            |arguments| {
                arguments.split_whitespace().filter(|word| !word.contains('=') && !word.starts_with('-'))
            },
        )
    }

    /// JSON without the comments it is written with.
    pub(crate) fn without_comments(&self) -> String {
        self.text
            .lines()
            .map(|line| line.split("   //").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn before_comment(line: &str) -> &str {
    if line.starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default() }
}

const FENCE: &str = "```";

/// All fenced blocks of a text.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().enumerate();
    let mut before = "";
    while let Some((index, line)) = lines.next() {
        if let Some(kind) = line.strip_prefix(FENCE) {
            let text: Vec<_> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with(FENCE)).collect();
            let not_run = before.strip_prefix("<!-- not run: ").and_then(|rest| rest.strip_suffix(" -->"));
            blocks.push(Block {
                line: index.saturating_add(1),
                kind: kind.to_owned(),
                text: text.join("\n"),
                not_run: not_run.map(str::to_owned),
            });
        }
        if !line.trim().is_empty() {
            before = line;
        }
    }
    blocks
}
