//! Keys and configurations that scenarios are made of.

mod calendar;
mod configuration;

pub use calendar::Calendar;
pub use configuration::{Configuration, development, production};

use sha2::{Digest, Sha256};

/// The API key that scenarios present under a name. It looks like no word of a log or an answer, so that a test can
/// look for it in all of them.
pub fn key(name: &str) -> String {
    format!("tgk_{}", &sha256(&format!("a key of the tests: {name}"))[..40])
}

/// The SHA-256 digest of `text` as operators write it: 64 lower-case hexadecimal digits.
pub fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
