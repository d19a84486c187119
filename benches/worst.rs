//! Looks for the text that costs most: `cargo bench --bench worst [-- SECONDS]`.
//!
//! Texts are short units, repeated. Units are put together from digits, signs
//! and words at random; those that cost most are changed at random again and
//! again, and stay if they cost more. Prints the ten worst of each way to send
//! them, with a clean body of JSON prose beside them: what decoding and all
//! recognizers take, in MB/s and in times of clean. Texts with an entity every
//! few bytes are listed apart: each entity has to be reported.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a panic here harms no one")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate::scan::{KindSet, Region, Scanner};
use tollgate::text::{CanonicalText, ContentType};

const BODY_BYTES: usize = 8192;
/// Search time of each way to send, in seconds, unless told otherwise.
const SEARCH_SECONDS: u64 = 4;
/// How many of the worst are changed further, and printed.
const KEPT: usize = 10;
/// Most parts of a unit.
const PARTS_MAX: usize = 10;
/// Looks at a candidate; the least time counts.
const LOOKS: u32 = 6;
/// Looks at those that are printed.
const LAST_LOOKS: u32 = 400;
/// With so many bytes of text to an entity, text is dense.
const DENSE_BYTES: usize = 40;

const CLEAN: &str = "The committee met on a rainy afternoon and talked at length about the new reading room, \
    its light, its chairs and the long table that nobody wanted to part with. ";

/// What units are made of.
const PARTS: &[&str] = &[
    "0",
    "1",
    "2",
    "5",
    "9",
    "12",
    "34",
    "123",
    "555",
    "1234",
    "4111",
    "6789",
    "12345",
    "123456",
    "2345678",
    "12345678",
    "91234567",
    "912345678",
    "0123456789",
    "4155550132",
    "2024",
    "1111",
    "00",
    "+",
    "(",
    ")",
    " ",
    " ",
    "-",
    "-",
    ".",
    "/",
    ",",
    ",",
    ";",
    ":",
    "\n",
    "@",
    "a",
    "B",
    "x",
    "#",
    "_",
    "'",
    "[",
    "w",
    "www.",
    "http://",
    "://",
    "a.",
    "b.co",
    "é",
    "ж",
    "電",
    "１",
    "－",
    "（",
    "，",
    "\u{a0}",
    "tel",
    "call",
    "order",
    "no",
    "or",
    "nr.",
    "id",
    "ext",
    "phone",
    "number",
    "カード",
    "เบอร์",
    "the",
    "nummer",
];

/// The regions of tools/corpus.
const CORE_REGIONS: &str = "US CA GB IE AU NZ IN DE AT CH FR BE NL ES MX IT PT BR PL CZ DK NO SE FI TR RU JP";

fn main() {
    let seconds = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(SEARCH_SECONDS);
    for regions in ["US", CORE_REGIONS] {
        let regions: Vec<Region> = regions.split(' ').filter_map(|code| code.parse().ok()).collect();
        let scanner = Scanner::new(KindSet::ALL, &regions, Vec::new());
        let mut meter = Meter { scanner, text: CanonicalText::new(), entities: Vec::new() };
        let unit = format!("{{\"id\":12,\"note\":\"{CLEAN}\"}},");
        let clean = meter.cost(Way::JsonValues, &unit, LAST_LOOKS).0;
        println!("{} regions; clean JSON prose {:.0} MB/s", regions.len(), 1e-6 / clean);
        for way in [Way::Text, Way::JsonStrings, Way::JsonValues, Way::Form, Way::Query] {
            let mut search = Search { random: 0x9e37_79b9_7f4a_7c15, sparse: Vec::new(), dense: Vec::new() };
            search.run(&mut meter, way, Duration::from_secs(seconds));
            for (units, what) in [(search.sparse, "few entities"), (search.dense, "many entities")] {
                println!("  {way:?}, {what}");
                for (_, parts) in units {
                    let unit = parts.concat();
                    let (cost, entities) = meter.cost(way, &unit, LAST_LOOKS);
                    let times = cost / clean;
                    println!(
                        "    {:6.0} MB/s {times:6.1} x clean {entities:5} entities  {unit:?}",
                        1e-6 / cost
                    );
                }
            }
        }
    }
}

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Text,
    JsonStrings,
    JsonValues,
    Form,
    Query,
}

