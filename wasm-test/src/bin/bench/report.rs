//! Tables for people.

use crate::bounds::{self, Bound, Reach, bare_work};
use crate::cell::{Cell, Samples, Spread, quantile};
use crate::contender::Contender;
use crate::site::Site;
use std::collections::BTreeMap;
use wasm_test::workload::{KEYS, Work};

/// Prints what was measured, and how far it is from what is to be reached.
pub(crate) fn print(measured: &BTreeMap<Cell, Samples>, sites: &[Site], rounds: usize) {
    println!(
        "µs of Envoy's CPU a request, one worker: median (middle half) of {rounds} rounds; its latency among {} connections",
        crate::stand::CONNECTIONS
    );
    let mut works: Vec<_> = measured.keys().map(|cell| (cell.keys != KEYS, cell.work, cell.keys)).collect();
    works.sort_unstable();
    works.dedup();
    for (_, work, keys) in works {
        table(measured, work, keys);
    }
    println!("\nconfigurations: what the worker used until it was ready, what Envoy holds");
    for site in sites {
        let (start, memory) = (site.worker_start.as_secs_f64() * 1e3, site.resident_bytes() >> 20);
        println!("  {:>7} keys {start:>9.1} ms {memory:>6} MiB", site.keys);
    }
    println!("\nwhat is to be reached{:>48} {:>18} {:>12}", "is", "(middle half)", "reach");
    for bound in bounds::all(measured, sites) {
        line(&bound);
    }
}

/// One line of what is to be reached; nothing of what was not measured.
fn line(bound: &Bound) {
    let Some(figure) = bound.figure else { return };
    let spread =
        bound.spread.map_or(String::new(), |spread| format!("({:.2} to {:.2})", spread.low, spread.high));
    let reach = match bound.reach {
        Reach::AtMost(most) => format!("at most {most}"),
        Reach::AtLeast(least) => format!("at least {least}"),
    };
    let verdict = match bound.is_reached() {
        Some(true) => "reached",
        Some(false) => "MISSED",
        None => "lost in noise",
    };
    println!("  {:<60} {figure:>7.2} {spread:>18} {reach:>12}  {verdict}", bound.what);
}

fn table(measured: &BTreeMap<Cell, Samples>, work: Work, keys: usize) {
    let name = Cell { contender: Contender::Bare, work, keys }.work_name();
    println!("\n{name:<20} {:>22} {:>10} {:>8} {:>8} {:>9}", "CPU", "over bare", "p50", "p99", "rps");
    let bare = bare_of(measured, work);
    for (cell, samples) in measured.iter().filter(|(cell, _)| cell.work == work && cell.keys == keys) {
        let cpu = Spread::of(&samples.cpu);
        let over = bare.map_or(String::new(), |bare| format!("{:+.1}", cpu.median - bare));
        let spread = format!("{:.1} ({:.1} to {:.1})", cpu.median, cpu.low, cpu.high);
        let [p50, p99] = [0.5, 0.99].map(|part| quantile(&samples.latencies, part));
        let rps = quantile(&samples.rps, 0.5);
        println!(
            "  {:<18} {spread:>22} {over:>10} {p50:>8.0} {p99:>8.0} {rps:>9.0}{}",
            cell.contender.name(),
            service(samples)
        );
    }
}

fn service(samples: &Samples) -> String {
    if samples.service_cpu.is_empty() {
        return String::new();
    }
    format!("   and {:.1} of the service's", quantile(&samples.service_cpu, 0.5))
}

/// What Envoy alone uses for this work: the same request, or where it would be refused, its own answer.
fn bare_of(measured: &BTreeMap<Cell, Samples>, work: Work) -> Option<f64> {
    let samples = measured.get(&Cell { contender: Contender::Bare, work: bare_work(work), keys: KEYS })?;
    Some(Spread::of(&samples.cpu).median)
}
