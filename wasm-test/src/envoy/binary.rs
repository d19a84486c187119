//! Which Envoys, and where they are.

use crate::module::repository;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A release of Envoy that Tollgate is proved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The newest supported, 1.40.0. `ENVOY_BIN` names another build to use in its place.
    Newest,
    /// The oldest supported, 1.36.4. `ENVOY_BIN_1_36_4` names another build to use in its place.
    Oldest,
}

impl Release {
    /// The number.
    pub fn number(self) -> &'static str {
        match self {
            Self::Newest => "1.40.0",
            Self::Oldest => "1.36.4",
        }
    }

    /// The binary: the one the environment names, else the one `scripts/fetch-envoy` has or fetches.
    ///
    /// # Panics
    /// When there is none to be had. A missing Envoy is a failure: a skipped proof would look green.
    pub fn binary(self) -> PathBuf {
        if let Some(named) = self.named_by_environment() {
            let path = PathBuf::from(named);
            assert!(path.is_file(), "{} is set to {}, which is no file", self.variable(), path.display());
            return path;
        }
        self.fetched()
    }

    fn named_by_environment(self) -> Option<OsString> {
        std::env::var_os(self.variable()).filter(|value| !value.is_empty())
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Newest => "ENVOY_BIN",
            Self::Oldest => "ENVOY_BIN_1_36_4",
        }
    }

    /// What `scripts/fetch-envoy` prints. `ENVOY_BIN` is kept from it: that one is not for the oldest version.
    fn fetched(self) -> PathBuf {
        let script = repository().join("scripts/fetch-envoy");
        let fetching = Command::new(&script)
            .arg(self.number())
            .env_remove("ENVOY_BIN")
            .stderr(Stdio::inherit())
            .output();
        let fetched = fetching.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        assert!(
            fetched.status.success(),
            "Envoy {} cannot be had; {} names one",
            self.number(),
            self.variable()
        );
        let printed = String::from_utf8_lossy(&fetched.stdout);
        PathBuf::from(printed.lines().last().unwrap_or_default())
    }
}
