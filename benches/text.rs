//! Throughput of what reads and rewrites text: `cargo bench --bench text`.
//! Prints the best of many rounds a case, in MB of source a second, and at the
//! end how much more than clean prose the worst input costs.
//!
//! `cargo bench --bench text -- form one-letter` measures the cases with these
//! words in their names alone.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a panic here harms no one")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate::log_line::LogLine;
use tollgate::redact::{Answer, Operator, RedactionCounts, Redactor};
use tollgate::scan::{KindSet, Scanner};
use tollgate::text::{CanonicalText, ContentType, Utf8Validator};

const BODY_BYTES: usize = 8192;
const CASE_TIME: Duration = Duration::from_millis(200);
/// How often a case's time comes round.
const TURNS: u32 = 10;

const PROSE: &str = "The committee met on a rainy afternoon and talked at length about the new reading room, \
    its light, its chairs and the long table that nobody wanted to part with. ";
const DENSE: &str = "ask anna.berg@example.com or 415-555-2671 ";

fn main() {
    decode();
    let costs = decode_and_scan();
    rewrite();
    tell_worst(&costs);
}

fn decode() {
    println!("canonical text");
    for Body { name, content_type, body, .. } in bodies() {
        let declared = ContentType::parse([content_type.as_bytes()]);
        let mut text = CanonicalText::new();
        measure(name, body.len(), || {
            text.clear();
            // Some are malformed on purpose: refusing them costs as well.
            let _ = black_box(text.add_body(&declared, black_box(body.as_bytes())));
        });
    }
    let body = PROSE.repeat(50);
    measure("utf-8 check in chunks of 1 KiB", body.len(), || {
        let mut validator = Utf8Validator::new();
        let sound = body.as_bytes().chunks(1024).all(|chunk| validator.push(chunk).is_ok());
        black_box(sound && validator.finish().is_ok());
    });
}

/// What each body costs. They take turns, so that a busy machine is busy for all of them.
fn decode_and_scan() -> Vec<(Body, Duration)> {
    println!("canonical text and all recognizers");
    let scanner = scanner();
    let mut costs: Vec<_> =
        bodies().into_iter().filter(|body| wanted(body.name)).map(|body| (body, Duration::MAX)).collect();
    let mut text = CanonicalText::new();
    let mut entities = Vec::new();
    for _ in 0..TURNS {
        for (Body { content_type, body, .. }, best) in &mut costs {
            let declared = ContentType::parse([content_type.as_bytes()]);
            let turn = best_time(CASE_TIME / TURNS, || {
                text.clear();
                entities.clear();
                let _ = black_box(text.add_body(&declared, black_box(body.as_bytes())));
                scanner.scan(text.as_str(), &mut entities);
                black_box(&entities);
            });
            *best = turn.min(*best);
        }
    }
    for (Body { name, body, .. }, best) in &costs {
        print(name, body.len(), *best);
    }
    costs
}

/// The worst input, entities aside, beside clean JSON prose.
fn tell_worst(costs: &[(Body, Duration)]) {
    let a_byte = |(body, best): &(Body, Duration)| best.as_secs_f64() / body.body.len() as f64;
    let clean = costs.iter().find(|(body, _)| body.name == CLEAN).map(a_byte);
    let made_to_cost = costs.iter().filter(|(body, _)| body.sort == Sort::Adversary);
    let worst = made_to_cost.max_by(|a, b| a_byte(a).total_cmp(&a_byte(b)));
    if let (Some(clean), Some(worst)) = (clean, worst) {
        let ratio = a_byte(worst) / clean;
        println!("worst input: {ratio:.1} times the cost a byte of {CLEAN} ({})", worst.0.name);
    }
}

fn rewrite() {
    println!("splice of entities already found, streams, log lines");
    let scanner = scanner();
    let redactor = Redactor::new(Operator::Replace, KindSet::ALL, []);
    for Body { name, content_type, body, .. } in bodies() {
        let declared = ContentType::parse([content_type.as_bytes()]);
        let mut text = CanonicalText::new();
        let mut entities = Vec::new();
        if text.add_body(&declared, body.as_bytes()).is_ok() {
            scanner.scan(text.as_str(), &mut entities);
            measure(&format!("splice: {name}"), body.len(), || {
                let mut counts = RedactionCounts::default();
                black_box(redactor.splice_body(&text, body.as_bytes(), &entities, &mut counts));
            });
        }
        for chunk in [BODY_BYTES, 64] {
            let mut out = Vec::with_capacity(2 * BODY_BYTES);
            measure(&format!("stream in chunks of {chunk}: {name}"), body.len(), || {
                out.clear();
                let Answer::Redact(mut answer) = Answer::of_type(&declared) else {
                    return;
                };
                for chunk in body.as_bytes().chunks(chunk) {
                    answer.push(&scanner, &redactor, chunk, &mut out);
                }
                answer.finish(&scanner, &redactor, &mut out);
                black_box(&out);
            });
        }
    }
    let path = "/v1/acme/items/42?q=reading+room&mail=jo%40example.org&page=2";
    measure("log line of a path", path.len(), || {
        black_box(LogLine::new(&scanner, black_box(path), 512));
    });
}

