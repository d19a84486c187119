//! The native command: makes keys, checks configurations and explains verdicts, by the very
//! code that runs in the filter.

mod check;
mod doctor;
mod explain;
mod keys;
mod render;
mod scan;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tollgate::config::Config;

#[derive(Parser)]
#[command(
    version,
    about = "Makes keys, checks configurations and explains verdicts of the Envoy filter Tollgate."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key: prints it once, and the entry for the configuration, which holds its digest only.
    Keygen(keys::Keygen),
    /// Read a key from standard input and print its SHA-256 digest.
    Hash,
    /// Check a configuration: exit 1 and every problem, each with its JSON path.
    Check(check::Check),
    /// Print the JSON Schema of the configuration.
    Schema,
    /// Judge one request by a configuration, without Envoy: the verdict and why.
    Explain(explain::Explain),
    /// Scan texts or bodies, a JSON object a line on standard input: what is found, where, and
    /// the text without it, a JSON object a line on standard output.
    Scan(scan::Scan),
    /// Judge what the filter stands in: exit 1 and everything unsafe, each with where, why and
    /// the mend.
    Doctor(doctor::Doctor),
    /// Make an Envoy configuration from a template and the environment; whatever is missing or
    /// unsafe is told, all of it, and nothing written.
    Render(render::Render),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Keygen(keygen) => keygen.run(),
        Command::Hash => keys::hash(),
        Command::Check(check) => check.run(),
        Command::Schema => schema(),
        Command::Explain(explain) => explain.run(),
        Command::Scan(scan) => scan.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Render(render) => render.run(),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("tollgate: {failure}");
        ExitCode::from(2)
    })
}

/// What a command ends with: an exit code, or why it could not do its work.
type Outcome = Result<ExitCode, String>;

fn schema() -> Outcome {
    let schema = schemars::schema_for!(Config);
    println!("{}", serde_json::to_string_pretty(&schema).map_err(|e| e.to_string())?);
    Ok(ExitCode::SUCCESS)
}

/// A file's bytes, or standard input's for `-`; bounded.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    /// Room for a configuration of a million keys.
    const FILE_BYTES_MAX: u64 = 256 << 20;
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = std::fs::File::open(path);
        Box::new(file.map_err(|e| format!("cannot read {}: {e}", path.display()))?)
    };
    let mut bytes = Vec::new();
    let read = source.take(FILE_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    Ok(bytes)
}

/// A configuration and where the values of its `env` fields come from.
#[derive(clap::Args)]
struct ConfigFile {
    /// The configuration, a JSON document; `-` reads standard input.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Take every environment variable that is not set here as set, for a check on another
    /// machine than the one Envoy runs on.
    #[arg(long)]
    assume_env: bool,
}

impl ConfigFile {
    fn text(&self) -> Result<String, String> {
        let bytes = read(&self.path)?;
        String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", self.path.display()))
    }

    fn environ(&self, name: &str) -> Option<String> {
        // A stand-in that differs for each name, as the real keys do.
        std::env::var(name).ok().or_else(|| self.assume_env.then(|| format!("assumed-value-of-{name}")))
    }
}
