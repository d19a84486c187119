//! Throughput of what reads and rewrites text: `cargo bench --bench text`.
//! Prints the best of many rounds a case, in MB of source a second.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
#![allow(clippy::arithmetic_side_effects, reason = "a panic here harms no one")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate::log_line::LogLine;
use tollgate::redact::{Answer, Operator, RedactionCounts, Redactor};
use tollgate::scan::{KindSet, Scanner};
use tollgate::text::{CanonicalText, ContentType, Utf8Validator};

const BODY_BYTES: usize = 8192;
const CASE_TIME: Duration = Duration::from_millis(300);

const PROSE: &str = "The committee met on a rainy afternoon and talked at length about the new reading room, \
    its light, its chairs and the long table that nobody wanted to part with. ";
const DENSE: &str = "ask anna.berg@example.com or 415-555-2671 ";

fn main() {
    decode();
    decode_and_scan();
    rewrite();
}

fn decode() {
    println!("canonical text");
    for (name, content_type, body) in bodies() {
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

fn decode_and_scan() {
    println!("canonical text and all recognizers");
    let scanner = scanner();
    for (name, content_type, body) in bodies() {
        let declared = ContentType::parse([content_type.as_bytes()]);
        let mut text = CanonicalText::new();
        let mut entities = Vec::new();
        measure(name, body.len(), || {
            text.clear();
            entities.clear();
            let _ = black_box(text.add_body(&declared, black_box(body.as_bytes())));
            scanner.scan(text.as_str(), &mut entities);
            black_box(&entities);
        });
    }
}

fn rewrite() {
    println!("splice of entities already found, streams, log lines");
    let scanner = scanner();
    let redactor = Redactor::new(Operator::Replace, KindSet::ALL, []);
    for (name, content_type, body) in bodies() {
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

/// Name, content type, body.
fn bodies() -> Vec<(&'static str, &'static str, String)> {
    let json = "application/json";
    let fill = |unit: &str| unit.repeat(BODY_BYTES / unit.len());
    let array = |unit: &str| format!("[{}0]", fill(unit));
    let escaped: String = PROSE.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let encoded: String = PROSE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    vec![
        ("text: prose", "text/plain", fill(PROSE)),
        ("text: dense", "text/plain", fill(DENSE)),
        ("json: prose", json, array(&format!("{{\"id\":12,\"note\":\"{PROSE}\"}},"))),
        ("json: prose with \\n", json, array(&format!("\"{PROSE}\\n{PROSE}\","))),
        ("json: prose, all beyond ASCII", json, array("\"многого не нужно, чтобы день был хорош\",")),
        ("json: short strings", json, array("{\"a\":\"blue\",\"count\":12,\"tags\":[\"x\",\"yes\"]},")),
        ("json: all escapes", json, array(&format!("\"{escaped}\","))),
        ("json: dense", json, array(&format!("\"{DENSE}\","))),
        ("json: numbers", json, array("1,")),
        ("json: 4-digit numbers", json, array("1234,")),
        ("json: one-letter strings", json, array("\"a\",")),
        ("form: one-letter fields", "application/x-www-form-urlencoded", fill("a&")),
        (
            "multipart: one-letter parts",
            "multipart/form-data; boundary=b",
            fill("--b\r\n\r\na\r\n") + "--b--",
        ),
        (
            "multipart: delimiters inside lines",
            "multipart/form-data; boundary=b",
            "--b\r\n\r\n".to_owned() + &fill("x--b") + "\r\n--b--",
        ),
        ("json: [ without end", json, "[".repeat(60_000)),
        ("json: deep", json, "{\"a\":[".repeat(500) + "1" + &"]}".repeat(500)),
        (
            "form: prose",
            "application/x-www-form-urlencoded",
            fill(&format!("a={}&", PROSE.replace(' ', "+").replace(',', "%2C"))),
        ),
        ("form: all escapes", "application/x-www-form-urlencoded", format!("a={}", fill(&encoded))),
        (
            "multipart: prose",
            "multipart/form-data; boundary=b",
            fill(&format!("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{PROSE}\r\n")) + "--b--",
        ),
    ]
}

fn scanner() -> Scanner {
    let regions: Vec<_> = ["US", "DE", "FR"].iter().filter_map(|code| code.parse().ok()).collect();
    Scanner::new(KindSet::ALL, &regions, Vec::new())
}

fn measure(name: &str, bytes: usize, mut run: impl FnMut()) {
    let end = Instant::now() + CASE_TIME;
    let mut best = Duration::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        for _ in 0..8 {
            run();
        }
        best = best.min(start.elapsed() / 8);
    }
    let seconds = best.as_secs_f64().max(1e-9);
    println!("  {name:<60} {:>9.0} MB/s {:>9.1} µs", bytes as f64 / seconds / 1e6, seconds * 1e6);
}
