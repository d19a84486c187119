//! `tollgate doctor`: what is unsafe around the filter, before it is deployed or where it runs.
//!
//! The filter can be right and its surroundings wrong: an Envoy that lets everything pass when
//! the filter has died, or never asks it. Envoy says nothing of that. Each thing looked for is
//! a [`checks::Check`].

mod access_log;
mod anywhere;
mod capabilities;
pub(crate) mod checks;
pub(crate) mod document;
mod envoy;
mod filter;
mod gateway;
mod istio;
mod listener;
mod node;
mod plugin;
pub(crate) mod report;
mod route;

use std::path::PathBuf;
use std::process::ExitCode;

use checks::Severity;
use document::{Document, Kind};
use envoy::Envoy;
use report::Report;

use crate::Outcome;

#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// Files or folders: Envoy bootstraps and listeners, what its admin interface answers to
    /// /config_dump, WasmPlugins and EnvoyFilters, policies of Envoy Gateway, in YAML or JSON;
    /// `-` reads standard input. What belongs together is to be given together.
    #[arg(value_name = "FILE", required_unless_present = "list")]
    paths: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print what is looked for, and read nothing.
    #[arg(long)]
    list: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A paragraph a finding.
    Text,
    /// One JSON document.
    Json,
}

impl Doctor {
    pub(crate) fn run(&self) -> Outcome {
        if self.list {
            print_list();
            return Ok(ExitCode::SUCCESS);
        }
        let documents = document::read_all(&self.paths)?;
        let report = judge(&documents);
        match self.format {
            Format::Text => print!("{}", report.to_text()),
            Format::Json => {
                println!("{}", serde_json::to_string_pretty(&report.to_json()).map_err(|e| e.to_string())?);
            }
        }
        let judged = documents.iter().filter(|document| document.kind != Kind::Other).count();
        let failing = report.count(Severity::Unsafe);
        eprintln!("{judged} documents, {failing} unsafe, {} notes", report.count(Severity::Note));
        Ok(if failing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Judges documents, each by itself and with the others.
pub(crate) fn judge(documents: &[Document]) -> Report {
    let mut report = Report::default();
    for document in documents {
        let root = document.root();
        match document.kind {
            Kind::Bootstrap | Kind::ConfigDump | Kind::Listeners => {
                envoy::judge(&Envoy::new(&root, document.kind), &mut report);
                anywhere::judge(&root, &mut report);
            }
            Kind::EnvoyFilter | Kind::PatchPolicy => anywhere::judge(&root, &mut report),
            Kind::Plugin => {
                plugin::judge(&root, &mut report);
            }
            Kind::Template => {
                report.add(
                    checks::NOT_SEEN,
                    &root,
                    "it is a template; judge what `tollgate render` makes of it",
                );
            }
            _ => {}
        }
    }
    istio::judge(documents, &mut report);
    gateway::judge(documents, &mut report);
    if let Some(first) = documents.first().filter(|_| !documents.iter().any(has_tollgate)) {
        report.add(checks::NOT_SEEN, &first.root(), "there is no Tollgate here");
    }
    report
}

fn has_tollgate(document: &Document) -> bool {
    use Kind::{ExtensionPolicy, PatchPolicy, Plugin, Template, WasmPlugin};
    [ExtensionPolicy, PatchPolicy, Plugin, Template, WasmPlugin].contains(&document.kind)
        || !filter::find(&document.root()).is_empty()
}

fn print_list() {
    for check in checks::ALL {
        println!(
            "{:<6} {}\n  why    {}\n  mend   {}\n",
            check.severity.name(),
            check.name,
            check.why,
            check.mend
        );
    }
}
