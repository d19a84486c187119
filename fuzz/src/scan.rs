//! The scanner: entities in order, apart, on boundaries, and the same however the text is cut.

use std::sync::LazyLock;

use tollgate::scan::{
    CustomPattern, Entity, EntityKind, KindSet, LEFT_CONTEXT_BYTES, OPEN_BYTES_MAX, Region, Scanner,
};

static BUILT_IN: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(KindSet::ALL, &regions(), Vec::new()));
static WITH_CUSTOM: LazyLock<Scanner> = LazyLock::new(|| {
    let ticket = CustomPattern::new("ticket", "TCK-[0-9]{3,6}").expect("the pattern is right");
    Scanner::new(KindSet::ALL, &regions(), vec![ticket])
});

fn regions() -> Vec<Region> {
    Region::supported().filter_map(|code| code.parse().ok()).collect()
}

/// The first byte says how long the pieces are, the rest is the text.
pub fn scan(data: &[u8]) {
    let Some((step, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    for scanner in [&*BUILT_IN, &*WITH_CUSTOM] {
        let mut whole = Vec::new();
        scanner.scan(&text, &mut whole);
        check(&text, &whole);
        assert_eq!(in_pieces(scanner, &text, usize::from(*step).max(1)), whole);
    }
}

fn check(text: &str, entities: &[Entity]) {
    assert!(entities.is_sorted_by_key(|entity| entity.start));
    let mut personal_end = 0;
    for entity in entities {
        assert!(text.get(entity.start..entity.end).is_some_and(|found| !found.is_empty()));
        if entity.kind != EntityKind::Url {
            assert!(entity.start >= personal_end, "personal entities do not overlap");
            personal_end = entity.end;
        }
    }
}

fn in_pieces(scanner: &Scanner, text: &str, step: usize) -> Vec<Entity> {
    let mut found = Vec::new();
    let (mut buffer, mut base, mut from) = (String::new(), 0, 0);
    let mut part = Vec::new();
    for c in text.chars() {
        buffer.push(c);
        if !(base + buffer.len()).is_multiple_of(step) {
            continue;
        }
        part.clear();
        let settled = scanner.scan_open_from(&buffer, from, &mut part);
        assert!(settled >= from && buffer.len() - settled <= OPEN_BYTES_MAX);
        found.extend(part.iter().map(|e| Entity { start: base + e.start, end: base + e.end, ..*e }));
        let keep = (0..=settled.saturating_sub(LEFT_CONTEXT_BYTES)).rev().find(|at| buffer.is_char_boundary(*at));
        let keep = keep.unwrap_or(0);
        buffer.drain(..keep);
        base += keep;
        from = settled - keep;
    }
    part.clear();
    scanner.scan_from(&buffer, from, &mut part);
    found.extend(part.iter().map(|e| Entity { start: base + e.start, end: base + e.end, ..*e }));
    found
}
