//! `envoy/postgres/starttls.yaml` needs a contrib build of Envoy, which no package registry has. What of it can be held
//! to a stock Envoy is.

use crate::gate::lay_out;
use serde_norway::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_test::child::fresh_folder;
use wasm_test::envoy::Release;

/// The fields and values of `postgres_proxy.proto` (envoyproxy/envoy, api/contrib/envoy/extensions/filters/network/
/// postgres_proxy/v3alpha) that the file uses.
const FILTER: &str = r#"{
    "@type": "type.googleapis.com/envoy.extensions.filters.network.postgres_proxy.v3alpha.PostgresProxy",
    "stat_prefix": "postgres",
    "enable_sql_parsing": false,
    "downstream_ssl": "REQUIRE",
    "upstream_ssl": "REQUIRE"
}"#;

#[test]
fn a_stock_envoy_knows_all_of_it_but_the_filter() {
    let folder = fresh_folder("postgres", "starttls");
    let rendered = lay_out(&folder, "starttls.yaml", &wasm_test::certificate::Authority::new().pem(), 5432);
    let mut bootstrap: Value =
        serde_norway::from_str(&fs::read_to_string(&rendered).expect("it was rendered")).expect("YAML");
    let (accepted, said) = validate(&rendered);
    assert!(!accepted && said.contains("PostgresProxy"), "what does a contrib build do in .parts? {said}");

    let filters = &mut bootstrap["static_resources"]["listeners"][0]["filter_chains"][0]["filters"];
    let postgres = filters.as_sequence_mut().expect("a list").remove(0);
    assert_eq!(postgres["typed_config"], serde_norway::from_str::<Value>(FILTER).expect("JSON is YAML"));
    let without = folder.join("without.yaml");
    fs::write(&without, serde_norway::to_string(&bootstrap).expect("YAML")).expect("the folder is ours");
    let (accepted, said) = validate(&without);
    assert!(accepted, "{said}");
    fs::remove_dir_all(folder).expect("the folder is ours");
}

/// What Envoy says of a configuration without running it.
fn validate(configuration: &Path) -> (bool, String) {
    let validating =
        Command::new(Release::Newest.binary()).args(["--mode", "validate", "-c"]).arg(configuration).output();
    let validated = validating.expect("Envoy runs: it was fetched");
    (validated.status.success(), String::from_utf8_lossy(&validated.stderr).into_owned())
}