struct Body {
    name: &'static str,
    content_type: &'static str,
    body: String,
    sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// As people send it.
    Usual,
    /// With an entity every 20 bytes.
    Dense,
    /// Made to cost.
    Adversary,
}

const CLEAN: &str = "json: prose";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=b";

fn bodies() -> Vec<Body> {
    let of = |sort| move |(name, content_type, body)| Body { name, content_type, body, sort };
    let usual = usual_bodies().into_iter().map(of(Sort::Usual));
    let dense = dense_bodies().into_iter().map(of(Sort::Dense));
    let adversaries = json_adversaries().into_iter().chain(form_adversaries()).chain(multipart_adversaries());
    usual.chain(dense).chain(adversaries.map(of(Sort::Adversary))).collect()
}

/// Name, content type, body.
type Case = (&'static str, &'static str, String);

fn usual_bodies() -> Vec<Case> {
    let escaped_form = fill(&format!("a={}&", PROSE.replace(' ', "+").replace(',', "%2C")));
    vec![
        ("text: prose", "text/plain", fill(PROSE)),
        (CLEAN, JSON, array(&format!("{{\"id\":12,\"note\":\"{PROSE}\"}},"))),
        ("json: prose with \\n", JSON, array(&format!("\"{PROSE}\\n{PROSE}\","))),
        ("json: prose, all beyond ASCII", JSON, array("\"многого не нужно, чтобы день был хорош\",")),
        ("json: short strings", JSON, array("{\"a\":\"blue\",\"count\":12,\"tags\":[\"x\",\"yes\"]},")),
        ("form: prose", FORM, escaped_form),
        (
            "multipart: prose",
            MULTIPART,
            parts(&format!("Content-Disposition: form-data; name=\"a\"\r\n\r\n{PROSE}")),
        ),
    ]
}

fn dense_bodies() -> Vec<Case> {
    vec![("text: dense", "text/plain", fill(DENSE)), ("json: dense", JSON, array(&format!("\"{DENSE}\",")))]
}

fn json_adversaries() -> Vec<Case> {
    let escaped: String = PROSE.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    vec![
        ("json: all escapes", JSON, array(&format!("\"{escaped}\","))),
        ("json: numbers", JSON, array("1,")),
        ("json: 4-digit numbers", JSON, array("1234,")),
        ("json: numbers of mixed lengths", JSON, format!("[{}0]", mixed(&["1,", "1234,", "12,", "98765,"]))),
        ("json: numbers with all a number can have", JSON, array("-1.2e+3,")),
        ("json: one-letter strings", JSON, array("\"a\",")),
        (
            "json: short strings of mixed lengths",
            JSON,
            format!("[{}0]", mixed(&["\"\",", "\"a\",", "\"bcd\",", "\"ef\","])),
        ),
        ("json: one-letter strings, two bytes each", JSON, array("\"ж\",")),
        ("json: one-letter strings, escaped", JSON, array("\"\\u0061\",")),
        ("json: surrogates", JSON, array("\"\\ud83d\\ude00\",")),
        ("json: every other letter escaped", JSON, array(&format!("\"{}\",", "a\\n".repeat(50)))),
        ("json: one-letter members", JSON, array("{\"a\":1},")),
        ("json: one-letter members, strings", JSON, array("{\"a\":\"b\"},")),
        ("json: empty members", JSON, array("{\"\":\"\"},")),
        ("json: empty strings", JSON, array("\"\",")),
        ("json: empty containers", JSON, array("[],{},")),
        ("json: literals", JSON, array("true,null,")),
        ("json: white space", JSON, array("\n1 ,\t")),
        ("json: white space alone", JSON, format!("[{}]", " \n".repeat(BODY_BYTES / 2))),
        ("json: [ without end", JSON, "[".repeat(60_000)),
        ("json: deep", JSON, "{\"a\":[".repeat(500) + "1" + &"]}".repeat(500)),
        ("json: deep, again and again", JSON, array(&("[".repeat(500) + &"]".repeat(500) + ","))),
        ("json: one number a line", "application/x-ndjson", fill("1\n")),
        ("json: one 4-digit number a line", "application/x-ndjson", fill("1234\n")),
        ("json: one letter a line", "application/x-ndjson", fill("\"a\"\n")),
        ("json: record separators", "application/json-seq", fill("\u{1e}")),
        ("json: undeclared and wrong at the end", "text/plain", format!("[{}0}}", fill("\"a\","))),
    ]
}

