//! Tests of the scanner as a whole.
#![allow(clippy::arithmetic_side_effects)]

use super::*;
use proptest::prelude::*;
use std::sync::OnceLock;

/// All kinds, all regions.
pub(super) fn scanner() -> &'static Scanner {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    SCANNER.get_or_init(|| all_regions(Vec::new()))
}

fn all_regions(custom: Vec<CustomPattern>) -> Scanner {
    let regions: Vec<Region> = Region::supported().map(|code| code.parse().unwrap()).collect();
    Scanner::new(KindSet::ALL, &regions, custom)
}

/// Marks what is found: `{U:..}` URL, `{P:..}` phone, `{E:..}` email, `{C:..}`
/// card, `{X:..}` custom.
fn marked(scanner: &Scanner, text: &str) -> String {
    let mut found = Vec::new();
    scanner.scan(text, &mut found);
    let mut marked = String::new();
    for (at, char) in text.char_indices().chain([(text.len(), '\0')]) {
        marked.extend(found.iter().filter(|entity| entity.end == at).map(|_| '}'));
        for entity in found.iter().filter(|entity| entity.start == at) {
            marked.push_str(match entity.kind {
                EntityKind::Url => "{U:",
                EntityKind::Phone => "{P:",
                EntityKind::Email => "{E:",
                EntityKind::CreditCard => "{C:",
                EntityKind::Custom(_) => "{X:",
            });
        }
        if at < text.len() {
            marked.push(char);
        }
    }
    marked
}

/// Scans the text of `expected`, which carries the marks of what is to be
/// found, and compares.
#[track_caller]
pub(super) fn check_with(scanner: &Scanner, expected: &str) {
    let mut text = String::new();
    let mut rest = expected;
    let mut open = 0;
    while let Some(char) = rest.chars().next() {
        let mark = ["{U:", "{P:", "{E:", "{C:", "{X:"].iter().find(|mark| rest.starts_with(**mark));
        if let Some(mark) = mark {
            open += 1;
            rest = &rest[mark.len()..];
            continue;
        }
        rest = &rest[char.len_utf8()..];
        if char == '}' && open > 0 {
            open -= 1;
        } else {
            text.push(char);
        }
    }
    assert_eq!(marked(scanner, &text), expected);
}

/// The same with all kinds and all regions.
#[track_caller]
pub(super) fn check(expected: &str) {
    check_with(scanner(), expected);
}

/// The same with all kinds and some regions.
#[track_caller]
pub(super) fn check_in(regions: &[&str], expected: &str) {
    let regions: Vec<Region> = regions.iter().map(|code| code.parse().unwrap()).collect();
    check_with(&Scanner::new(KindSet::ALL, &regions, Vec::new()), expected);
}

#[test]
fn finds_one_of_each() {
    check(
        "Write to {E:jo.doe+x@example.co.uk}, call {P:+49 30 1234567} or see {U:https://example.com/a_(b)}.",
    );
    check("Card {C:4111 1111 1111 1111}, site {U:www.example.org}!");
}

/// Feeds `text` in pieces that end at `cuts`, as a stream would.
fn stream(scanner: &Scanner, text: &str, cuts: &[usize]) -> Vec<Entity> {
    let mut found = Vec::new();
    let (mut buffer, mut base, mut from) = (String::new(), 0, 0);
    let mut fed = 0;
    let mut ends: Vec<usize> = cuts.iter().map(|cut| boundary(text, cut % (text.len() + 1))).collect();
    ends.sort_unstable();
    let mut shifted = Vec::new();
    for end in ends {
        buffer.push_str(&text[fed..end]);
        fed = end;
        shifted.clear();
        let settled = scanner.scan_open_from(&buffer, from, &mut shifted);
        assert!(settled >= from && buffer.is_char_boundary(settled));
        assert!(buffer.len() - settled <= OPEN_BYTES_MAX, "unsettled {}", buffer.len() - settled);
        for entity in &shifted {
            assert!(entity.start >= from && entity.end <= settled);
            found.push(Entity { start: base + entity.start, end: base + entity.end, ..*entity });
        }
        let mut keep = settled.saturating_sub(LEFT_CONTEXT_BYTES);
        while !buffer.is_char_boundary(keep) {
            keep -= 1;
        }
        buffer.drain(..keep);
        base += keep;
        from = settled - keep;
    }
    buffer.push_str(&text[fed..]);
    shifted.clear();
    scanner.scan_from(&buffer, from, &mut shifted);
    found.extend(shifted.iter().map(|entity| Entity {
        start: base + entity.start,
        end: base + entity.end,
        ..*entity
    }));
    found
}

/// Pieces that entities are made of, glued at random: far more likely to meet
/// a boundary than random characters are.
fn glued() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "http://",
        "HTTPS://",
        "ftp:/",
        "www.",
        "ww",
        "w",
        "example",
        ".com",
        ".",
        "..",
        "/",
        "?a=",
        "#",
        ":80",
        ":",
        "@",
        "jo",
        "+",
        "-",
        "(",
        ")",
        " ",
        "  ",
        "\n",
        "1",
        "0",
        "00",
        "49",
        "030",
        "555",
        "1234",
        "123-4567",
        "4111",
        "1111",
        "4111111111111111",
        "+49 30 ",
        "(0)",
        "x12",
        " ext. 5",
        ",",
        ";",
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        "::1",
        "é",
        "見",
        "，",
        "１",
        "２３",
        "＋",
        "（",
        "😀",
        "tel ",
        "order ",
        "2024-01-01",
        "12:30",
        "1.2.3",
        "_",
        "~",
        "|",
        "<",
        "&",
        "%",
        "TCK-123456",
        "\u{301}",
        "\u{feff}",
        "a",
        "xn--",
        "Tel: ",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

