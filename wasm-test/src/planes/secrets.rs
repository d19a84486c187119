//! The keys that shipped manifests take from the environment.

use crate::fixture::key;

/// The key that the environment variable of a shipped manifest holds here.
pub fn fixed_key(variable: &str) -> String {
    key(variable)
}

/// All variables that the shipped manifests name, each with its key.
pub fn environment() -> Vec<(String, String)> {
    ["ACME_KEY", "GLOBEX_KEY", "ADMIN_KEY"].map(|name| (name.to_owned(), fixed_key(name))).to_vec()
}
