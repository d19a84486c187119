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
mod summary;

use cell::{Cell, Samples};
use contender::Contender;
use cores::Cores;
use site::Site;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use tokio::runtime::Builder;
use wasm_test::child::fresh_folder;
use wasm_test::client::ClosedLoop;

/// Connections of the load: enough that Envoy always has something to do, also where the load is held up.
const CONNECTIONS: usize = 16;

/// Rounds that are counted, unless `BENCH_ROUNDS` says otherwise.
const ROUNDS: usize = 12;

/// Of the answers, so many must have the expected status. (Of the limited ones, a few pass.)
const EXPECTED_MIN: f64 = 0.95;

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
        sites.push(Site::start(cells, keys, site::port_of(service.as_ref()), cores).await);
    }
    let site_of = |cell: &Cell| {
        sites.iter().find(|site| site.keys == cell.keys).expect("there is one for each number of keys")
    };
    progress("see that all do their work");
    for cell in cells {
        proof::prove(site_of(cell), *cell).await;
    }
    let mut posts = Vec::new();
    for cell in cells {
        let load = ClosedLoop::connect(site_of(cell).address(*cell), CONNECTIONS).await;
        posts.push((*cell, load.expect("Envoy takes connections"), cell.requests(), Samples::default()));
    }
    for round in 0..=rounds {
        progress(&format!("round {round} of {rounds}{}", if round == 0 { ", which warms up" } else { "" }));
        for (cell, load, requests, samples) in &mut posts {
            let site = site_of(cell);
            let service = service.as_ref().filter(|_| cell.contender == Contender::ExtAuthz);
            let before = (site.cpu_time(), service.map(authz::Service::cpu_time));
            let trial = load.run(requests, cell.round()).await;
            let trial = trial.unwrap_or_else(|error| panic!("{}: {error}", cell.work_name()));
            let service_cpu = service.zip(before.1).map(|(service, before)| service.cpu_time() - before);
            let expected = trial.statuses.get(&cell.work.status()).copied().unwrap_or_default();
            assert!(
                expected as f64 >= trial.latencies.len() as f64 * EXPECTED_MIN,
                "{} {}: {:?}",
                cell.contender.name(),
                cell.work_name(),
                trial.statuses
            );
            if round > 0 {
                samples.add(&trial, site.cpu_time() - before.0, service_cpu);
            }
        }
    }
    let measured: BTreeMap<_, _> = posts.into_iter().map(|(cell, _, _, samples)| (cell, samples)).collect();
    report::print(&measured, &sites, rounds);
    summary::write(&measured, &sites, rounds);
    drop(std::fs::remove_dir_all(folder));
}

/// Says what is under way, for people who wait.
fn progress(text: &str) {
    eprintln!("  .. {text}");
}
