//! The README, tried as a new user would: every block in it is run or read by what it is for.
//!
//! A block that cannot be run here says why in a comment before it, `<!-- not run: ... -->`; then at least what it
//! names must be there: targets of make, files.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod block;
mod shipped;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use block::{Block, blocks};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const README: &str = include_str!("../../README.md");

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A key as a user has one.
const KEY: &str = "tg_acme_0123456789abcdefghijklmnopqrstuvwxyzABCD";

/// A folder as a user's shell stands in, with what the README says was built before: `dist/tollgate`.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("dist")).expect("the target directory can be written to");
        let built = path.join("dist/tollgate");
        fs::hard_link(env!("CARGO_BIN_EXE_tollgate"), &built)
            .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_tollgate"), &built).map(drop))
            .expect("the command was built");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("the folder is ours");
    }

    fn run(&self, script: &str) -> Output {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", script])
            .current_dir(&self.0)
            .env("KEY", KEY)
            .env("ACME_OLD_KEY", "tg_acme_old_0123456789abcdefghijklmnopqrstuvwx")
            .stdin(Stdio::null())
            .output()
            .expect("bash runs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn of_kind(kind: &str) -> Vec<Block> {
    blocks(README).into_iter().filter(|block| block.kind == kind).collect()
}

#[test]
fn every_kind_of_block_is_one_that_is_tried() {
    let known = ["sh", "json", "jsonc", "yaml"];
    for block in blocks(README) {
        assert!(known.contains(&block.kind.as_str()), "{block}: nothing here tries a {:?}", block.kind);
    }
    assert!(known.iter().all(|kind| !of_kind(kind).is_empty()), "a kind of block is gone");
}

#[test]
fn shell_blocks_do_what_they_say() {
    let folder = Folder::new("readme-sh");
    folder.write("config.json", &filled_in(&of_kind("json")[0].text));
    folder.write("request.txt", &format!("GET /v1/acme/x HTTP/1.1\r\nx-api-key: {KEY}\r\n\r\n"));
    let run: Vec<_> = of_kind("sh").into_iter().filter(|block| block.not_run.is_none()).collect();
    assert!(!run.is_empty());
    for block in run {
        let output = folder.run(&block.text);
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{block}: {}\n{said}{complained}", output.status);
        assert!(!said.is_empty(), "{block}: it printed nothing");
    }
}

#[test]
fn what_is_not_run_names_what_is_there() {
    let makefile = fs::read_to_string(repository().join("Makefile")).expect("there is a Makefile");
    for block in of_kind("sh") {
        let Some(reason) = &block.not_run else { continue };
        assert!(reason.len() > 10, "{block}: {reason:?} is no reason");
        for word in block.words() {
            let is_file = word.starts_with("envoy/") || word.starts_with("scripts/");
            assert!(!is_file || repository().join(word).exists(), "{block}: there is no {word}");
        }
        for target in block.targets_of_make() {
            assert!(makefile.contains(&format!("\n{target}:")), "{block}: make has no {target}");
        }
    }
}

#[test]
fn configurations_are_accepted() {
    let folder = Folder::new("readme-json");
    for block in of_kind("json") {
        folder.write("config.json", &filled_in(&block.text));
        let output = folder.run("dist/tollgate check config.json");
        assert!(output.status.success(), "{block}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Members of a configuration, with comments.
#[test]
fn fragments_of_configurations_are_accepted() {
    let folder = Folder::new("readme-jsonc");
    for block in of_kind("jsonc") {
        let mut whole = minimal();
        let members: Value = serde_json::from_str(&format!("{{{}}}", block.without_comments()))
            .unwrap_or_else(|error| panic!("{block}: {error}"));
        for (name, value) in members.as_object().expect("members") {
            whole[name] = value.clone();
        }
        folder.write("config.json", &whole.to_string());
        let output = folder.run("dist/tollgate check config.json");
        assert!(output.status.success(), "{block}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn yaml_is_that_of_shipped_files() {
    let shipped = shipped::documents(&repository().join("envoy"));
    for block in of_kind("yaml") {
        let told = serde_norway::from_str(&block.text).unwrap_or_else(|error| panic!("{block}: {error}"));
        let found = shipped.iter().any(|(_, document)| shipped::holds(document, &told));
        assert!(found, "{block}: no file in envoy/ says so");
    }
}

/// Every crate that is compiled into the module stands in the table, and nothing else does.
#[test]
fn the_table_of_dependencies_is_whole() {
    let rows = README.split("\n## Dependencies\n").nth(1).expect("the README has a chapter Dependencies");
    let rows = rows.split("\n## ").next().unwrap_or_default();
    let mut told: Vec<_> =
        rows.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    told.sort_unstable();
    let mut needed = direct_dependencies();
    needed.sort_unstable();
    needed.dedup();
    assert_eq!(told, needed);
}

/// The crates that policy and filter ask for, those of features and tests aside.
fn direct_dependencies() -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(repository())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let shipped = packages.iter().filter(|package| {
        ["tollgate", "tollgate-filter"].contains(&package["name"].as_str().unwrap_or_default())
    });
    shipped
        .flat_map(|package| package["dependencies"].as_array().expect("a list"))
        .filter(|dependency| dependency["kind"].is_null() && dependency["optional"] == false)
        .filter_map(|dependency| dependency["name"].as_str())
        .filter(|name| *name != "tollgate")
        .map(str::to_owned)
        .collect()
}

/// With the digest of [`KEY`] where the README leaves room for one, and no end that the calendar reaches.
fn filled_in(configuration: &str) -> String {
    let digest: String = Sha256::digest(KEY).iter().map(|byte| format!("{byte:02x}")).collect();
    configuration.replace("<64 hex digits>", &digest).replace("2027-02-01", "2099-02-01")
}

fn minimal() -> Value {
    json!({"tenants": [{"id": "acme", "keys": [{"id": "one", "sha256": "5f".repeat(32)}]}]})
}
