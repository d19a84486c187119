//! What a request costs, beside what one would use in Tollgate's place: `make bench`.
//!
//! One real Envoy with one worker on one core, the load on another, all contenders in the same run and in turn, round
//! by round. The figure is the processor time of the whole Envoy process a request: a busy machine disturbs it less
//! than anything that a clock on the wall shows. Envoy answers itself, so that nothing but filters differs. Prints
//! tables, and writes `target/bench/summary.json` and pictures.

mod authz;
mod bounds;
mod cell;
mod chain;
mod contender;
mod cores;
mod picture;
mod proof;
mod report;
mod selection;
mod site;
mod stand;
mod summary;

use cell::Cell;
use contender::Contender;
use cores::Cores;
use site::Site;
use stand::Stand;
use std::collections::BTreeSet;
use std::process::ExitCode;
use tokio::runtime::Builder;
use wasm_test::child::fresh_folder;

/// Rounds that are counted, unless `BENCH_ROUNDS` says otherwise.
const ROUNDS: usize = 12;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [authz::ARGUMENT, port] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        authz::serve(port.parse().expect("a port"));
        return ExitCode::SUCCESS;
    }
    let plan =
        selection::select(&arguments).and_then(|cells| Ok((cells, rounds()?, Cores::of_this_machine()?)));
    match plan {
        Ok((cells, rounds, cores)) => {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(run(&cells, rounds, cores));
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn rounds() -> Result<usize, String> {
    match std::env::var("BENCH_ROUNDS") {
        Ok(text) if !text.is_empty() => match text.parse() {
            Ok(rounds) if rounds > 0 => Ok(rounds),
            _ => Err(format!("BENCH_ROUNDS is '{text}'; it can be a number of rounds")),
        },
        _ => Ok(ROUNDS),
    }
}

async fn run(cells: &[Cell], rounds: usize, cores: Cores) {
    Cores::keep_to(cores.load);
    let folder = fresh_folder("bench", "run");
    let service = if cells.iter().any(|cell| cell.contender == Contender::ExtAuthz) {
        Some(authz::Service::start(&folder).await)
    } else {
        None
    };
    let mut sites = Vec::new();
    for keys in cells.iter().map(|cell| cell.keys).collect::<BTreeSet<_>>() {
        progress(&format!("start Envoy for {keys} keys"));
        sites.push(Site::start(cells, keys, service.as_ref().map(authz::Service::port), cores).await);
    }
    progress("see that all do their work");
    let mut stands = Vec::new();
    for cell in cells {
        let site = sites.iter().find(|site| site.keys == cell.keys).expect("one for each number of keys");
        proof::prove(site, *cell).await;
        let service = service.as_ref().filter(|_| cell.contender == Contender::ExtAuthz);
        stands.push(Stand::open(*cell, site, service).await);
    }
    progress(&format!("a round to warm up, then {rounds} rounds"));
    for round in 0..=rounds {
        for stand in &mut stands {
            stand.play(round > 0).await;
        }
        progress(&format!("round {round} of {rounds}"));
    }
    let measured = stands.into_iter().map(Stand::close).collect();
    report::print(&measured, &sites, rounds);
    summary::write(&measured, &sites, rounds);
    drop(std::fs::remove_dir_all(folder));
}

/// Says what is under way, for people who wait.
fn progress(text: &str) {
    eprintln!("  .. {text}");
}
