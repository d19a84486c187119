//! What one limit over many Envoys costs and keeps: `make fleet-numbers`.
//!
//! Two Envoys with two workers each, the real rate limit service and a real Redis, all on this machine. Tollgate and
//! Envoy's own rate limit filter go through the same trials in one run; a third pair of Envoys without a limit is what
//! latency and processor time are compared with. Prints a table, and writes target/fleet/summary.json.

mod contender;
mod keys;
mod latency;
mod outage;
mod overload;

use contender::Contender;
use serde_json::{Value, json};
use std::fs;
use std::process::ExitCode;
use wasm_test::module::repository;

/// What it is called, and what measures it.
type Trial = (&'static str, fn() -> Value);

const USAGE: &str = "usage: fleet_numbers [overload|latency|outage|keys]...";

fn main() -> ExitCode {
    let trials: [Trial; 4] = [
        ("overload", overload::measure),
        ("latency", latency::measure),
        ("outage", outage::measure),
        ("keys", keys::measure),
    ];
    let wanted: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| trials.iter().all(|(known, _)| known != name)) {
        eprintln!("no trial {unknown}\n{USAGE}");
        return ExitCode::from(2);
    }
    let mut summary = json!({});
    for (name, measure) in trials {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            summary[name] = measure();
        }
    }
    let folder = repository().join("target/fleet");
    fs::create_dir_all(&folder).expect("target is ours");
    let path = folder.join("summary.json");
    fs::write(&path, format!("{summary:#}\n")).expect("target is ours");
    println!("\nall of it as JSON: {}", path.display());
    ExitCode::SUCCESS
}

/// Says what is under way, for people who wait.
fn progress(text: &str) {
    eprintln!("  .. {text}");
}

/// A title, and below it the head of a table.
fn title(text: &str, columns: &str) {
    println!("\n{text}\n{columns}");
}

/// The value below which so much of a sorted list lies.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let index = (sorted.len() as f64 * part) as usize;
    sorted[index.min(sorted.len() - 1)]
}

/// Both contenders, in the order in which they are measured.
const BOTH: [Contender; 2] = [Contender::Tollgate, Contender::EnvoysOwn];
