//! `tollgate render`: an Envoy configuration from a template and the environment.
//!
//! A template is the YAML that Envoy reads, with placeholders. They are filled in after the
//! YAML was parsed, so that a value stays in its place whatever it holds: it is never read as
//! YAML.
//!
//! | in the template | becomes |
//! |---|---|
//! | `${NAME}` | the value of the variable; unset or empty is a problem |
//! | `${NAME:-default}` | the same, or `default` (perhaps nothing) where it is unset or empty |
//! | `$${` | `${` itself |
//! | `!int ${NAME:-8443}` | a whole number, for ports, hops, sizes; else a problem |
//! | `!each` | a list, an entry for each comma-separated part of a value; none for an empty one |
//! | `!file tollgate.json` | the text of a file, named from the template's directory |
//!
//! ```yaml
//! address: ${UPSTREAM_HOST}
//! port_value: !int ${UPSTREAM_PORT:-8080}
//! allow_origin_string_match: !each
//!   of: ${ALLOWED_ORIGINS:-}            # https://a.example,https://b.example
//!   item: { exact: "${item}" }          # quoted: { } would end a plain scalar in a flow mapping
//! configuration:
//!   "@type": type.googleapis.com/google.protobuf.StringValue
//!   value: !file tollgate.json          # as `tollgate check` reads it
//! ```
//!
//! Names are `[A-Z_][A-Z0-9_]*`. Placeholders stand in values only: not in the names of fields,
//! and not in the JSON text of the plugin's configuration, out of which a value could break.
//!
//! What is written to disk is no secret. So a placeholder must not name a variable that the
//! filter is given by `host_env_keys` (Envoy passes it itself), nor one that is called
//! `..._KEY`, `..._SECRET`, `..._TOKEN` or `..._PASSWORD`; values and files that hold a private
//! key are refused. A path to a secret is none: call it `TLS_KEY_FILE`. What Envoy reads by
//! itself needs no placeholder: `filename`, `environment_variable`, SDS.
//!
//! The result is then held to what `tollgate doctor` asks of it, and is only written when
//! nothing is unsafe: no origin that is `*`, `null` or not `https`, to name one. With
//! `--development` that is said, and written all the same.

mod fill;
mod variables;
mod yaml;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_norway::Value;

use crate::Outcome;
use crate::doctor::checks::Severity;
use crate::doctor::document::{self, Kind};
use crate::doctor::{self, report::Report};

#[derive(clap::Args)]
pub(crate) struct Render {
    /// The template: an Envoy bootstrap or listener in YAML, with ${NAME}, ${NAME:-default},
    /// !int, !each and !file.
    #[arg(value_name = "TEMPLATE")]
    template: PathBuf,
    /// Where to write; replaced as a whole, or not at all. Default: standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write it even where `tollgate doctor` finds it unsafe, after saying so.
    #[arg(long)]
    development: bool,
}

impl Render {
    pub(crate) fn run(&self) -> Outcome {
        let name = self.template.display().to_string();
        let bytes = crate::read(&self.template)?;
        let text = String::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))?;
        let template: Value =
            serde_norway::from_str(&text).map_err(|error| format!("{name} is not YAML: {error}"))?;

        let folder = self.template.parent().unwrap_or(Path::new("."));
        let filled = fill::fill(template, folder, &|variable| std::env::var(variable).ok());
        let value = match filled {
            Ok(value) => value,
            Err(problems) => {
                problems.iter().for_each(|problem| eprintln!("{name}: {problem}"));
                eprintln!("{} problems, nothing written", problems.len());
                return Ok(ExitCode::FAILURE);
            }
        };
        let rendered =
            format!("# Made by `tollgate render` of {name}; edit that.\n{}", yaml::to_text(&value));
        let report = examine(&name, &rendered)?;
        tell(&report);
        if report.count(Severity::Unsafe) > 0 && !self.development {
            eprintln!("{} unsafe, nothing written", report.count(Severity::Unsafe));
            return Ok(ExitCode::FAILURE);
        }
        self.write(&rendered)?;
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self, rendered: &str) -> Result<(), String> {
        match &self.output {
            None => {
                let written = std::io::stdout().lock().write_all(rendered.as_bytes());
                written.map_err(|error| format!("cannot write to standard output: {error}"))
            }
            Some(path) => {
                replace(path, rendered).map_err(|error| format!("cannot write {}: {error}", path.display()))
            }
        }
    }
}

/// What the doctor says of the result.
fn examine(name: &str, rendered: &str) -> Result<Report, String> {
    let documents = document::parse(name, rendered)?;
    if !documents.iter().any(|document| [Kind::Bootstrap, Kind::Listeners].contains(&document.kind)) {
        return Err(format!("{name} is neither a bootstrap nor a listener of Envoy's"));
    }
    Ok(doctor::judge(&documents))
}

/// What is unsafe, in full; what is to be known, a line each.
fn tell(report: &Report) {
    let mut text = String::new();
    for finding in report.of(Severity::Unsafe) {
        let _ = writeln!(text, "{finding}\n");
    }
    for finding in report.of(Severity::Note) {
        let _ = writeln!(text, "note   {}: {} ({})", finding.check.name, finding.saw, finding.path);
    }
    eprint!("{text}");
}

/// Puts a file in place in one step, so that an Envoy that starts meanwhile reads the old or the
/// new one. It holds nothing secret, and Envoy may run as another user: all may read it, as far
/// as the umask lets them.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft = tempfile::Builder::new();
    draft.prefix(".tollgate-render-");
    #[cfg(unix)]
    draft.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut draft = draft.tempfile_in(folder)?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    draft.persist(path)?;
    Ok(())
}
