//! What a request costs in the module, as it can be counted: wasm instructions, and calls between Envoy and the module.
//!
//! wasmtime counts instructions as fuel, the same in every run, so a change that makes the module slower is seen where a
//! clock would show noise. A call costs as much as a thousand instructions or more, so each is listed. `make bench`
//! measures the same work in time, in a real Envoy.
//!
//! A test that fails here prints the table as it would have to be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;
use std::time::Duration;
use wasm_test::emulated::{Ending, Hosting, Plugin, PluginId, Vm, WasmModule, World};
use wasm_test::workload::{KEYS, Work, configuration};

/// What a request may cost.
struct Budget {
    work: Work,
    /// Wasm instructions.
    instructions: u64,
    /// Callbacks and hostcalls, and how often each is made. Part of a call: not every request makes it.
    calls: &'static str,
}

const BUDGETS: [Budget; 8] = [
    Budget {
        work: Work::GetRecorded,
        instructions: 114_530,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_headers 1
            on_response_body 1, on_response_headers 1
            get_current_time_nanoseconds 2, get_header_map_pairs 2, get_property 1, get_shared_data 2.07
            increment_metric 1, remove_header_map_value 1, replace_header_map_value 4, set_property 1
            set_shared_data 2.07
        ",
    },
    Budget {
        work: Work::Get,
        instructions: 55_427,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_headers 1
            on_response_body 1, on_response_headers 1
            get_current_time_nanoseconds 2, get_header_map_pairs 2, get_property 1, get_shared_data 2
            increment_metric 1, remove_header_map_value 1, replace_header_map_value 4, set_shared_data 1
        ",
    },
    Budget {
        work: Work::PostClean,
        instructions: 325_812,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_body 2
            on_request_headers 1, on_response_body 1, on_response_headers 1
            get_buffer_bytes 3, get_current_time_nanoseconds 4, get_header_map_pairs 2, get_property 1
            get_shared_data 2, increment_metric 1, remove_header_map_value 1, replace_header_map_value 5
            set_shared_data 1
        ",
    },
    Budget {
        work: Work::PostEntities,
        instructions: 400_401,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_body 2
            on_request_headers 1, on_response_body 1, on_response_headers 1
            get_buffer_bytes 3, get_current_time_nanoseconds 4, get_header_map_pairs 2, get_property 1
            get_shared_data 2, increment_metric 3, remove_header_map_value 1, replace_header_map_value 6
            set_buffer_bytes 1, set_shared_data 1
        ",
    },
    Budget {
        work: Work::LargeAnswer,
        instructions: 589_977,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_headers 1
            on_response_body 1, on_response_headers 1
            get_buffer_bytes 1, get_current_time_nanoseconds 2, get_header_map_pairs 2, get_property 1
            get_shared_data 2, increment_metric 3, remove_header_map_value 1, replace_header_map_value 5
            set_buffer_bytes 1, set_shared_data 1
        ",
    },
    Budget {
        work: Work::NoKey,
        instructions: 90_074,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_headers 1
            on_response_body 1, on_response_headers 1
            get_current_time_nanoseconds 2, get_header_map_pairs 1, get_property 1, get_shared_data 1.07
            increment_metric 1, send_local_response 1, set_property 1, set_shared_data 1.07
        ",
    },
    Budget {
        work: Work::WrongKey,
        instructions: 106_491,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_headers 1
            on_response_body 1, on_response_headers 1
            get_current_time_nanoseconds 2, get_header_map_pairs 1, get_property 1, get_shared_data 2.07
            increment_metric 2, send_local_response 1, set_property 1, set_shared_data 2.07
        ",
    },
    Budget {
        work: Work::Limited,
        instructions: 107_969,
        calls: "
            on_context_create 1, on_delete 1, on_log 1, on_request_headers 1
            on_response_body 1, on_response_headers 1
            define_metric 0.05, get_current_time_nanoseconds 2, get_header_map_pairs 1, get_property 1
            get_shared_data 2.08, increment_metric 1, send_local_response 1, set_property 1
            set_shared_data 1.08
        ",
    },
];

/// Another compiler makes other instructions of the same code: so much more is let pass.
const GROWTH_PERCENT_MAX: f64 = 5.0;

/// Bytes of linear memory that a key may take, once the configuration is loaded.
const BYTES_A_KEY_MAX: usize = 100;

/// Instructions that reading the configuration may take for each key.
const LOADING_INSTRUCTIONS_A_KEY: u64 = 24_682;

/// Requests that are counted; a cost is one request's part of them.
const REQUESTS: usize = 200;

/// Between requests. A limited client then asks a hundred times a second, all others eleven times.
const PAUSE: Duration = Duration::from_millis(1);

#[test]
fn no_work_takes_more_instructions_than_its_budget() {
    let mut over = String::new();
    for (budget, cost) in BUDGETS.iter().zip(costs()) {
        over.push_str(&growth(budget.work.name(), cost.instructions, budget.instructions));
    }
    assert!(over.is_empty(), "{over}If it is worth that, state it anew:\n{}", table(costs()));
}