impl Way {
    fn body(self, unit: &str) -> String {
        let fill = |unit: &str| unit.repeat(BODY_BYTES.div_ceil(unit.len()));
        match self {
            Way::Text => fill(unit),
            Way::JsonStrings => format!("[{}0]", fill(&format!("\"{}\",", unit.escape_debug()))),
            Way::JsonValues => format!("[{}0]", fill(unit)),
            Way::Form | Way::Query => fill(&format!("{unit}&")),
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Way::Text => "text/plain",
            Way::JsonStrings | Way::JsonValues => "application/json",
            Way::Form | Way::Query => "application/x-www-form-urlencoded",
        }
    }
}

struct Meter {
    scanner: Scanner,
    text: CanonicalText,
    entities: Vec<tollgate::scan::Entity>,
}

impl Meter {
    /// Seconds a byte, and how many entities there are; nothing for a body
    /// that is refused.
    fn cost(&mut self, way: Way, unit: &str, looks: u32) -> (f64, usize) {
        let body = way.body(unit);
        let declared = ContentType::parse([way.content_type().as_bytes()]);
        let mut best = Duration::MAX;
        let mut sound = true;
        for _ in 0..looks {
            let start = Instant::now();
            self.text.clear();
            self.entities.clear();
            sound &= match way {
                Way::Query => self.text.add_query(black_box(body.as_bytes())).is_ok(),
                _ => self.text.add_body(&declared, black_box(body.as_bytes())).is_ok(),
            };
            self.scanner.scan(self.text.as_str(), &mut self.entities);
            black_box(&self.entities);
            best = best.min(start.elapsed());
        }
        let cost = if sound { best.as_secs_f64() / body.len() as f64 } else { 0.0 };
        (cost, self.entities.len())
    }
}

type Unit = Vec<&'static str>;

struct Search {
    random: u64,
    /// The worst first.
    sparse: Vec<(f64, Unit)>,
    dense: Vec<(f64, Unit)>,
}

impl Search {
    fn run(&mut self, meter: &mut Meter, way: Way, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            let unit = self.candidate();
            // A number in JSON ends where the next value starts.
            let unit = if way == Way::JsonValues { as_values(unit) } else { unit };
            if unit.concat().is_empty() {
                continue;
            }
            let (cost, entities) = meter.cost(way, &unit.concat(), LOOKS);
            let kept = if entities > BODY_BYTES / DENSE_BYTES { &mut self.dense } else { &mut self.sparse };
            if cost > 0.0 && !kept.iter().any(|(_, known)| known.concat() == unit.concat()) {
                kept.push((cost, unit));
                kept.sort_by(|a, b| b.0.total_cmp(&a.0));
                kept.truncate(KEPT);
            }
        }
    }

    /// A unit of parts at random, or one of the worst with a part or two changed.
    fn candidate(&mut self) -> Unit {
        let kept = if self.below(3) == 0 { &self.dense } else { &self.sparse };
        let count = kept.len();
        if count < KEPT || self.below(3) == 0 {
            let count = 1 + self.below(PARTS_MAX / 2);
            return (0..count).map(|_| PARTS[self.below(PARTS.len())]).collect();
        }
        let index = self.below(count);
        let mut unit = match self.below(3) {
            0 if self.dense.len() == KEPT => self.dense[index].1.clone(),
            _ => self.sparse.get(index).map(|(_, unit)| unit.clone()).unwrap_or_default(),
        };
        for _ in 0..=self.below(2) {
            let part = PARTS[self.below(PARTS.len())];
            let at = self.below(unit.len() + 1);
            match self.below(3) {
                0 if unit.len() < PARTS_MAX => unit.insert(at, part),
                1 if unit.len() > 1 => drop(unit.remove(at.min(unit.len() - 1))),
                _ if at < unit.len() => unit[at] = part,
                _ => unit.push(part),
            }
        }
        unit.truncate(PARTS_MAX);
        unit
    }

    fn below(&mut self, bound: usize) -> usize {
        // The multiplier is Knuth's; its upper bits are the random ones.
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as usize % bound
    }
}

/// The parts that can stand in a number of JSON, as numbers.
fn as_values(unit: Unit) -> Unit {
    let mut values = Vec::new();
    for part in unit {
        match part {
            "-" => values.push("-1.2e+3,"),
            "." => values.push("1.25,"),
            "a" => values.push("\"a\","),
            "[" => values.push("[],"),
            "\n" => values.push("\n"),
            "tel" => values.push("\"tel\","),
            "order" => values.push("\"order\","),
            _ if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.starts_with('0') => {
                values.extend([part, ","]);
            }
            _ => {}
        }
    }
    values
}
