//! `e2e_compose FOLDER` plays the gate's tour and the fleet's limit through the published ports of containers that are
//! up, from the Compose file in that folder; `scripts/e2e-compose` brings them up. Succeeds only if all is as expected.
//!
//! `docker` is asked what the containers are, and to kill the one of the rate limit service.

mod containers;
mod gate;
mod limit;

use containers::Containers;
use gate::ComposedGate;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use tokio::runtime::Runtime;
use wasm_test::paint::Paint;
use wasm_test::tour::Keys;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: e2e_compose FOLDER");
        return ExitCode::from(2);
    };
    match play(Path::new(&folder)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(unexpected) => {
            say(&format!("\n{unexpected} not as expected"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("e2e_compose: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Plays all; how much was not as expected.
fn play(folder: &Path) -> Result<usize, String> {
    let secrets = folder.join("secrets.env");
    let text =
        std::fs::read_to_string(&secrets).map_err(|error| format!("{}: {error}", secrets.display()))?;
    let keys = Keys::of_environment_file(&text)?;
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let containers = Containers::of_compose()?;
    let mut judge = Judge { paint: Paint::for_terminal(), unexpected: 0 };
    judge.title("containers");
    for container in containers.iter() {
        judge.all(&container.summary(), &container.weaknesses());
    }
    judge.all("what is published", &containers.wrongly_reachable());
    judge.title("the tour, through the published port of envoy-a");
    let mut gate = ComposedGate::of(runtime, &containers)?;
    gate.tour(&keys, &mut judge);
    judge.title("one limit over both");
    limit::play(&mut gate, &keys, &mut judge)?;
    judge.title("logs");
    judge.all("no key stands in the log of any container", &containers.keys_logged(&keys)?);
    Ok(judge.unexpected)
}

/// Prints what was tried, and counts what was not as expected.
struct Judge {
    paint: Paint,
    unexpected: usize,
}

impl Judge {
    fn title(&self, text: &str) {
        say(&format!("\n{}", self.paint.bold(text)));
    }

    /// As expected if there are no differences.
    fn all(&mut self, what: &str, differences: &[String]) {
        let word = if differences.is_empty() { self.paint.green("ok   ") } else { self.paint.red("WRONG") };
        say(&format!("  {word}  {what}"));
        for difference in differences {
            say(&format!("         {}", self.paint.red(difference)));
        }
        self.unexpected += usize::from(!differences.is_empty());
    }

    /// As expected if it is so.
    fn that(&mut self, is_so: bool, what: &str) {
        let differences = if is_so { Vec::new() } else { vec!["it is not so".to_owned()] };
        self.all(what, &differences);
    }
}

/// Writes a line. When nobody reads it any more, it is over.
fn say(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(1);
    }
}