#[test]
fn a_request_makes_the_calls_that_are_listed_and_no_others() {
    let mut other = String::new();
    for (budget, cost) in BUDGETS.iter().zip(costs()) {
        let listed = calls_in(budget.calls);
        for name in listed.keys().chain(cost.calls.keys()).collect::<BTreeSet<_>>() {
            let of = |calls: &BTreeMap<String, String>| calls.get(name).cloned().unwrap_or("0".to_owned());
            let (listed, made) = (of(&listed), of(&cost.calls));
            if listed != made {
                let _ =
                    writeln!(other, "{}: {name} is made {made} times, listed {listed}", budget.work.name());
            }
        }
    }
    assert!(other.is_empty(), "{other}If it is meant, state it anew:\n{}", table(costs()));
}

#[test]
fn many_keys_take_little_memory_and_are_read_quickly() {
    const FEW: usize = 100;
    const MANY: usize = 20_000;
    let [few, many] = [FEW, MANY].map(|keys| {
        let (mut vm, _) = worker(&World::new(), Work::Get, keys);
        (vm.memory_bytes(), vm.fuel_used())
    });
    let bytes = (many.0 - few.0) / (MANY - FEW);
    assert!(bytes <= BYTES_A_KEY_MAX, "{bytes} bytes of memory a key, more than {BYTES_A_KEY_MAX}");
    let grown = growth("loading a key", (many.1 - few.1) / (MANY - FEW) as u64, LOADING_INSTRUCTIONS_A_KEY);
    assert!(grown.is_empty(), "{grown}");
}

/// Nothing, or a line that says by how much.
fn growth(what: &str, instructions: u64, budget: u64) -> String {
    let percent = instructions as f64 / budget as f64 * 100.0 - 100.0;
    if percent <= GROWTH_PERCENT_MAX {
        return String::new();
    }
    format!("{what}: {instructions} instructions, {percent:.1} % more than its budget of {budget}\n")
}

struct Cost {
    work: Work,
    instructions: u64,
    calls: BTreeMap<String, String>,
}

/// Of all work, in the order of the budgets.
fn costs() -> &'static [Cost] {
    static COSTS: OnceLock<Vec<Cost>> = OnceLock::new();
    COSTS.get_or_init(|| BUDGETS.iter().map(|budget| cost_of(budget.work)).collect())
}

fn cost_of(work: Work) -> Cost {
    let world = World::new();
    let (mut vm, plugin) = worker(&world, work, KEYS);
    // Every client once before anything is counted: buckets and counters are made, memory grows.
    play(&mut vm, plugin, &world, work, work.requests(KEYS).len());
    let (fuel, calls) = (vm.fuel_used(), vm.calls());
    play(&mut vm, plugin, &world, work, REQUESTS);
    let instructions = (vm.fuel_used() - fuel) / REQUESTS as u64;
    let made = |(name, count)| (name, count - calls.get(name).copied().unwrap_or_default());
    let calls = vm.calls().into_iter().map(made).filter(|(_, count)| *count > 0).map(a_request).collect();
    Cost { work, instructions, calls }
}

/// A name without its prefix, and how often a request makes that call.
fn a_request((name, count): (&str, u64)) -> (String, String) {
    let name = name.strip_prefix("proxy_").unwrap_or(name).to_owned();
    (name, ((count as f64 / REQUESTS as f64 * 100.0).round() / 100.0).to_string())
}

fn worker(world: &World, work: Work, keys: usize) -> (Vm, PluginId) {
    let mut vm = Vm::start(world, WasmModule::built(), Hosting::default());
    let configuration = configuration(work, keys);
    let plugin = vm.configure(Plugin::new(configuration.json())).expect("the configuration is right");
    (vm, plugin)
}

fn play(vm: &mut Vm, plugin: PluginId, world: &World, work: Work, count: usize) {
    let answer = work.answer();
    for request in work.requests(KEYS).iter().cycle().take(count) {
        let ending = vm.exchange(plugin, request, &answer).ending;
        let Ending::Answered(answer) = &ending else { panic!("{}: {ending:?}", work.name()) };
        // A client that may ask once a second has its first request let pass.
        let passes = work == Work::Limited && answer.status == 200;
        assert!(passes || answer.status == work.status(), "{}: {ending:?}", work.name());
        world.advance(PAUSE);
    }
}

fn calls_in(list: &str) -> BTreeMap<String, String> {
    let calls = list.split([',', '\n']).filter_map(|call| call.trim().split_once(' '));
    calls.map(|(name, count)| (name.to_owned(), count.to_owned())).collect()
}

/// The table of budgets as it would have to be for these costs.
fn table(costs: &[Cost]) -> String {
    costs.iter().fold(String::new(), |mut text, cost| {
        let _ = writeln!(text, "    Budget {{\n        work: Work::{:?},", cost.work);
        let _ = writeln!(text, "        instructions: {},\n        calls: \"", grouped(cost.instructions));
        for calls in [true, false] {
            let listed = cost.calls.iter().filter(|(name, _)| name.starts_with("on_") == calls);
            let listed: Vec<_> = listed.map(|(name, count)| format!("{name} {count}")).collect();
            for line in listed.chunks(4) {
                let _ = writeln!(text, "            {}", line.join(", "));
            }
        }
        text.push_str("        \",\n    },\n");
        text
    })
}

/// `122_831`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("_")
}
