//! Throwaway keys for the shipped configuration.

use crate::fixture::{KEY_PREFIX, hexadecimal};

/// One key for each environment variable the shipped configuration names.
#[derive(Clone)]
pub struct Keys {
    /// acme's key of 2025, due for replacement.
    pub acme_2025: String,
    /// acme's key of 2026.
    pub acme_2026: String,
    /// acme's key that ended in 2020.
    pub acme_expired: String,
    /// acme's key that begins in 2999.
    pub acme_next: String,
    /// globex's key.
    pub globex: String,
    /// The admin key.
    pub admin: String,
}

impl Keys {
    /// New ones, from the system's randomness.
    pub fn generate() -> Self {
        Self {
            acme_2025: random_key(),
            acme_2026: random_key(),
            acme_expired: random_key(),
            acme_next: random_key(),
            globex: random_key(),
            admin: random_key(),
        }
    }

    /// Those of a file with a line `NAME=key` for each variable.
    ///
    /// # Errors
    /// Names the variable that has no line.
    pub fn of_environment_file(text: &str) -> Result<Self, String> {
        let named = |name: &str| {
            let key = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            key.map(str::to_owned).ok_or_else(|| format!("there is no {name}"))
        };
        Ok(Self {
            acme_2025: named("ACME_KEY_2025")?,
            acme_2026: named("ACME_KEY_2026")?,
            acme_expired: named("ACME_KEY_EXPIRED")?,
            acme_next: named("ACME_KEY_NEXT")?,
            globex: named("GLOBEX_KEY")?,
            admin: named("ADMIN_KEY")?,
        })
    }

    /// The environment that hands them to Envoy, and by `host_env_keys` to the filter.
    pub fn environment(&self) -> Vec<(String, String)> {
        let named = [
            ("ACME_KEY_2025", &self.acme_2025),
            ("ACME_KEY_2026", &self.acme_2026),
            ("ACME_KEY_EXPIRED", &self.acme_expired),
            ("ACME_KEY_NEXT", &self.acme_next),
            ("GLOBEX_KEY", &self.globex),
            ("ADMIN_KEY", &self.admin),
        ];
        named.into_iter().map(|(name, key)| (name.to_owned(), key.clone())).collect()
    }

    /// The same text with each key cut down to what tells it from the others.
    pub fn masked(&self, text: &str) -> String {
        self.environment().into_iter().fold(text.to_owned(), |text, (_, key)| {
            text.replace(&key, &format!("{KEY_PREFIX}..{}", &key[key.len() - 4..]))
        })
    }
}

/// 160 random bits.
fn random_key() -> String {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    format!("{KEY_PREFIX}{}", hexadecimal(&bytes))
}
