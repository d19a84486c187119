//! How fast the built module reads bodies: `make bench-wasm`.
//!
//! The same request is played with the body and with one byte in its place, and the difference is what the body costs:
//! it is copied from the host, decoded to canonical text, and looked through by all recognizers. In MB of body a second
//! by the best of many rounds, on wasmtime without metering; in wasm instructions a byte, which wasmtime counts as
//! fuel and which are the same in every run; and beside it the same work by the same code compiled for this machine.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;
use tollgate::inspection::Inspection;
use tollgate::scan::{KindSet, Scanner};
use tollgate::text::ContentType;
use wasm_test::emulated::{Ending, Hosting, Plugin, PluginId, Vm, WasmModule, World};
use wasm_test::fixture::{development, key};
use wasm_test::message::{Request, Response};

const BODY_BYTES: usize = 8192;
const ROUNDS: usize = 400;
const PHONE_REGIONS: [&str; 3] = ["US", "DE", "FR"];

const CLEAN: &str = "json: prose";
const PROSE: &str = "The committee met on a rainy afternoon and talked at length about the new reading room, \
    its light, its chairs and the long table that nobody wanted to part with. ";
const DENSE: &str = "ask anna.berg@example.com or 415-555-2671 ";

fn main() {
    let module = std::fs::read(wasm_test::module::path()).expect("the module can be read");
    let mut fast = Worker::of(&WasmModule::compile_unmetered(&module).expect("the module compiles"));
    let mut metered = Worker::of(&WasmModule::compile(&module).expect("the module compiles"));
    println!("{:44} {:>12} {:>12} {:>8}", "", "wasm MB/s", "native MB/s", "fuel/B");
    let costs: Vec<_> = bodies()
        .iter()
        .map(|body| {
            let bytes = body.text.len() as f64;
            let seconds = fast.cost_of(body).as_secs_f64() / bytes;
            let native = native_cost_of(body).as_secs_f64() / bytes;
            let fuel = metered.fuel_of(body) as f64 / bytes;
            println!("  {:42} {:>12.0} {:>12.0} {fuel:>8.1}", body.name, 1e-6 / seconds, 1e-6 / native);
            (body.name, body.made_to_cost, [seconds, fuel])
        })
        .collect();
    let (_, _, clean) = costs[0];
    for (measure, unit) in ["time", "fuel"].into_iter().enumerate() {
        let times = |(name, _, cost): &(_, bool, [f64; 2])| (cost[measure] / clean[measure], *name);
        let made_to_cost = costs.iter().filter(|(_, made_to_cost, _)| *made_to_cost).map(times);
        if let Some((times, name)) = made_to_cost.max_by(|a, b| a.0.total_cmp(&b.0)) {
            println!("worst input, by {unit}: {times:.1} times the cost a byte of {CLEAN} ({name})");
        }
    }
}

struct Body {
    name: &'static str,
    content_type: &'static str,
    text: String,
    made_to_cost: bool,
}

