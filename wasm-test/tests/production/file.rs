//! What stands in the shipped files.

use crate::gate::{Files, shipped};
use serde_norway::Value;
use std::collections::BTreeSet;
use std::fs;
use wasm_test::envoy::Bootstrap;
use wasm_test::module::repository;

const FILTER: [&str; 2] = ["typed_config", "config"];

/// The demo's list is compared with the module itself; this one with the demo's.
#[test]
fn the_module_may_do_what_it_may_in_the_demo() {
    let production = rendered();
    let filters = &manager(&production)["http_filters"];
    let tollgate = filters.as_sequence().expect("a list").iter().find(|filter| filter["name"] == "tollgate");
    let config = &tollgate.expect("it is there")[FILTER[0]][FILTER[1]];
    let allowed =
        config["capability_restriction_config"]["allowed_capabilities"].as_mapping().expect("a map");
    let allowed: BTreeSet<_> = allowed.keys().map(|name| name.as_str().expect("a name").to_owned()).collect();
    assert_eq!(allowed, Bootstrap::shipped_capabilities().into_iter().collect());
    assert_eq!(config["failure_policy"], "FAIL_RELOAD");
}

#[test]
fn metrics_have_the_labels_of_the_demo() {
    let demo = fs::read_to_string(repository().join("envoy/demo/envoy.yaml")).expect("it is shipped");
    let demo: Value = serde_norway::from_str(&demo).expect("YAML");
    assert_eq!(rendered()["stats_config"], demo["stats_config"]);
}

/// Whoever reads the table at the head of the template knows every variable, and its default.
#[test]
fn the_table_at_the_head_is_of_the_variables_below() {
    let text = fs::read_to_string(shipped("envoy.yaml")).expect("it is shipped");
    let told: BTreeSet<_> = text.lines().filter_map(row).collect();
    let used: BTreeSet<_> =
        text.lines().filter(|line| !line.starts_with('#')).flat_map(placeholders).collect();
    assert_eq!(told, used, "left: in the table; right: below");
}

/// `# | NAME | default | meaning |`: the name, and the default where there is one.
fn row(line: &str) -> Option<(String, String)> {
    let mut cells = line.strip_prefix("# | ")?.split('|').map(str::trim);
    let (name, default) = (cells.next()?, cells.next()?);
    let is_name = name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    let default = if default.starts_with("none") { "" } else { default };
    is_name.then(|| (name.to_owned(), default.to_owned()))
}

fn placeholders(line: &str) -> Vec<(String, String)> {
    let inner = line.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    let parts =
        inner.filter(|inner| *inner != "item").map(|inner| inner.split_once(":-").unwrap_or((inner, "")));
    parts.map(|(name, default)| (name.to_owned(), default.to_owned())).collect()
}

fn rendered() -> Value {
    let files = Files::lay_out("file");
    let path = files.render(&[("UPSTREAM_HOST", "localhost")]).unwrap_or_else(|said| panic!("{said}"));
    serde_norway::from_str(&fs::read_to_string(path).expect("it was rendered")).expect("YAML")
}

fn manager(bootstrap: &Value) -> &Value {
    &bootstrap["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
}
