//! `tollgate keygen` and `tollgate hash`.

use std::io::Read;
use std::process::ExitCode;

use serde_json::json;
use tollgate::policy::Policy;
use tollgate::secret::{Digest, Secret};
use tollgate::time::UnixSeconds;

use crate::Outcome;

#[derive(clap::Args)]
pub(crate) struct Keygen {
    /// The tenant the key is for.
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// How long the key is good, from now.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// What to call the key; default: the tenant and today's date.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

impl Keygen {
    pub(crate) fn run(&self) -> Outcome {
        let key = generate()?;
        let created = now();
        let text = created.to_rfc3339();
        let day = text.split('T').next().unwrap_or_default();
        let id = self.id.clone().unwrap_or_else(|| format!("{}-{day}", self.tenant));
        self.check_ids(&id)?;
        let entry = json!({
            "id": id,
            "sha256": key.digest().to_hex(),
            "created": text,
            "not_after": created.plus_days(self.days).to_rfc3339(),
        });
        eprintln!("The key, shown this once; give it to {} over a safe way:", self.tenant);
        println!("{}", key.expose());
        eprintln!("Its entry for the tenant's \"keys\":");
        println!("{entry}");
        Ok(ExitCode::SUCCESS)
    }
}

impl Keygen {
    /// The configuration's own rules, by asking it.
    fn check_ids(&self, id: &str) -> Result<(), String> {
        let key = json!({"id": id, "sha256": Digest::of(id.as_bytes()).to_hex()});
        let config = json!({"tenants": [{"id": self.tenant, "keys": [key]}]}).to_string();
        Policy::load(&config, &|_| None).map(|_| ()).map_err(|problems| format!("no such entry:\n{problems}"))
    }
}

pub(crate) fn hash() -> Outcome {
    const KEY_BYTES_MAX: u64 = 4096;
    let mut key = String::new();
    let read = std::io::stdin().take(KEY_BYTES_MAX).read_to_string(&mut key);
    read.map_err(|e| format!("cannot read the key from standard input: {e}"))?;
    let key = key.trim_end_matches(['\r', '\n']);
    if key.is_empty() {
        return Err("there is no key on standard input; try: printf %s \"$KEY\" | tollgate hash".into());
    }
    println!("{}", Digest::of(key.as_bytes()).to_hex());
    Ok(ExitCode::SUCCESS)
}

/// `tg_`, 40 random letters and digits (238 bits), `_`, and 6 digits of a checksum, by which
/// scanners for leaked secrets tell a key from a look-alike without knowing it.
fn generate() -> Result<Secret, String> {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const RANDOM_CHARS: usize = 40;
    let mut key = String::from("tg_");
    while key.len() < "tg_".len().saturating_add(RANDOM_CHARS) {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|e| format!("the system gave no random bytes: {e}"))?;
        // Six bits, and again for the two values beyond the alphabet: every character is as likely.
        let [byte] = byte;
        if let Some(c) = ALPHABET.get(usize::from(byte & 63)) {
            key.push(char::from(*c));
        }
    }
    let checksum: String = Digest::of(key.as_bytes()).to_hex().chars().take(6).collect();
    Ok(Secret::new(format!("{key}_{checksum}")))
}

#[expect(clippy::disallowed_methods, reason = "a command may look at the clock; the policy may not")]
pub(crate) fn now() -> UnixSeconds {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixSeconds(since.unwrap_or_default().as_secs())
}
