//! The published schema: it is what the command prints, and every example validates against it.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use serde::Deserialize as _;
use serde_json::{Value, json};
use tollgate::config;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn validator() -> Validator {
    let schema: Value =
        serde_json::from_str(&read(&repository().join("envoy/tollgate.schema.json"))).expect("it is JSON");
    jsonschema::validator_for(&schema).expect("it is a schema")
}

#[test]
fn the_published_schema_is_the_one_of_the_command() {
    let output = Command::new(env!("CARGO_BIN_EXE_tollgate")).arg("schema").output().expect("it was built");
    let published = read(&repository().join("envoy/tollgate.schema.json"));
    assert_eq!(
        published,
        String::from_utf8(output.stdout).expect("UTF-8"),
        "renew it: cargo run -q --features cli -- schema > envoy/tollgate.schema.json"
    );
}

/// Whole configurations in a file, each with where it was found.
fn configurations(path: &Path) -> Vec<(String, Value)> {
    let text = read(path);
    let mut found = Vec::new();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending {
        "md" => {
            for (number, block) in text.split("```json\n").skip(1).enumerate() {
                let block = block.split("```").next().unwrap_or_default();
                let value: Value = serde_json::from_str(block)
                    .unwrap_or_else(|error| panic!("{} block {number}: {error}", path.display()));
                find_in(&value, &format!("{} block {number}", path.display()), &mut found);
            }
        }
        _ => {
            for document in serde_norway::Deserializer::from_str(&text) {
                let Ok(value) = serde_norway::Value::deserialize(document) else { continue };
                // A template has tags, which JSON has not.
                let Ok(value) = serde_norway::from_value::<Value>(untagged(value)) else { continue };
                find_in(&value, &path.display().to_string(), &mut found);
            }
        }
    }
    found
}

fn untagged(value: serde_norway::Value) -> serde_norway::Value {
    use serde_norway::Value;
    match value {
        Value::Tagged(tagged) => untagged(tagged.value),
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(untagged).collect()),
        Value::Mapping(fields) => {
            Value::Mapping(fields.into_iter().map(|(name, value)| (name, untagged(value))).collect())
        }
        value => value,
    }
}

/// Configurations at a place and below, as JSON or as JSON text.
fn find_in(value: &Value, origin: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if fields.get("tenants").is_some_and(Value::is_array) => {
            found.push((origin.to_owned(), value.clone()));
        }
        Value::Object(fields) => fields.values().for_each(|value| find_in(value, origin, found)),
        Value::Array(items) => items.iter().for_each(|item| find_in(item, origin, found)),
        Value::String(text) if text.contains("\"tenants\"") => {
            let value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{origin}: {error}"));
            found.push((origin.to_owned(), value));
        }
        _ => {}
    }
}

fn shipped(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("it is shipped") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            shipped(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "json")
            && !path.ends_with("tollgate.schema.json")
        {
            files.push(path);
        }
    }
}

#[test]
fn every_example_validates_and_reads() {
    let validator = validator();
    let mut files = vec![repository().join("README.md")];
    shipped(&repository().join("envoy"), &mut files);
    let examples: Vec<_> = files.iter().flat_map(|file| configurations(file)).collect();
    let has = |name: &str| examples.iter().any(|(origin, _)| origin.contains(name));
    assert!(has("README.md") && has("envoy.yaml") && has("distributed.yaml"), "{examples:#?}");
    for (origin, example) in examples {
        let wrong: Vec<String> = validator
            .iter_errors(&example)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{origin}: {wrong:#?}");
        let parsed = parse(&example);
        assert!(parsed.problems.is_empty(), "{origin}: {}", parsed.problems);
    }
}

/// Schema and reader agree on what is wrong in structure.
#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let validator = validator();
    for wrong in [
        json!({}),
        json!([]),
        json!({"tenants": {}}),
        json!({"tenants": [["acme"]]}),
        json!({"tenants": [{"id": "acme", "keys": [["k"]]}]}),
        json!({"tenants": [], "waf": ["shadow"]}),
        json!({"tenants": [], "enviroment": "production"}),
        json!({"tenants": [], "environment": "Production"}),
        json!({"tenants": [], "hold_request": "yes"}),
        json!({"tenants": [], "input": {"max_body_bytes": -1}}),
        json!({"tenants": [], "input": {"max_body_bytes": 1.5}}),
        json!({"tenants": [], "rate_limit": {"mode": "off"}}),
        json!({"tenants": [], "redaction": {"entities": ["iban"]}}),
        json!({"tenants": [{"id": 1}]}),
        json!({"tenants": [{"id": "acme", "keys": [{"id": "k", "sha265": ""}]}]}),
    ] {
        assert!(!validator.is_valid(&wrong), "the schema takes {wrong}");
        let parsed = parse(&wrong);
        let missing = parsed.config.is_some_and(|config| config.tenants.is_none());
        assert!(!parsed.problems.is_empty() || missing, "the reader takes {wrong}");
    }
    for right in [
        json!({"tenants": []}),
        json!({"tenants": [], "waf": {}, "hold_request": null, "admin": {"key_env": null}}),
        json!({"tenants": [{"id": "acme"}], "input": {"max_body_bytes": 1}}),
    ] {
        assert!(validator.is_valid(&right), "the schema refuses {right}");
        let parsed = parse(&right);
        assert!(parsed.problems.is_empty(), "the reader refuses {right}: {}", parsed.problems);
    }
}

fn parse(configuration: &Value) -> config::Parsed {
    let text = configuration.to_string();
    config::parse(&|range| config::range_of(text.as_bytes(), range))
}
