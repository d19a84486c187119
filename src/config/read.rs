//! JSON text to [`Config`], with every structural mistake reported at once.
//!
//! serde stops at the first mistake. A valid document is read in one pass; for an
//! invalid one the mistake is noted, mended in a copy, and the copy read again,
//! until it reads or [`PROBLEMS_MAX`] mistakes were found.

use serde::Deserialize;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::Config;
use super::error::{PROBLEMS_MAX, Problems};
use super::strict::Strict;
use super::text::{ReadText, pieces, range_of};

/// What could be read of a configuration.
#[derive(Debug)]
pub struct Parsed {
    /// The document, or what is left of it without the mistakes; `None` when it is not JSON.
    pub config: Option<Config>,
    /// The mistakes; empty for a document that is structurally right.
    pub problems: Problems,
}

/// Reads a configuration; never fails as a whole, see [`Parsed`].
pub fn parse(text: ReadText<'_>) -> Parsed {
    let first = match deserialize(text) {
        Ok(config) => return Parsed { config: Some(config), problems: Problems::default() },
        Err(mistake) => mistake,
    };
    let mut problems = Problems::default();
    let whole = text(0..usize::MAX);
    if std::str::from_utf8(&whole).is_err() {
        problems.push("$", "is not UTF-8; give the JSON document as a StringValue");
        return Parsed { config: None, problems };
    }
    let Ok(mut document) = serde_json::from_reader::<_, Value>(pieces(text)) else {
        problems.push("$", format!("is not JSON: {}", first.inner()));
        return Parsed { config: None, problems };
    };
    if first.inner().to_string().starts_with("duplicate field") {
        // Lost once the document is a `Value`, which keeps the last of them.
        problems.push(json_path(first.path()), explain(first.inner(), &Value::Null));
    }
    let config = mend(&mut document, &mut problems);
    if problems.is_empty() {
        problems.push(json_path(first.path()), explain(first.inner(), &Value::Null));
    }
    Parsed { config, problems }
}

type Mistake = serde_path_to_error::Error<serde_json::Error>;

fn deserialize(text: ReadText<'_>) -> Result<Config, Mistake> {
    let mut json = serde_json::Deserializer::from_reader(pieces(text));
    let mut track = serde_path_to_error::Track::new();
    let strict = Strict(&mut json);
    let config = Config::deserialize(serde_path_to_error::Deserializer::new(strict, &mut track));
    let path = track.path();
    let whole = config.and_then(|config| json.end().map(|()| config));
    whole.map_err(|error| Mistake::new(path, error))
}

fn mend(document: &mut Value, problems: &mut Problems) -> Option<Config> {
    for _ in 0..PROBLEMS_MAX {
        let text = document.to_string();
        let mistake = match deserialize(&|range| range_of(text.as_bytes(), range)) {
            Ok(config) => return Some(config),
            Err(mistake) => mistake,
        };
        let text = explain(mistake.inner(), value_at(document, mistake.path()));
        problems.push(json_path(mistake.path()), text);
        if !take_out(document, mistake.path(), &mistake.inner().to_string()) {
            return None;
        }
    }
    None
}

/// `$.tenants[0].id`; a name that is no identifier is quoted, escaped and cut.
fn json_path(path: &Path) -> String {
    path.iter().fold(String::from("$"), |mut out, segment| {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("[{index}]")),
            Segment::Map { key } => out.push_str(&member(key)),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        out
    })
}

fn member(name: &str) -> String {
    const NAME_CHARS_MAX: usize = 64;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain && name.len() <= NAME_CHARS_MAX {
        return format!(".{name}");
    }
    let cut: String = name.chars().take(NAME_CHARS_MAX).flat_map(char::escape_default).collect();
    format!("[\"{cut}\"]")
}

fn value_at<'v>(document: &'v Value, path: &Path) -> &'v Value {
    path.iter().fold(document, |value, segment| match segment {
        Segment::Seq { index } => value.get(*index).unwrap_or(&Value::Null),
        Segment::Map { key } => value.get(key).unwrap_or(&Value::Null),
        Segment::Enum { .. } | Segment::Unknown => value,
    })
}

/// Takes the value at `path` out of the document so that reading can go on. An
/// element of a list is replaced by an empty one, so that the others keep their numbers.
fn take_out(document: &mut Value, path: &Path, message: &str) -> bool {
    let segments: Vec<&Segment> =
        path.iter().filter(|s| matches!(s, Segment::Seq { .. } | Segment::Map { .. })).collect();
    let Some((last, parents)) = segments.split_last() else { return false };
    let mut parent = document;
    for segment in parents {
        let next = match segment {
            Segment::Seq { index } => parent.get_mut(*index),
            Segment::Map { key } => parent.get_mut(key),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        let Some(next) = next else { return false };
        parent = next;
    }
    match (last, parent) {
        (Segment::Map { key }, Value::Object(members)) => members.remove(key).is_some(),
        (Segment::Seq { index }, Value::Array(elements)) => match elements.get_mut(*index) {
            Some(element) => {
                *element = neutral(message);
                true
            }
            None => false,
        },
        _ => false,
    }
}

/// A value that reads where serde said what it expected.
fn neutral(message: &str) -> Value {
    match message.split_once(", expected ") {
        Some((what, names)) if what.starts_with("unknown variant") => {
            quoted(names).next().unwrap_or_default().into()
        }
        Some((_, expected)) if expected.starts_with("struct") => Value::Object(Default::default()),
        _ => Value::String(String::new()),
    }
}

/// serde's message without the values it quotes: those may be secrets.
fn explain(error: &serde_json::Error, found: &Value) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    if what.starts_with("unknown field") {
        let name = quoted(what).next().unwrap_or_default();
        return format!("unknown field{}", suggestion(name, expected, "the fields here are"));
    }
    if what.starts_with("unknown variant") {
        let name = quoted(what).next().unwrap_or_default();
        return format!("unknown value{}", suggestion(name, expected, "it must be one of"));
    }
    if what.starts_with("duplicate field") {
        let name = quoted(what).next().unwrap_or_default();
        return format!("the field `{name}` is given twice; keep one");
    }
    format!("must be {}, not {}", in_words(expected), kind_of(found, expected))
}

fn suggestion(name: &str, expected: &str, introduction: &str) -> String {
    const SIMILARITY_MIN: f64 = 0.7;
    let nearest = quoted(expected)
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(similarity, _)| *similarity >= SIMILARITY_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    let known: Vec<&str> = quoted(expected).collect();
    let all = format!("{introduction} {}", known.join(", "));
    match nearest {
        Some((_, nearest)) => format!("; did you mean `{nearest}`? ({all})"),
        None => format!("; {all}"),
    }
}

/// The names that serde puts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn in_words(expected: &str) -> &str {
    match expected {
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number from 0 to 18446744073709551615",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a string" | "string or map" => "a string",
        other if other.starts_with("struct") => "an object",
        _ => "something else",
    }
}

fn kind_of(value: &Value, expected: &str) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) if !expected.starts_with('u') => "a number",
        Value::Number(number) if number.is_u64() => "a larger number",
        Value::Number(_) => "a negative or fractional number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
