//! Placeholders in a text, and which variables may fill them.

use std::collections::BTreeSet;

/// Where values come from, and which must not be written to disk.
pub(super) struct Variables<'e> {
    pub(super) environ: &'e dyn Fn(&str) -> Option<String>,
    /// What Envoy passes to the filter by itself.
    pub(super) passed: BTreeSet<String>,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    /// `${item}`, within `!each`.
    Item,
    Variable {
        name: &'t str,
        default: Option<&'t str>,
    },
    /// What begins like a placeholder and is none.
    Malformed,
}

impl Variables<'_> {
    /// A text with its placeholders filled in.
    ///
    /// # Errors
    /// Everything that is wrong with them. Values are not told.
    pub(super) fn fill(&self, text: &str, item: Option<&str>) -> Result<String, Vec<String>> {
        let (mut filled, mut problems) = (String::with_capacity(text.len()), Vec::new());
        for part in parts(text) {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Item => match item {
                    Some(item) => filled.push_str(item),
                    None => problems.push("${item} stands outside of !each".to_owned()),
                },
                Part::Variable { name, default } => match self.value(name, default) {
                    Ok(value) => filled.push_str(&value),
                    Err(problem) => problems.push(problem),
                },
                Part::Malformed => {
                    problems
                        .push("a placeholder is ${NAME} or ${NAME:-default}; $${ stands for ${".to_owned());
                }
            }
        }
        if problems.is_empty() { Ok(filled) } else { Err(problems) }
    }

    fn value(&self, name: &str, default: Option<&str>) -> Result<String, String> {
        if self.passed.contains(name) {
            return Err(format!(
                "{name} is a secret of the filter's, which Envoy passes by host_env_keys; it must not be written to disk"
            ));
        }
        if has_secret_name(name) {
            return Err(format!(
                "{name} is a secret by its name, and must not be written to disk; let Envoy read it (host_env_keys, \
                 environment_variable, filename), or call a path {name}_FILE"
            ));
        }
        let value = (self.environ)(name).filter(|value| !value.is_empty());
        let Some(value) = value.as_deref().or(default) else {
            return Err(format!("{name} is not set; set it, or write ${{{name}:-default}}"));
        };
        if holds_secret(value) {
            return Err(format!("{name} holds a private key; name the file that it lies in"));
        }
        if value.chars().any(char::is_control) {
            return Err(format!("{name} holds a line end or another control character"));
        }
        Ok(value.to_owned())
    }
}

/// Whether there is a placeholder in a text.
pub(super) fn has_placeholder(text: &str) -> bool {
    parts(text).iter().any(|part| !matches!(part, Part::Text(_)))
}

/// Whether a text is what must not be written to disk.
pub(super) fn holds_secret(text: &str) -> bool {
    text.contains("PRIVATE KEY-----")
}

fn has_secret_name(name: &str) -> bool {
    const KINDS: [&str; 5] = ["KEY", "SECRET", "TOKEN", "PASSWORD", "PASSPHRASE"];
    name.rsplit('_').next().is_some_and(|last| KINDS.contains(&last))
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            parts.extend([Part::Text(before), Part::Text("${")]);
            rest = after;
            continue;
        }
        parts.push(Part::Text(before));
        let Some((placeholder, after)) = after.split_once('}') else {
            parts.push(Part::Malformed);
            return parts;
        };
        parts.push(placeholder_of(placeholder));
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts
}

fn placeholder_of(text: &str) -> Part<'_> {
    let (name, default) = text.split_once(":-").map_or((text, None), |(name, default)| (name, Some(default)));
    let upper = |b: u8| b.is_ascii_uppercase() || b == b'_';
    let is_name =
        name.bytes().next().is_some_and(upper) && name.bytes().all(|b| upper(b) || b.is_ascii_digit());
    match name {
        "item" if default.is_none() => Part::Item,
        name if is_name => Part::Variable { name, default },
        _ => Part::Malformed,
    }
}
