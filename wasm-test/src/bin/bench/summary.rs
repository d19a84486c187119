//! All of it as JSON.

use crate::bounds::{self, Bound, Reach};
use crate::cell::{Cell, Samples, Spread, quantile};
use crate::picture;
use crate::site::Site;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use wasm_test::module::repository;

/// Writes `target/bench/summary.json`, and a picture beside it.
pub(crate) fn write(measured: &BTreeMap<Cell, Samples>, sites: &[Site], rounds: usize) {
    let rows: Vec<_> = measured.iter().map(|(cell, samples)| row(*cell, samples)).collect();
    let loads: Vec<_> = sites
        .iter()
        .map(|site| {
            json!({"keys": site.keys, "worker_start_ms": site.worker_start.as_secs_f64() * 1e3,
                "envoy_resident_bytes": site.resident_bytes()})
        })
        .collect();
    let folder = repository().join("target/bench");
    fs::create_dir_all(&folder).expect("target is ours");
    let path = folder.join("summary.json");
    let bounds: Vec<_> = bounds::all(measured, sites).iter().map(bound).collect();
    let summary = json!({"rounds": rounds, "requests": rows, "configurations": loads, "bounds": bounds});
    fs::write(&path, format!("{summary:#}\n")).expect("target is ours");
    println!("\nall of it as JSON: {}", path.display());
    let picture = folder.join("cost.svg");
    picture::draw(&picture, measured).expect("target is ours");
    println!("as a picture: {}", picture.display());
}

fn row(cell: Cell, samples: &Samples) -> Value {
    let cpu = Spread::of(&samples.cpu);
    let mut row = json!({
        "contender": cell.contender.name(),
        "work": cell.work_name(),
        "keys": cell.keys,
        "cpu_us": cpu.median,
        "cpu_us_quarters": [cpu.low, cpu.high],
        "p50_us": quantile(&samples.latencies, 0.5),
        "p99_us": quantile(&samples.latencies, 0.99),
        "rps": quantile(&samples.rps, 0.5),
    });
    if !samples.service_cpu.is_empty() {
        row["service_cpu_us"] = json!(quantile(&samples.service_cpu, 0.5));
    }
    row
}

fn bound(bound: &Bound) -> Value {
    let (kind, value) = match bound.reach {
        Reach::AtMost(most) => ("at_most", most),
        Reach::AtLeast(least) => ("at_least", least),
    };
    json!({"what": bound.what, "figure": bound.figure, kind: value, "reached": bound.is_reached()})
}
