//! Prometheus's own checker.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use wasm_test::module::repository;

/// Runs promtool, which must be content.
pub(crate) fn promtool(arguments: &[&str]) {
    let run = Command::new(binary()).args(arguments).output().expect("promtool runs");
    assert!(run.status.success(), "promtool {}: {}", arguments.join(" "), said(&run));
}

/// Runs promtool on a text; its exit code and all it said.
pub(crate) fn promtool_reading(arguments: &[&str], text: &str) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("promtool runs");
    let mut input = running.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("promtool reads");
    drop(input);
    let run = running.wait_with_output().expect("promtool ends");
    (run.status.code(), said(&run))
}

fn said(run: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

/// What `scripts/fetch-promtool` has or fetches. Where it cannot, that is a failure: a skipped test would look green.
fn binary() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let script = repository().join("scripts/fetch-promtool");
        let fetching = Command::new(&script).stderr(Stdio::inherit()).output();
        let fetched = fetching.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        assert!(fetched.status.success(), "promtool cannot be had; PROMTOOL_BIN names one");
        PathBuf::from(String::from_utf8_lossy(&fetched.stdout).trim())
    })
}
