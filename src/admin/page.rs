//! The page an operator keeps open: it asks for the admin key and draws what the other admin calls answer.
//!
//! The sources are one file for each language, kept in the module as they are and put into one document, so that the
//! browser fetches nothing else. The document holds no data: it may be shown to anybody.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

const MARKUP: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Where style and script go in the markup.
const STYLE_MARK: &str = "{style}";
const SCRIPT_MARK: &str = "{script}";

/// The page as a browser gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The document, `text/html; charset=utf-8`.
    pub html: String,
    /// The value of `Content-Security-Policy` (CSP Level 3) that belongs to this very document.
    pub security_policy: String,
}

/// Puts the page together. It is the same each time.
pub fn document() -> Page {
    Page {
        html: MARKUP.replacen(STYLE_MARK, STYLE, 1).replacen(SCRIPT_MARK, SCRIPT, 1),
        security_policy: security_policy(),
    }
}

/// Style and script are allowed by the hash of what stands between their tags, calls go to where the page came from,
/// and nothing else is allowed: no other script, no style attribute, no image, no frame around the page.
fn security_policy() -> String {
    format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash_source(SCRIPT),
        hash_source(STYLE)
    )
}

/// A `hash-source` (CSP Level 3, section 2.3.1).
fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
