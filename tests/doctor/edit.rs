//! Small edits of good documents.

use serde::Deserialize;
use serde_json::Value;

use super::good;

/// What is broken, and what must be found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) finding: String,
    good: String,
    #[serde(default)]
    edits: Vec<Edit>,
    /// Merged into the filter's configuration.
    configuration: Option<Value>,
    /// Where it must be found.
    at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Edit {
    Set { set: String, to: Value },
    Remove { remove: String },
}

impl Case {
    pub(crate) fn all() -> Vec<Self> {
        let cases = super::cases().into_iter();
        cases
            .map(|case| {
                serde_json::from_value(case.clone()).unwrap_or_else(|error| panic!("{error}: {case}"))
            })
            .collect()
    }

    pub(crate) fn documents(&self) -> Vec<Value> {
        let mut good = good::named(&self.good);
        if let Some(patch) = &self.configuration {
            good.merge_configuration(patch);
        }
        for edit in &self.edits {
            let (place, value) = match edit {
                Edit::Set { set, to } => (set, Some(to.clone())),
                Edit::Remove { remove } => (remove, None),
            };
            let place = good.place(place);
            match good.documents.as_mut_slice() {
                [document] if !good.is_set => set(document, &place, value),
                _ => {
                    let mut documents = Value::Array(std::mem::take(&mut good.documents));
                    set(&mut documents, &place, value);
                    good.documents = documents.as_array().expect("it was a list").clone();
                }
            }
        }
        good.documents
    }

    pub(crate) fn at(&self) -> Option<String> {
        let good = good::named(&self.good);
        let at = good.place(self.at.as_ref()?);
        // A pointer before the rest, to the path that is printed.
        if !at.starts_with('/') {
            return Some(at);
        }
        let steps = at.split('/').skip(1);
        Some(steps.fold(String::from("$"), |path, step| match step.parse::<usize>() {
            Ok(index) => format!("{path}[{index}]"),
            Err(_) => format!("{path}.{step}"),
        }))
    }
}

/// Sets what a JSON pointer (RFC 6901) points to, or takes it away.
pub(crate) fn set(document: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer begins with /");
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {parent}"));
    match (parent, value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(last.to_owned(), value)),
        (Value::Object(fields), None) => {
            fields.remove(last).unwrap_or_else(|| panic!("there is no {pointer}"));
        }
        (Value::Array(items), value) => {
            let index: usize = last.parse().expect("an index");
            match value {
                Some(value) if index == items.len() => items.push(value),
                Some(value) => items[index] = value,
                None => drop(items.remove(index)),
            }
        }
        _ => panic!("{pointer} leads into a leaf"),
    }
}

/// Merges a patch, as RFC 7396 says.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Default::default());
    }
    let target = target.as_object_mut().expect("it is one now");
    for (name, value) in fields {
        match value {
            Value::Null => drop(target.remove(name)),
            value => merge(target.entry(name).or_insert(Value::Null), value),
        }
    }
}
