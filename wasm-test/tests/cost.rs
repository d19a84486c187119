//! What a request costs in the module, as it can be counted: wasm instructions, and calls between Envoy and the module.
//!
//! wasmtime counts instructions as fuel, the same in every run, so that a change that makes the module slower is seen
//! where a clock would see noise. Calls are what Envoy's own time goes into: each costs as much as a thousand
//! instructions or more. `make bench` measures the same work in a real Envoy, in time.
//!
//! Where a test here fails, it prints what to write in place of the line that no longer holds.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;
use wasm_test::emulated::{Ending, Hosting, Plugin, PluginId, Vm, WasmModule, World};
use wasm_test::workload::{KEYS, Work, configuration};

/// A kind of work, wasm instructions a request, and the calls a request makes: callbacks, then hostcalls.
type Budget = (Work, u64, &'static str, &'static str);

const BUDGETS: [Budget; 7] = [
    (Work::Get, 0, "", ""),
    (Work::PostClean, 0, "", ""),
    (Work::PostEntities, 0, "", ""),
    (Work::LargeAnswer, 0, "", ""),
    (Work::NoKey, 0, "", ""),
    (Work::WrongKey, 0, "", ""),
    (Work::Limited, 0, "", ""),
];

/// Another compiler makes other instructions of the same code: so much more is let pass, in percent.
const GROWTH_PERCENT_MAX: u64 = 5;

/// Requests that are counted; what is in a budget is a request's part of them.
const REQUESTS: usize = 200;

/// Between requests. A limited client then asks a hundred times a second, all others eleven times.
const PAUSE: Duration = Duration::from_millis(1);

struct Cost {
    instructions: u64,
    callbacks: String,
    hostcalls: String,
}

#[test]
fn no_work_takes_more_instructions_than_its_budget() {
    let mut over = String::new();
    for (work, budget, ..) in BUDGETS {
        let instructions = cost_of(work).instructions;
        if instructions * 100 > budget * (100 + GROWTH_PERCENT_MAX) {
            let growth = instructions as f64 / budget as f64 * 100.0 - 100.0;
            let _ = writeln!(
                over,
                "{}: {instructions} instructions a request, {growth:.1} % more than its budget of {budget}",
                work.name()
            );
        }
    }
    assert!(over.is_empty(), "{over}If that is what the change is worth, restate:\n{}", budgets_as_they_are());
}

#[test]
fn requests_make_the_calls_that_are_listed_and_no_others() {
    let mut other = String::new();
    for (work, _, callbacks, hostcalls) in BUDGETS {
        let cost = cost_of(work);
        for (kind, listed, counted) in
            [("callbacks", callbacks, &cost.callbacks), ("hostcalls", hostcalls, &cost.hostcalls)]
        {
            if listed != counted {
                let _ = writeln!(other, "{}, {kind}:\n  listed  {listed}\n  counted {counted}", work.name());
            }
        }
    }
    assert!(other.is_empty(), "{other}If that is what the change is worth, restate:\n{}", budgets_as_they_are());
}

/// All of it, ready to be pasted.
fn budgets_as_they_are() -> String {
    BUDGETS.iter().fold(String::new(), |mut text, (work, ..)| {
        let Cost { instructions, callbacks, hostcalls } = cost_of(*work);
        let _ = writeln!(text, "    (Work::{work:?}, {instructions}, {callbacks:?}, {hostcalls:?}),");
        text
    })
}

fn cost_of(work: Work) -> Cost {
    let world = World::new();
    let mut vm = Vm::start(&world, WasmModule::built(), Hosting::default());
    let configuration = configuration(KEYS, work.is_strict());
    let plugin = vm.configure(Plugin::new(configuration.json())).expect("the configuration is right");
    let requests = work.requests(KEYS);
    // Every client once before anything is counted: buckets and counters are made, memory grows.
    play(&mut vm, plugin, &world, work, requests.len());
    let before = (vm.fuel_used(), vm.calls());
    play(&mut vm, plugin, &world, work, REQUESTS);
    let instructions = (vm.fuel_used() - before.0) / REQUESTS as u64;
    let calls = since(vm.calls(), &before.1);
    let (callbacks, hostcalls) = calls.into_iter().partition(|(name, _)| name.starts_with("proxy_on_"));
    Cost { instructions, callbacks: listed(&callbacks), hostcalls: listed(&hostcalls) }
}

fn play(vm: &mut Vm, plugin: PluginId, world: &World, work: Work, count: usize) {
    let answer = work.answer();
    for request in work.requests(KEYS).iter().cycle().take(count) {
        let ending = vm.exchange(plugin, request, &answer).ending;
        let status = match &ending {
            Ending::Answered(answer) => answer.status,
            other => panic!("{}: {other:?}", work.name()),
        };
        // A client that may ask once a second has its first request let pass.
        assert!(status == work.status() || (work == Work::Limited && status == 200), "{}: {ending:?}", work.name());
        world.advance(PAUSE);
    }
}

type Calls = BTreeMap<&'static str, u64>;

fn since(calls: Calls, before: &Calls) -> Calls {
    let made = |(name, count)| (name, count - before.get(name).copied().unwrap_or_default());
    calls.into_iter().map(made).filter(|(_, count)| *count > 0).collect()
}

/// `get_header_map_pairs 1, set_shared_data 0.5`: calls a request.
fn listed(calls: &Calls) -> String {
    let listed = |(name, count): (&&str, &u64)| {
        let name = name.strip_prefix("proxy_").unwrap_or(name);
        format!("{name} {}", (*count as f64 / REQUESTS as f64 * 100.0).round() / 100.0)
    };
    calls.iter().map(listed).collect::<Vec<_>>().join(", ")
}