/// Longer texts, so that the bounds on context, words and lines are met.
fn long() -> impl Strategy<Value = String> {
    let filler = prop::sample::select(vec!["a", "1", "1-", "w.", "é", "見", " x", "a\n", "http://", "0 "]);
    (glued(), filler, 0usize..6000, glued())
        .prop_map(|(head, filler, count, tail)| head + &filler.repeat(count / filler.len()) + &tail)
}

fn with_custom() -> &'static Scanner {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    SCANNER.get_or_init(|| {
        let ticket = CustomPattern::new("ticket", "TCK-[0-9]{6}").unwrap();
        let word = CustomPattern::new("word", r"\b(?i:jo)\b.?").unwrap();
        all_regions(vec![ticket, word])
    })
}

/// Compares a stream cut at `cuts` with the whole text.
fn same_in_pieces(scanner: &Scanner, text: &str, cuts: &[usize]) -> Result<(), TestCaseError> {
    let mut whole = Vec::new();
    scanner.scan(text, &mut whole);
    prop_assert_eq!(stream(scanner, text, cuts), whole);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_finds_what_the_whole_text_holds(
        text in glued(),
        cuts in prop::collection::vec(0usize..400, 0..12),
    ) {
        same_in_pieces(scanner(), &text, &cuts)?;
        same_in_pieces(with_custom(), &text, &cuts)?;
    }

    #[test]
    fn a_long_stream_finds_what_the_whole_text_holds(
        text in long(),
        cuts in prop::collection::vec(0usize..8000, 0..12),
    ) {
        same_in_pieces(scanner(), &text, &cuts)?;
        same_in_pieces(with_custom(), &text, &cuts)?;
    }

    #[test]
    fn any_text_at_all_can_be_scanned(
        text in "\\PC{0,120}",
        cuts in prop::collection::vec(0usize..400, 0..4),
    ) {
        same_in_pieces(scanner(), &text, &cuts)?;
    }

    #[test]
    fn spans_are_in_order_on_boundaries_and_apart(text in glued()) {
        let mut found = Vec::new();
        scanner().scan(&text, &mut found);
        let (mut start, mut url_end, mut end) = (0, 0, 0);
        for entity in found {
            prop_assert!(entity.start < entity.end && entity.end <= text.len());
            prop_assert!(text.is_char_boundary(entity.start) && text.is_char_boundary(entity.end));
            prop_assert!(entity.start >= start && entity.end - entity.start <= ENTITY_BYTES_MAX);
            start = entity.start;
            let last = if entity.kind == EntityKind::Url { &mut url_end } else { &mut end };
            prop_assert!(entity.start >= *last);
            *last = entity.end;
        }
    }
}

#[test]
fn kinds_that_are_not_asked_for_are_not_reported() {
    let text = "see http://example.com/?to=jo@example.com, call +49 30 1234567, pay 4111 1111 1111 1111";
    for kind in [EntityKind::Url, EntityKind::Phone, EntityKind::Email, EntityKind::CreditCard] {
        let kinds = KindSet::EMPTY.with(kind);
        assert!(kinds.contains(kind) && KindSet::ALL.contains(kind));
        let mut found = Vec::new();
        Scanner::new(kinds, &[], Vec::new()).scan(text, &mut found);
        let found: Vec<EntityKind> = found.iter().map(|entity| entity.kind).collect();
        assert_eq!(found, [kind]);
    }
    let mut found = Vec::new();
    Scanner::new(KindSet::EMPTY, &[], Vec::new()).scan(text, &mut found);
    assert_eq!(found, []);
}

#[test]
fn personal_data_inside_a_url_is_found_too() {
    check("{U:https://example.com/?to={E:jo@example.com}&tel={P:+49301234567}&c={C:4111111111111111}}");
    check("{U:https://example.com/orders/4155550132/020-1234567}");
    check("{U:https://user:secret@example.com/}");
}

#[test]
fn a_url_longer_than_an_entity_ends_there() {
    let text = format!("http://example.com/{}", "é".repeat(ENTITY_BYTES_MAX));
    let mut found = Vec::new();
    scanner().scan(&text, &mut found);
    assert_eq!(found.len(), 1);
    let length = found[0].end - found[0].start;
    assert!((ENTITY_BYTES_MAX - 2..=ENTITY_BYTES_MAX).contains(&length));
}

#[test]
fn open_text_is_settled_up_to_what_may_still_become_an_entity() {
    for (text, settled) in [
        ("no entity begins here, so all but a few bytes is settled", 46),
        ("write to jo.doe+news", 9),
        ("write to jo.doe@example.co", 9),
        ("see https://example.com/pa", 4),
        ("call (415) 55", 5),
        ("call +49 30", 0),
    ] {
        let mut found = Vec::new();
        assert_eq!(scanner().scan_open(text, &mut found), settled, "{text}");
        assert_eq!(found, [], "{text}");
    }
}
