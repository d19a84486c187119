//! The YAML files that users deploy.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_norway::{Deserializer, Value};

/// Every document of every YAML file below a folder.
pub(crate) fn documents(folder: &Path) -> Vec<(PathBuf, Value)> {
    let mut documents = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            documents.extend(self::documents(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path).expect("it is UTF-8");
            documents.extend(
                Deserializer::from_str(&text)
                    .map(|document| (path.clone(), Value::deserialize(document).expect("it is YAML"))),
            );
        }
    }
    documents
}

/// Whether a part of the document says all that is told, and maybe more.
pub(crate) fn holds(document: &Value, told: &Value) -> bool {
    says(document, told) || parts(document).any(|part| holds(part, told))
}

fn says(document: &Value, told: &Value) -> bool {
    match (document, told) {
        (Value::Mapping(document), Value::Mapping(told)) => {
            told.iter().all(|(name, value)| document.get(name).is_some_and(|found| says(found, value)))
        }
        (Value::Sequence(document), Value::Sequence(told)) => {
            told.iter().all(|item| document.iter().any(|found| says(found, item)))
        }
        (document, told) => document == told,
    }
}

fn parts(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Mapping(mapping) => Box::new(mapping.values()),
        Value::Sequence(items) => Box::new(items.iter()),
        Value::Tagged(tagged) => parts(&tagged.value),
        _ => Box::new(std::iter::empty()),
    }
}
