//! The doctor: what is shipped passes, and each thing that is unsafe is found, and only that.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "doctor/edit.rs"]
mod edit;
#[path = "doctor/good.rs"]
mod good;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use edit::Case;
use serde::Deserialize as _;
use serde_json::Value;

fn doctor(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("doctor")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command was built");
    let mut stdin = child.stdin.take().expect("it was piped");
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends by itself")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it prints UTF-8")
}

/// What it finds in documents that belong together.
struct Found {
    code: Option<i32>,
    findings: Vec<Value>,
}

impl Found {
    fn of(documents: &[Value]) -> Self {
        let list = serde_json::json!({"kind": "List", "items": documents});
        let single = match documents {
            [one] => one.clone(),
            _ => list,
        };
        let output = doctor(&["-", "--format", "json"], &single.to_string());
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
        Self { code: output.status.code(), findings: report["findings"].as_array().expect("a list").clone() }
    }

    fn names(&self, severity: &str) -> BTreeSet<&str> {
        let of = self.findings.iter().filter(|finding| finding["severity"] == severity);
        of.map(|finding| finding["name"].as_str().expect("a name")).collect()
    }
}

/// The names of all that is looked for, and how severe each is.
fn listed() -> Vec<(String, String)> {
    let output = doctor(&["--list"], "");
    let heads = text(&output.stdout).lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
    heads
        .map(|line| line.split_once(' ').expect("severity and name"))
        .map(|(severity, name)| (name.trim().to_owned(), severity.to_owned()))
        .collect()
}

#[test]
fn what_is_good_passes() {
    for good in good::all() {
        let found = Found::of(&good.documents);
        assert_eq!(found.names("unsafe"), BTreeSet::new(), "{}: {:#?}", good.name, found.findings);
        assert_eq!(found.code, Some(0), "{}", good.name);
    }
}

#[test]
fn each_broken_one_fails_with_exactly_its_finding() {
    let severities: std::collections::BTreeMap<_, _> = listed().into_iter().collect();
    let mut wrong = Vec::new();
    for case in Case::all() {
        let found = Found::of(&case.documents());
        let severity = severities.get(&case.finding).unwrap_or_else(|| panic!("no check {}", case.finding));
        let right = match severity.as_str() {
            "unsafe" => {
                found.code == Some(1) && found.names("unsafe") == BTreeSet::from([case.finding.as_str()])
            }
            _ => found.code == Some(0) && found.names("note").contains(case.finding.as_str()),
        };
        let at = case.at();
        let at_place = |finding: &Value| {
            finding["name"] == case.finding.as_str()
                && at.as_ref().is_none_or(|at| finding["path"] == at.as_str())
        };
        if !right || !found.findings.iter().any(at_place) {
            wrong.push(format!("{case:?}: exit {:?}, {:#?}", found.code, found.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_thing_that_is_looked_for_is_broken_once() {
    let broken: BTreeSet<String> = Case::all().into_iter().map(|case| case.finding).collect();
    let listed: BTreeSet<String> = listed().into_iter().map(|(name, _)| name).collect();
    assert_eq!(broken, listed);
}

/// Whatever is shipped under `envoy/`, by folder: what lies in one belongs together.
#[test]
fn every_shipped_file_passes() {
    let mut folders = BTreeSet::new();
    shipped_folders(Path::new("envoy"), &mut folders);
    assert!(folders.contains(Path::new("envoy/demo")), "{folders:?}");
    for folder in folders {
        let output = doctor(&[folder.to_str().expect("a UTF-8 path")], "");
        let nothing_to_judge = text(&output.stderr).contains("there is nothing to judge");
        assert!(
            output.status.code() == Some(0) || nothing_to_judge,
            "{}: {}{}",
            folder.display(),
            text(&output.stdout),
            text(&output.stderr)
        );
    }
    // What is judged at all, so that the walk is not one through nothing.
    let demo = doctor(&["envoy/demo"], "");
    assert!(text(&demo.stderr).starts_with("3 documents, 0 unsafe"), "{}", text(&demo.stderr));
}

fn shipped_folders(folder: &Path, folders: &mut BTreeSet<PathBuf>) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    for entry in std::fs::read_dir(here).expect("it is shipped") {
        let entry = entry.expect("it can be listed");
        let path = folder.join(entry.file_name());
        if entry.file_type().expect("it has one").is_dir() {
            shipped_folders(&path, folders);
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "json") {
            folders.insert(folder.to_owned());
        }
    }
}

#[test]
fn a_finding_says_where_why_and_what_to_do() {
    let mut envoy = good::named("envoy");
    edit::set(&mut envoy.documents[0], "/admin/address/socket_address/address", Some("0.0.0.0".into()));
    let output = doctor(&["-"], &envoy.documents[0].to_string());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).starts_with(
            "unsafe admin-exposed: it listens on 0.0.0.0\n  \
             where  - $.admin.address.socket_address\n  \
             why    whoever reaches Envoy's admin interface can stop it and read its configuration\n  \
             mend   address: 127.0.0.1; let a listener of your own serve what monitoring needs\n"
        ),
        "{}",
        text(&output.stdout)
    );
    assert!(text(&output.stderr).starts_with("1 documents, 1 unsafe, "), "{}", text(&output.stderr));
}

#[test]
fn values_are_not_printed() {
    let mut envoy = good::named("envoy");
    let keys = envoy.place("{plugin}/vm_config/environment_variables/key_values");
    edit::set(&mut envoy.documents[0], &keys, Some(serde_json::json!({"ADMIN_KEY": "s3cret"})));
    let output = doctor(&["-"], &envoy.documents[0].to_string());
    assert!(text(&output.stdout).contains("secret-in-file"));
    assert!(!text(&output.stdout).contains("s3cret"));
}

#[test]
fn what_is_no_configuration_is_said_to_be_none() {
    for (input, said) in [
        ("{}", "is an Envoy bootstrap"),
        ("a: [", "is neither YAML nor JSON"),
        ("services: {}", "is an Envoy bootstrap"),
    ] {
        let output = doctor(&["-"], input);
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert!(text(&output.stderr).contains(said), "{input}: {}", text(&output.stderr));
    }
    let output = doctor(&["src"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is nothing to judge"), "{}", text(&output.stderr));
}

#[test]
fn manifests_in_one_file_are_told_apart() {
    let mut gateway = good::named("gateway");
    edit::set(&mut gateway.documents[0], "/spec/wasm/0/failOpen", Some(true.into()));
    let yaml: Vec<String> =
        gateway.documents.iter().map(|d| serde_norway::to_string(d).expect("it is YAML")).collect();
    let output = doctor(&["-"], &format!("---\n{}", yaml.join("---\n")));
    assert!(text(&output.stdout).contains("where  -#1 $.spec.wasm[0]\n"), "{}", text(&output.stdout));
}

/// A file of cases, as it lies beside this one.
fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/broken.yaml");
    let text = std::fs::read_to_string(path).expect("it lies there");
    let cases = serde_norway::Value::deserialize(serde_norway::Deserializer::from_str(&text)).expect("YAML");
    serde_norway::from_value(cases).expect("a list")
}
