//! The schemas of custom resources, as the projects publish them, with one thing changed: an API server prunes fields
//! that a schema does not know, and says nothing; here they are refused.

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use wasm_test::child::fetched_by;
use wasm_test::planes::Manifest;

/// Schemas by API version and kind.
pub(crate) struct Schemas(BTreeMap<(String, String), Value>);

impl Schemas {
    /// All that `scripts/fetch-crds` has or fetches.
    pub(crate) fn fetched() -> Self {
        let folder = fetched_by("fetch-crds", &[]);
        let files = fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file").path());
        let mut schemas = BTreeMap::new();
        for file in files {
            let text =
                fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for definition in Manifest::parse(&text).objects() {
                schemas.extend(schemas_of(&definition["spec"]));
            }
        }
        Self(schemas)
    }

    /// What is wrong with an object, each with its place.
    pub(crate) fn problems(&self, object: &Value) -> Vec<String> {
        let named = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        let Some(schema) = self.0.get(&(named("apiVersion"), named("kind"))) else {
            return vec![format!("no {} {} is known", object["apiVersion"], object["kind"])];
        };
        let validator: Validator = jsonschema::draft202012::new(schema).expect("a schema");
        let problems = validator.iter_errors(object);
        problems.map(|problem| format!("{}: {problem}", problem.instance_path())).collect()
    }
}

/// The schema of each version that an API server takes.
fn schemas_of(definition: &Value) -> Vec<((String, String), Value)> {
    let (Some(group), Some(kind)) = (definition["group"].as_str(), definition["names"]["kind"].as_str())
    else {
        return Vec::new();
    };
    let versions = definition["versions"].as_array().into_iter().flatten();
    let served = versions.filter(|version| version["served"] == true);
    let schema = |version: &Value| {
        let name = format!("{group}/{}", version["name"].as_str().expect("a version has a name"));
        let mut schema = version["schema"]["openAPIV3Schema"].clone();
        refuse_unknown(&mut schema);
        add_what_every_object_has(&mut schema);
        ((name, kind.to_owned()), schema)
    };
    served.map(schema).collect()
}

/// Every object may hold what its schema names and nothing else, unless the schema keeps what it does not know. Within
/// `anyOf` and the like nothing is changed: there a schema says only which of the fields go together.
fn refuse_unknown(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    let keeps = schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    let is_map = schema.contains_key("additionalProperties");
    if schema.get("type") == Some(&json!("object")) && !keeps && !is_map {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        let kind = schema.get("type").cloned().unwrap_or_default();
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    for below in ["items", "additionalProperties"] {
        if let Some(below) = schema.get_mut(below) {
            refuse_unknown(below);
        }
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(refuse_unknown);
}

/// Kubernetes itself checks these, by no schema of a custom resource. Of metadata: what a manifest may say.
fn add_what_every_object_has(schema: &mut Value) {
    let text = json!({"type": "string", "minLength": 1});
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let metadata = json!({"name": text, "namespace": text, "labels": texts, "annotations": texts});
    schema["properties"]["apiVersion"] = text.clone();
    schema["properties"]["kind"] = text;
    schema["properties"]["metadata"] = json!({
        "type": "object",
        "properties": metadata,
        "required": ["name"],
        "additionalProperties": false,
    });
}