/// The first is what the others are compared with.
fn bodies() -> Vec<Body> {
    let fill = |unit: &str| unit.repeat(BODY_BYTES / unit.len());
    let array = |unit: &str| format!("[{}0]", fill(unit));
    let [text, json, form] = ["text/plain", "application/json", "application/x-www-form-urlencoded"];
    let multipart = "multipart/form-data; boundary=b";
    let usual = [
        (CLEAN, json, array(&format!("{{\"id\":12,\"note\":\"{PROSE}\"}},"))),
        ("text: prose", text, fill(PROSE)),
        ("form: prose", form, fill(&format!("a={}&", PROSE.replace(' ', "+").replace(',', "%2C")))),
        ("multipart: prose", multipart, fill(&format!("--b\r\n\r\n{PROSE}\r\n")) + "--b--"),
        ("text: dense", text, fill(DENSE)),
        ("json: dense", json, array(&format!("\"{DENSE}\","))),
    ];
    let adversaries = [
        ("text: a. and at last @", text, fill("a.") + "@"),
        ("text: 1-", text, fill("1-")),
        ("text: +", text, fill("+")),
        ("text: http://", text, fill("http://")),
        ("text: @", text, fill("@")),
        ("text: byte order marks", text, fill("\u{feff}")),
        ("json: all escapes", json, array(&format!("\"{}\",", "\\u0061".repeat(40)))),
        ("json: one-letter strings", json, array("\"a\",")),
        ("json: numbers", json, array("1,")),
        ("json: 4-digit numbers", json, array("1234,")),
        ("json: numbers with all a number can have", json, array("-1.2e+3,")),
        ("json: [ without end", json, "[".repeat(60_000)),
        ("json: deep", json, "{\"a\":[".repeat(500) + "1" + &"]}".repeat(500)),
        ("form: one-letter fields", form, fill("a&")),
        ("form: spaces alone", form, fill("+&")),
        ("form: all escapes", form, format!("a={}", fill("%61"))),
        ("multipart: one-letter parts", multipart, fill("--b\r\n\r\na\r\n") + "--b--"),
        (
            "multipart: heads of short lines",
            multipart,
            fill(&format!("--b\r\n{}\r\na\r\n", "a:\r\n".repeat(50))) + "--b--",
        ),
    ];
    let of = |made_to_cost| move |(name, content_type, text)| Body { name, content_type, text, made_to_cost };
    usual.into_iter().map(of(false)).chain(adversaries.into_iter().map(of(true))).collect()
}

struct Worker {
    vm: Vm,
    plugin: PluginId,
}

impl Worker {
    fn of(module: &WasmModule) -> Self {
        let configuration = development()
            .set("/rate_limit", json!({"requests_per_second": 1_000_000, "burst": 10_000_000}))
            .set("/waf/mode", json!("shadow"))
            .set("/input/max_chars", json!(65_536))
            .set("/redaction/phone_regions", json!(PHONE_REGIONS))
            .set("/audit", json!({"records": "off"}));
        let mut vm = Vm::start(&World::new(), module, Hosting::default());
        let plugin = vm.configure(Plugin::new(configuration.json())).expect("the configuration is right");
        Self { vm, plugin }
    }

    fn cost_of(&mut self, body: &Body) -> Duration {
        let [whole, one_byte] = [post(body, &body.text), post(body, "a")];
        let mut best = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            for (request, best) in [&whole, &one_byte].into_iter().zip(&mut best) {
                let start = Instant::now();
                self.play(request);
                *best = start.elapsed().min(*best);
            }
        }
        best[0].saturating_sub(best[1])
    }

    fn fuel_of(&mut self, body: &Body) -> u64 {
        let used = [&body.text, "a"].map(|text| {
            let request = post(body, text);
            // The first may meet a memory that has to grow.
            self.play(&request);
            let before = self.vm.fuel_used();
            self.play(&request);
            self.vm.fuel_used() - before
        });
        used[0].saturating_sub(used[1])
    }

    fn play(&mut self, request: &Request) {
        let ending = self.vm.exchange(self.plugin, request, &Response::new(200)).ending;
        // Some are malformed on purpose: refusing them costs as well.
        let answered = matches!(ending, Ending::Answered(Response { status: 200 | 400, .. }));
        assert!(answered, "{ending:?}");
    }
}

/// HTTP/2 sends it in one piece that ends the request.
fn post(body: &Body, text: &str) -> Request {
    let request = Request::new("POST", "/v1/acme/x").http2().field("x-api-key", key("acme-live"));
    request.field("content-type", body.content_type).body(text)
}

fn native_cost_of(body: &Body) -> Duration {
    let regions = PHONE_REGIONS.map(|code| code.parse().expect("a known region"));
    let scanner = Scanner::new(KindSet::ALL, &regions, Vec::new());
    let declared = ContentType::parse([body.content_type.as_bytes()]);
    let cost = |text: &str| {
        let start = Instant::now();
        let _ = black_box(Inspection::read(&scanner, None, &declared, black_box(text.as_bytes())));
        start.elapsed()
    };
    (0..ROUNDS * 5).map(|_| cost(&body.text)).min().unwrap_or_default()
}
