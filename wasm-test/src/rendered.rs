//! Shipped templates, made into configurations by the real command.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Runs `tollgate render` with these variables and no others, and writes what it makes.
///
/// # Errors
/// What it says when it refuses.
///
/// # Panics
/// When there is no such command.
pub fn render(template: &Path, output: &Path, variables: &[(String, String)]) -> Result<(), String> {
    let rendering = Command::new(command())
        .arg("render")
        .arg(template)
        .arg("--output")
        .arg(output)
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("the command was built");
    match rendering.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&[rendering.stdout, rendering.stderr].concat()).into_owned()),
    }
}

/// The command: the one that `TOLLGATE_BIN` names, as `make test` does with the one it has just built; else it is built.
fn command() -> &'static Path {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| std::env::var_os("TOLLGATE_BIN").map_or_else(build, PathBuf::from))
}

/// Cargo builds commands for the tests of their own package only, so it is asked.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let building = Command::new(cargo)
        .args(["build", "--locked", "--package", "tollgate", "--features", "cli", "--bin", "tollgate"])
        .args(["--message-format", "json"])
        .current_dir(crate::module::repository())
        .output()
        .expect("cargo is there: it runs this test");
    assert!(building.status.success(), "{}", String::from_utf8_lossy(&building.stderr));
    let messages = String::from_utf8_lossy(&building.stdout).into_owned();
    let executable = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    executable.expect("cargo says what it built")
}
