//! The real `istioctl`.

use crate::child::fetched_by;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What it says of every EnvoyFilter that patches what Istio generates; all else that it warns of is a mistake.
const SAID_OF_EVERY_ENVOYFILTER: &str = "exposes internal implementation details";

/// Istio's command.
pub struct Istioctl {
    program: PathBuf,
}

impl Istioctl {
    /// The one the environment names, or the one that is built.
    ///
    /// # Panics
    /// When it is not to be had.
    pub fn find() -> Self {
        Self { program: fetched_by("fetch-control-plane", &["istioctl"]) }
    }

    /// What it finds wrong with a file of manifests, warnings included: Istio drops a field inside Envoy's configuration
    /// that it does not know, and only warns.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn complaints(&self, file: &Path) -> Vec<String> {
        let ran = Command::new(&self.program).arg("validate").arg("-f").arg(file).output();
        let ran = ran.unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let said =
            [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        if !ran.status.success() {
            return vec![said];
        }
        said.lines().map(str::trim).filter(|line| !is_verdict(line)).map(str::to_owned).collect()
    }
}

/// Of a file without a mistake it says `"FILE" is valid`, or `"FILE" has warnings:` and a line for each.
fn is_verdict(line: &str) -> bool {
    line.is_empty()
        || line.ends_with("is valid")
        || line.ends_with("has warnings:")
        || line.contains(SAID_OF_EVERY_ENVOYFILTER)
}
