//! Colours for people who watch a demo.

use std::io::IsTerminal;

/// Colours, where somebody can see them.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    colours: bool,
}

impl Paint {
    /// On a terminal, unless `NO_COLOR` is set (no-color.org).
    pub fn for_terminal() -> Self {
        Self { colours: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    /// In bold.
    pub fn bold(&self, text: &str) -> String {
        self.coloured("1", text)
    }

    /// In red.
    pub fn red(&self, text: &str) -> String {
        self.coloured("31", text)
    }

    /// In green.
    pub fn green(&self, text: &str) -> String {
        self.coloured("32", text)
    }

    /// In yellow.
    pub fn yellow(&self, text: &str) -> String {
        self.coloured("33", text)
    }

    fn coloured(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