fn form_adversaries() -> Vec<Case> {
    let encoded: String = PROSE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    vec![
        ("form: all escapes", FORM, format!("a={}", fill(&encoded))),
        ("form: one-letter fields", FORM, fill("a&")),
        ("form: one-letter names and values", FORM, fill("a=b&")),
        ("form: fields of mixed lengths", FORM, mixed(&["a&", "&", "bcd&", "ef=g&"])),
        ("form: one-letter fields, two bytes each", FORM, fill("ж&")),
        ("form: one-letter fields, escaped", FORM, fill("%61&")),
        ("form: one-letter fields, escaped, two bytes each", FORM, fill("%D0%B6&")),
        ("form: spaces alone", FORM, fill("+&")),
        ("form: names alone", FORM, fill("a=&")),
        ("form: & alone", FORM, fill("&")),
        ("form: = alone", FORM, fill("=")),
        ("form: 4-digit values", FORM, fill("1234&")),
        ("form: JSON, refused at the end", FORM, format!("[{}0", fill("\"a\","))),
    ]
}

fn multipart_adversaries() -> Vec<Case> {
    let disposition = "Content-Disposition: form-data; name=a";
    vec![
        ("multipart: one-letter parts", MULTIPART, parts("\r\na")),
        (
            "multipart: one-letter parts, base64",
            MULTIPART,
            parts("Content-Transfer-Encoding: base64\r\n\r\nYQ=="),
        ),
        (
            "multipart: one-letter parts, quoted-printable",
            MULTIPART,
            parts("Content-Transfer-Encoding: quoted-printable\r\n\r\n=61"),
        ),
        ("multipart: one-letter parts with names", MULTIPART, parts(&format!("{disposition}\r\n\r\na"))),
        ("multipart: heads of short lines", MULTIPART, parts(&format!("{}\r\na", "a:\r\n".repeat(50)))),
        (
            "multipart: heads of folded lines",
            MULTIPART,
            parts(&format!("a:{}\r\n\r\na", "\r\n b".repeat(50))),
        ),
        (
            "multipart: extended names",
            MULTIPART,
            parts(&format!("{disposition}{}\r\n\r\na", "*=''%61".repeat(20))),
        ),
        ("multipart: JSON parts", MULTIPART, parts("\r\n[1]")),
        ("multipart: no parts", MULTIPART, parts("")),
        ("multipart: parts of types", MULTIPART, parts("Content-Type: a/b; c=d; charset=utf-8\r\n\r\na")),
        (
            "multipart: delimiters inside lines",
            MULTIPART,
            "--b\r\n\r\n".to_owned() + &fill("x--b") + "\r\n--b--",
        ),
        ("text: byte order marks", "text/plain", fill("\u{feff}")),
    ]
}

fn fill(unit: &str) -> String {
    unit.repeat(BODY_BYTES / unit.len())
}

fn array(unit: &str) -> String {
    format!("[{}0]", fill(unit))
}

fn parts(part: &str) -> String {
    fill(&format!("--b\r\n{part}\r\n")) + "--b--"
}

/// The units in an order that no branch predictor learns.
fn mixed(units: &[&str; 4]) -> String {
    let mut body = String::new();
    let mut state: u64 = 1;
    while body.len() < BODY_BYTES {
        // The multiplier is Knuth's; its upper bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        body.push_str(units[(state >> 62) as usize]);
    }
    body
}

fn scanner() -> Scanner {
    let regions: Vec<_> = ["US", "DE", "FR"].iter().filter_map(|code| code.parse().ok()).collect();
    Scanner::new(KindSet::ALL, &regions, Vec::new())
}

fn measure(name: &str, bytes: usize, run: impl FnMut()) {
    if wanted(name) {
        print(name, bytes, best_time(CASE_TIME, run));
    }
}

/// Whether all words given on the command line are in the name.
fn wanted(name: &str) -> bool {
    std::env::args().skip(1).filter(|word| !word.starts_with('-')).all(|word| name.contains(&word))
}

fn best_time(time: Duration, mut run: impl FnMut()) -> Duration {
    let end = Instant::now() + time;
    let mut best = Duration::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        for _ in 0..8 {
            run();
        }
        best = best.min(start.elapsed() / 8);
    }
    best
}

fn print(name: &str, bytes: usize, best: Duration) {
    let seconds = best.as_secs_f64().max(1e-9);
    println!("  {name:<60} {:>9.0} MB/s {:>9.1} µs", bytes as f64 / seconds / 1e6, seconds * 1e6);
}
