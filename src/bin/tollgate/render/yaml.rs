//! YAML that every reader reads alike.
//!
//! A plain `y`, `no`, `010` or `1e3` is text to one YAML parser and a boolean or a number to
//! another, Envoy's among them. So every text is quoted, or a block of lines.

use serde_norway::Value;

/// A tree without tags as a YAML document.
pub(super) fn to_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.trim_start_matches(['\n', ' ']).to_owned() + "\n"
}

/// Writes a value behind what stands before it in its line: `name:` or `-`.
fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Mapping(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                new_line(depth, out);
                write_field(name, value, depth, out);
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            for item in items {
                new_line(depth, out);
                write_item(item, depth, out);
            }
        }
        Value::Mapping(_) => out.push_str(" {}"),
        Value::Sequence(_) => out.push_str(" []"),
        Value::String(text) if is_block(text) => {
            out.push_str(if text.ends_with('\n') { " |" } else { " |-" });
            for line in text.lines() {
                new_line(if line.is_empty() { 0 } else { depth.max(1) }, out);
                out.push_str(line);
            }
        }
        scalar => {
            out.push(' ');
            out.push_str(&scalar_of(scalar));
        }
    }
}

fn write_field(name: &Value, value: &Value, depth: usize, out: &mut String) {
    out.push_str(&name_of(name));
    out.push(':');
    write(value, depth.saturating_add(1), out);
}

/// An entry of a list; the first field of an object stands in the line of the dash.
fn write_item(item: &Value, depth: usize, out: &mut String) {
    out.push('-');
    let depth = depth.saturating_add(1);
    let Value::Mapping(fields) = item else { return write(item, depth, out) };
    if fields.is_empty() {
        return write(item, depth, out);
    }
    for (number, (name, value)) in fields.iter().enumerate() {
        if number == 0 {
            out.push(' ');
        } else {
            new_line(depth, out);
        }
        write_field(name, value, depth, out);
    }
}

fn new_line(depth: usize, out: &mut String) {
    const INDENT: usize = 2;
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth.saturating_mul(INDENT)));
}

fn scalar_of(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        _ => "null".to_owned(),
    }
}

/// A JSON string, which is a double-quoted one of YAML, but for what YAML takes for the end of a
/// line or for no character at all.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.chars().fold(String::with_capacity(json.len()), |mut out, c| {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
        out
    })
}

fn name_of(name: &Value) -> String {
    let plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b))
            // Booleans of YAML 1.1, and null.
            && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
                .contains(&text.to_ascii_lowercase().as_str())
    };
    match name.as_str() {
        Some(text) if plain(text) => text.to_owned(),
        Some(text) => quoted(text),
        None => scalar_of(name),
    }
}

/// Whether a text is several lines that can stand as they are.
fn is_block(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    lines.contains('\n')
        && !lines.ends_with('\n')
        && !text.starts_with([' ', '\n'])
        && text.chars().all(|c| c == '\n' || matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trees() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            any::<String>(),
            "[ -~\n]{0,20}",
            Just("no".to_owned()),
            Just("~".to_owned()),
            Just("0o7".to_owned()),
            Just(" a\nb".to_owned()),
            Just("a\n\nb\n\n".to_owned()),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(text.clone(), inner, 0..4).prop_map(|fields| {
                    Value::Mapping(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(tree in trees()) {
            let text = to_text(&tree);
            let read: Value = serde_norway::from_str(&text).map_err(|e| TestCaseError::fail(format!("{e}: {text}")))?;
            prop_assert_eq!(read, tree, "{}", text);
        }
    }
}
