//! How fast the scanner is: `cargo bench --bench scan [-- NAME...]`.
//!
//! Prints, for each text, the best of many rounds in MB/s and the cost a byte
//! compared with clean prose and with clean JSON prose. The texts: prose
//! without an entity, text full of entities, and what an attacker would send to
//! make scanning slow. With names, only texts whose names contain one of them.

#![allow(clippy::arithmetic_side_effects, reason = "a benchmark may stop where a server may not")]

use std::hint::black_box;
use std::time::{Duration, Instant};
use tollgate::scan::{CustomPattern, KindSet, Region, Scanner};

/// Size of each text in bytes, about.
const TEXT_BYTES: usize = 8 << 10;
/// How long each text is scanned over and over.
const ROUND_TIME: Duration = Duration::from_millis(300);

const PROSE: &str = "The committee met on Tuesday to discuss the draft, and most members agreed that the \
    second chapter still needs work. \"We should not hurry\", said the chair, \"because nobody \
    gains if the text is unclear.\" After the break the group looked at three examples: one from \
    the north, one from the coast and one from the hills. ";
const PROSE_JSON: &str = "{\"title\":\"Notes of the meeting\",\"status\":\"open\",\"tags\":[\"draft\",\"review\"],\"body\":\
    \"Most members agreed that chapter 2 still needs work; 14 of 17 comments were about style.\"},";
const PROSE_CJK: &str = "委員会は火曜日に集まり、草案について話し合いました。多くの委員は、第二章にはまだ手直しが必要だと考えています。";
const DENSE: &str = "jo.doe@example.com wrote on Tuesday that +49 30 1234567 is the number; see \
    https://example.com/a?b=c for it, or 4111 1111 1111 1111 as card, tel 415-555-0132 too. ";

