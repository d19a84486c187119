//! The manifests that are shipped for Istio, before the real `istioctl`: `make e2e-istio`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use wasm_test::child::fresh_folder;
use wasm_test::module::repository;
use wasm_test::planes::Istioctl;

const SHIPPED: [&str; 2] = ["wasmplugin.yaml", "envoyfilter.yaml"];

/// Mistakes that it must find: a file, what is replaced in it, and by what. One that it takes would show that it looks
/// at nothing.
const MISTAKES: [(&str, &str, &str); 5] = [
    ("wasmplugin.yaml", "failStrategy: FAIL_RELOAD", "failStrategy: FAIL_LATER"),
    ("wasmplugin.yaml", "pluginName:", "pluginTitle:"),
    ("wasmplugin.yaml", "sha256: \"00", "sha256: \""),
    ("envoyfilter.yaml", "operation: INSERT_BEFORE", "operation: INSERT_SOMEWHERE"),
    ("envoyfilter.yaml", "allow_on_headers_stop_iteration:", "allow_on_headers_stop_iterations:"),
];

fn main() -> ExitCode {
    let istioctl = Istioctl::find();
    let folder = fresh_folder("planes", "istio");
    let shipped = repository().join("envoy/istio");
    let mut wrong = Vec::new();
    for file in SHIPPED {
        let complaints = istioctl.complaints(&shipped.join(file));
        report(complaints.is_empty(), &format!("istioctl takes {file}"));
        wrong.extend(complaints);
    }
    for (file, right, mistaken) in MISTAKES {
        let found = !istioctl.complaints(&broken(&shipped.join(file), right, mistaken, &folder)).is_empty();
        report(found, &format!("istioctl refuses {file} with {mistaken}"));
        wrong.extend((!found).then(|| format!("istioctl takes {file} with {mistaken}")));
    }
    for difference in &wrong {
        println!("NOT AS EXPECTED: {difference}");
    }
    drop(fs::remove_dir_all(&folder));
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(right: bool, what: &str) {
    println!("  {} {what}", if right { "ok " } else { "NOT" });
}

/// A copy of the file with a mistake in it.
fn broken(file: &Path, right: &str, mistaken: &str, folder: &Path) -> std::path::PathBuf {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(text.contains(right), "{} has no {right}", file.display());
    let copy = folder.join("broken.yaml");
    fs::write(&copy, text.replace(right, mistaken)).expect("the folder is ours");
    copy
}
