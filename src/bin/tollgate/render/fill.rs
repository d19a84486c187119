//! A template's tree, filled in: every value stays where it is.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde_norway::value::TaggedValue;
use serde_norway::{Mapping, Number, Value};

use super::variables::{self, Variables};

/// Entries that one `!each` may make at most.
const ITEMS_MAX: usize = 1_000;

/// What is wrong with a template, or with the environment for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Where in the template, as a JSON path.
    path: String,
    text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// Fills a template in; files are named from `folder`.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn fill(
    template: Value,
    folder: &Path,
    environ: &dyn Fn(&str) -> Option<String>,
) -> Result<Value, Vec<Problem>> {
    let mut passed = BTreeSet::new();
    collect_passed(&template, &mut passed);
    let mut filler = Filler { variables: Variables { environ, passed }, folder, problems: Vec::new() };
    let value = filler.value(template, "$", None);
    if filler.problems.is_empty() { Ok(value) } else { Err(filler.problems) }
}

/// The variables that Envoy passes to plugins by itself.
fn collect_passed(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Mapping(fields) => {
            for (name, value) in fields {
                if name == "host_env_keys" || name == "hostEnvKeys" {
                    let listed = value.as_sequence().into_iter().flatten();
                    names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
                }
                collect_passed(value, names);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect_passed(item, names)),
        Value::Tagged(tagged) => collect_passed(&tagged.value, names),
        _ => {}
    }
}

struct Filler<'e> {
    variables: Variables<'e>,
    folder: &'e Path,
    problems: Vec<Problem>,
}

impl Filler<'_> {
    fn value(&mut self, value: Value, path: &str, item: Option<&str>) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text, path, item)),
            Value::Sequence(items) => {
                let items = items.into_iter().enumerate();
                Value::Sequence(
                    items.map(|(i, value)| self.value(value, &format!("{path}[{i}]"), item)).collect(),
                )
            }
            Value::Mapping(fields) => Value::Mapping(self.fields(fields, path, item)),
            Value::Tagged(tagged) => self.tagged(*tagged, path, item),
            plain => plain,
        }
    }

    fn fields(&mut self, fields: Mapping, path: &str, item: Option<&str>) -> Mapping {
        let mut filled = Mapping::with_capacity(fields.len());
        for (name, value) in fields {
            let Some(text) = name.as_str() else {
                self.problem(path, "the name of a field must be a string");
                continue;
            };
            let path = format!("{path}.{text}");
            if variables::has_placeholder(text) {
                self.problem(&path, "a placeholder must not stand in the name of a field");
            }
            let value = self.value(value, &path, item);
            filled.insert(name, value);
        }
        filled
    }

    /// A text with its placeholders filled in; empty where something is wrong with them.
    fn text(&mut self, text: &str, path: &str, item: Option<&str>) -> String {
        if text.trim_start().starts_with(['{', '[']) && variables::has_placeholder(text) {
            self.problem(path, "a placeholder must not stand in JSON text, out of which a value could break");
            return String::new();
        }
        self.variables.fill(text, item).unwrap_or_else(|problems| {
            problems.into_iter().for_each(|problem| self.problem(path, problem));
            String::new()
        })
    }

    fn tagged(&mut self, tagged: TaggedValue, path: &str, item: Option<&str>) -> Value {
        match (tagged.tag.to_string().as_str(), tagged.value) {
            ("!int", Value::String(text)) => self.int(&text, path, item),
            ("!int", Value::Number(number)) => Value::Number(number),
            ("!file", Value::String(text)) => self.file(&text, path, item),
            ("!each", Value::Mapping(fields)) => self.each(&fields, path),
            (tag @ ("!int" | "!file"), _) => self.refuse(path, format!("{tag} is followed by a text")),
            ("!each", _) => self.refuse(path, EACH),
            (tag, _) => self.refuse(path, format!("{tag} is none of !int, !each and !file")),
        }
    }

    fn int(&mut self, text: &str, path: &str, item: Option<&str>) -> Value {
        let known = self.problems.len();
        let filled = self.text(text, path, item);
        match filled.parse::<u64>() {
            Ok(number) => Value::Number(Number::from(number)),
            // What is wrong was said already.
            Err(_) if self.problems.len() > known => Value::Null,
            Err(_) => self.refuse(path, format!("{text} is not a whole number")),
        }
    }

    fn file(&mut self, text: &str, path: &str, item: Option<&str>) -> Value {
        let known = self.problems.len();
        let file = self.folder.join(self.text(text, path, item));
        if self.problems.len() > known {
            return Value::Null;
        }
        let read = crate::read(&file).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", file.display()))
        });
        match read {
            Ok(text) if variables::holds_secret(&text) => self.refuse(
                path,
                format!("{} holds a private key; let Envoy read it (filename)", file.display()),
            ),
            Ok(text) => Value::String(text),
            Err(problem) => self.refuse(path, problem),
        }
    }

    fn each(&mut self, fields: &Mapping, path: &str) -> Value {
        let (Some(Value::String(list)), Some(template), 2) =
            (fields.get("of"), fields.get("item"), fields.len())
        else {
            return self.refuse(path, EACH);
        };
        let filled = self.text(list, &format!("{path}.of"), None);
        if filled.trim().is_empty() {
            return Value::Sequence(Vec::new());
        }
        let items: Vec<&str> = filled.split(',').map(str::trim).collect();
        if items.len() > ITEMS_MAX {
            return self.refuse(path, format!("{list} has more than {ITEMS_MAX} parts"));
        }
        if items.contains(&"") {
            self.problem(path, format!("{list} has an empty part; is there a comma too many?"));
        }
        let path = format!("{path}.item");
        Value::Sequence(
            items.into_iter().map(|item| self.value(template.clone(), &path, Some(item))).collect(),
        )
    }

    fn refuse(&mut self, path: &str, text: impl Into<String>) -> Value {
        self.problem(path, text);
        Value::Null
    }

    fn problem(&mut self, path: &str, text: impl Into<String>) {
        let problem = Problem { path: path.to_owned(), text: text.into() };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

const EACH: &str = "!each is followed by two fields: of, a text of parts with commas between, and item";