/// Names, and what the texts repeat.
const ADVERSARIAL: &[(&str, &str)] = &[
    // Columns and chains of numbers.
    ("1-", "1-"),
    ("1 ", "1 "),
    ("1,", "1,"),
    ("1.", "1."),
    ("1/", "1/"),
    ("1)", "1)"),
    ("1 -", "1 -"),
    ("12 34 ", "12 34 "),
    ("0 ", "0 "),
    ("+", "+"),
    ("+1", "+1"),
    ("+1 ", "+1 "),
    ("(0", "(0"),
    ("(1)", "(1)"),
    (" (1", " (1"),
    ("9", "9"),
    ("1a", "1a"),
    ("1234 ", "1234 "),
    ("12345678 ", "12345678 "),
    ("1234,", "1234,"),
    ("123456,", "123456,"),
    ("2024-01-31 ", "2024-01-31 "),
    ("12:30 ", "12:30 "),
    ("10.0.0.1 ", "10.0.0.1 "),
    // What is nearly a card or a phone number.
    ("4111 1111 1111 1112 ", "4111 1111 1111 1112 "),
    ("4111 1111 1111 1112, ", "4111 1111 1111 1112, "),
    ("4111111111111112;", "4111111111111112;"),
    ("123-456-7890;", "123-456-7890;"),
    ("12-34-56-78;", "12-34-56-78;"),
    ("1 23 45 67 89,", "1 23 45 67 89,"),
    ("+123;", "+123;"),
    ("+99 1234567;", "+99 1234567;"),
    ("912345678,", "912345678,"),
    ("2345678,", "2345678,"),
    ("a 2345678,", "a 2345678,"),
    ("or 2345678,", "or 2345678,"),
    ("order 12345678,", "order 12345678,"),
    ("id 012345678,", "id 012345678,"),
    ("tel, far off", "tel #1234567 xyz 2345678,"),
    ("2345678,a@a.b,", "2345678,a@a.b,"),
    ("123.4567", "123.4567\n"),
    ("telefo 555-1234 ", "telefo 555-1234 "),
    ("full-width digits", "１２３ "),
    ("full-width number", "１２３－４５６；"),
    ("full-width commas", "，"),
    ("no-break spaces", "1\u{a0}"),
    // Entities back to back.
    ("0123456789;", "0123456789;"),
    ("tel 555-1234 ", "tel 555-1234 "),
    ("+12025550123,", "+12025550123,"),
    ("4111111111111111,", "4111111111111111,"),
    ("a@b.co ", "a@b.co "),
    ("http://a,", "http://a,"),
    ("www.a.bc ", "www.a.bc "),
    // Signs of addresses and links.
    ("@", "@"),
    ("a@", "a@"),
    ("a@a.", "a@a."),
    ("a@a.a ", "a@a.a "),
    ("é@é", "é@é"),
    ("a@b-", "a@b-"),
    ("[", "["),
    ("(", "("),
    ("http://", "http://"),
    ("http://a", "http://a"),
    ("http://a@", "http://a@"),
    ("http://[", "http://["),
    ("ftp://", "ftp://"),
    ("://", "://"),
    (":/", ":/"),
    ("www.", "www."),
    ("ww", "ww"),
    (" www.a", " www.a"),
    ("カードwww.", "カードwww."),
    ("www.電", "www.電"),
    ("www.電, refused", "www.電www.電www.電www.電_ "),
    ("www.a.b ", "www.a.b "),
    ("NUL", "\0"),
];

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
    let regions: Vec<Region> = Region::supported().filter_map(|code| code.parse().ok()).collect();
    let scanner = Scanner::new(KindSet::ALL, &regions, Vec::new());
    println!("all recognizers, all {} phone regions", regions.len());
    let clean = Clean { prose: cost(&scanner, PROSE).0, json: cost(&scanner, PROSE_JSON).0 };
    for (name, piece) in [
        ("clean prose", PROSE),
        ("clean JSON prose", PROSE_JSON),
        ("clean Japanese", PROSE_CJK),
        ("dense, an entity every 40 bytes", DENSE),
    ] {
        clean.report(&scanner, name, piece);
    }
    println!("adversarial");
    let dots = "a.".repeat(4000) + "@";
    let worst = [("a. x4000, @", dots.as_str())]
        .iter()
        .chain(ADVERSARIAL)
        .filter(|(name, _)| wanted(name))
        .map(|(name, piece)| (clean.report(&scanner, name, piece), *name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    println!("with a custom pattern");
    let custom = CustomPattern::new("ticket", "TCK-[0-9]{6}").into_iter().collect();
    clean.report(&Scanner::new(KindSet::ALL, &regions, custom), "clean prose", PROSE);
    if let Some((cost, name)) = worst {
        println!("worst: {:.1} x clean JSON prose, {name:?}", cost / clean.json);
    }
}

/// Seconds a byte of clean text costs.
struct Clean {
    prose: f64,
    json: f64,
}

impl Clean {
    /// Scans a text made of `piece`, prints how fast, and returns the seconds
    /// a byte costs.
    fn report(&self, scanner: &Scanner, name: &str, piece: &str) -> f64 {
        let (cost, entities) = cost(scanner, piece);
        println!(
            "  {name:32} {:8.0} MB/s  {:6.1} x prose  {:6.1} x JSON prose  {entities:5} entities",
            1e-6 / cost,
            cost / self.prose,
            cost / self.json
        );
        cost
    }
}

/// The seconds a byte of a text made of `piece` costs, and the entities in it.
fn cost(scanner: &Scanner, piece: &str) -> (f64, usize) {
    let text = piece.repeat(TEXT_BYTES.div_ceil(piece.len()));
    let mut found = Vec::new();
    let mut best = Duration::MAX;
    let end = now() + ROUND_TIME;
    while now() < end {
        let start = now();
        for _ in 0..8 {
            found.clear();
            scanner.scan(black_box(&text), &mut found);
            black_box(&found);
        }
        best = best.min(start.elapsed() / 8);
    }
    let bytes = u32::try_from(text.len()).map_or(f64::NAN, f64::from);
    (best.as_secs_f64() / bytes, found.len())
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}
