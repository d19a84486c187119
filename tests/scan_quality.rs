//! How well the scanner finds what people labelled.
//!
//! Reads `tests/data/scan_sample.jsonl`, a sample made by `tools/corpus`, or
//! the file that `SCAN_CORPUS` names. With `SCAN_ERRORS` set, prints what was
//! missed and what was found wrongly; the sample holds no real person's data.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used)]

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use tollgate::scan::{Entity, EntityKind, KindSet, Region, Scanner};

/// One document and what is personal in it.
#[derive(Deserialize)]
struct Document {
    locale: String,
    kind: String,
    text: String,
    spans: Vec<Span>,
}

/// Offsets in Unicode scalar values.
#[derive(Deserialize)]
struct Span {
    r#type: String,
    start: usize,
    end: usize,
}

/// Hits and misses of one kind of entity.
#[derive(Default, Clone, Copy)]
struct Tally {
    hits: u32,
    missed: u32,
    wrong: u32,
}

impl Tally {
    fn precision(self) -> f64 {
        f64::from(self.hits) / f64::from((self.hits + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.hits) / f64::from((self.hits + self.missed).max(1))
    }

    fn f1(self) -> f64 {
        2.0 * f64::from(self.hits) / f64::from((2 * self.hits + self.missed + self.wrong).max(1))
    }
}

fn name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Url => "URL",
        EntityKind::Phone => "PHONE",
        EntityKind::Email => "EMAIL",
        EntityKind::CreditCard => "CREDIT_CARD",
        EntityKind::Custom(_) => "CUSTOM",
    }
}

/// Whether two spans overlap by at least half of the longer one.
fn half(a: (usize, usize), b: (usize, usize)) -> bool {
    let common = a.1.min(b.1).saturating_sub(a.0.max(b.0));
    2 * common >= (a.1 - a.0).max(b.1 - b.0)
}

/// The regions of the documents, as somebody who has them would configure.
fn regions(corpus: &str) -> Vec<Region> {
    let documents = corpus.lines().map(|line| serde_json::from_str::<Document>(line).expect("a document"));
    let codes: BTreeSet<String> =
        documents.filter_map(|document| Some(document.locale.split_once('_')?.1.to_owned())).collect();
    codes.iter().map(|code| code.parse().expect("a supported region")).collect()
}

#[test]
fn labelled_text_is_found_and_clean_text_left_alone() {
    let given = std::env::var("SCAN_CORPUS").ok();
    let path = given
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/scan_sample.jsonl").to_owned());
    let show_errors = std::env::var_os("SCAN_ERRORS").is_some();
    let corpus = std::fs::read_to_string(&path).expect("the corpus");
    let scanner = Scanner::new(KindSet::ALL, &regions(&corpus), Vec::new());

    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let (mut clean, mut touched) = (0u32, 0u32);
    for line in corpus.lines() {
        let document: Document = serde_json::from_str(line).expect("a document");
        let offsets: Vec<usize> =
            document.text.char_indices().map(|(at, _)| at).chain([document.text.len()]).collect();
        let mut found = Vec::new();
        scanner.scan(&document.text, &mut found);
        let mut left: Vec<&Entity> = found.iter().collect();
        for span in &document.spans {
            let bytes = (offsets[span.start], offsets[span.end]);
            let tally = tallies
                .entry(
                    ["URL", "PHONE", "EMAIL", "CREDIT_CARD"]
                        .into_iter()
                        .find(|kind| *kind == span.r#type)
                        .unwrap(),
                )
                .or_default();
            let hit = left.iter().position(|entity| {
                name(entity.kind) == span.r#type && half((entity.start, entity.end), bytes)
            });
            match hit {
                Some(index) => {
                    tally.hits += 1;
                    left.remove(index);
                }
                None => {
                    tally.missed += 1;
                    if show_errors {
                        let from = span.start.saturating_sub(40);
                        let (from, to) = (offsets[from], offsets[(span.end + 15).min(offsets.len() - 1)]);
                        println!(
                            "MISSED {} {} [{}] in {:?}",
                            document.locale,
                            span.r#type,
                            &document.text[bytes.0..bytes.1],
                            &document.text[from..to]
                        );
                    }
                }
            }
        }
        for entity in &left {
            tallies.entry(name(entity.kind)).or_default().wrong += 1;
            if show_errors {
                let at = offsets.partition_point(|offset| *offset < entity.start);
                let end = offsets.partition_point(|offset| *offset < entity.end);
                let (from, to) = (offsets[at.saturating_sub(40)], offsets[(end + 15).min(offsets.len() - 1)]);
                println!(
                    "WRONG {} {} [{}] in {:?}",
                    document.locale,
                    name(entity.kind),
                    &document.text[entity.start..entity.end],
                    &document.text[from..to]
                );
            }
        }
        let personal = |kind: &str| kind != "URL";
        if !document.spans.iter().any(|span| personal(&span.r#type)) {
            clean += 1;
            touched += u32::from(found.iter().any(|entity| personal(name(entity.kind))));
            debug_assert!(!document.kind.is_empty());
        }
    }

    let mut all = Tally::default();
    for (kind, tally) in &tallies {
        println!(
            "{kind:12} precision {:.4} recall {:.4} F1 {:.4}  ({} found, {} missed, {} wrong)",
            tally.precision(),
            tally.recall(),
            tally.f1(),
            tally.hits,
            tally.missed,
            tally.wrong
        );
        if *kind != "URL" {
            all.hits += tally.hits;
            all.missed += tally.missed;
            all.wrong += tally.wrong;
        }
    }
    let touched = f64::from(touched) / f64::from(clean.max(1));
    println!("micro        precision {:.4} recall {:.4} F1 {:.4}", all.precision(), all.recall(), all.f1());
    println!("clean documents touched {:.2} % of {clean}", 100.0 * touched);

    assert!(clean > 50 && all.hits > 200, "the corpus is too small to tell");
    assert!(all.f1() >= 0.97, "micro F1 {:.4}", all.f1());
    for (kind, least) in [("EMAIL", 0.99), ("CREDIT_CARD", 0.98), ("PHONE", 0.93), ("URL", 0.98)] {
        assert!(tallies[kind].f1() >= least, "{kind} F1 {:.4}", tallies[kind].f1());
    }
    assert!(touched <= 0.01, "clean documents touched {touched:.4}");
}
