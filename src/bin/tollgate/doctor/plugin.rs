//! The filter's own configuration, wherever it is carried.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;
use tollgate::config::Environment;
use tollgate::policy::Policy;

use super::checks;
use super::node::Node;
use super::report::Report;

/// A configuration that the filter would take.
pub(crate) struct Plugin {
    pub(crate) policy: Policy,
    /// The environment variables it names.
    pub(crate) variables: BTreeSet<String>,
}

/// Judges a configuration: JSON text in a string, or JSON itself.
pub(crate) fn judge(at: &Node<'_>, report: &mut Report) -> Option<Plugin> {
    let text = match at.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let variables = RefCell::new(BTreeSet::new());
    // Which variables are set where Envoy runs is not known here. A stand-in that differs for
    // each name, as the real keys do.
    let environ = |name: &str| {
        variables.borrow_mut().insert(name.to_owned());
        Some(format!("assumed-value-of-{name}"))
    };
    match Policy::load(&text, &environ) {
        Ok(policy) => {
            if policy.environment() == Environment::Development {
                report.add(checks::DEVELOPMENT, at, "environment is development");
            }
            Some(Plugin { policy, variables: variables.into_inner() })
        }
        Err(problems) => {
            for problem in problems.iter() {
                report.add(checks::CONFIGURATION_INVALID, &within(at, &problem.path), problem.text.clone());
            }
            None
        }
    }
}

/// The place of a mistake: a path within the text at a place, or the place itself.
fn within<'d>(at: &Node<'d>, path: &str) -> Node<'d> {
    let path = match at.value {
        Value::String(_) => format!("{} {path}", at.path),
        _ => format!("{}{}", at.path, path.trim_start_matches('$')),
    };
    Node { path, ..at.clone() }
}

impl Plugin {
    /// Tells which variables the filter would not be given.
    pub(crate) fn judge_variables(&self, at: &Node<'_>, given: &BTreeSet<String>, report: &mut Report) {
        for name in self.variables.difference(given) {
            report.add(
                checks::ENV_KEY_MISSING,
                at,
                format!("{name} is named by the configuration, and not passed"),
            );
        }
    }

    /// Tells which secrets stand in the file: `written` are the variables with a value there.
    pub(crate) fn judge_written<'d>(
        &self,
        written: impl Iterator<Item = (String, Node<'d>)>,
        report: &mut Report,
    ) {
        for (name, at) in written {
            if self.variables.contains(&name) {
                report.add(checks::SECRET_IN_FILE, &at, format!("the value of {name} is written here"));
            }
        }
    }
}
