//! Keys and configurations that scenarios are made of.

mod calendar;
mod configuration;

pub use calendar::Calendar;
pub use configuration::{Configuration, development, production};

use sha2::{Digest, Sha256};

/// What every key of the tests and of the demo begins with: no other text does.
pub const KEY_PREFIX: &str = "tgk_";

/// The same as `{:?}` prints bytes.
const KEY_PREFIX_IN_NUMBERS: &str = "116, 103, 107, 95";

/// Whether a key stands in this text, as it is or as a list of bytes. Where one turns up behind the filter or in a log,
/// it leaked.
pub fn holds_key(text: &str) -> bool {
    text.contains(KEY_PREFIX) || text.contains(KEY_PREFIX_IN_NUMBERS)
}

/// The API key that scenarios present under a name.
pub fn key(name: &str) -> String {
    format!("{KEY_PREFIX}{}", &sha256(&format!("a key of the tests: {name}"))[..40])
}

/// The SHA-256 digest of `text` as operators write it: 64 lower-case hexadecimal digits.
pub fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
