//! Tests of the scanner as a whole.
#![allow(clippy::arithmetic_side_effects)]

use super::*;
use proptest::prelude::*;

fn scanner() -> Scanner {
    let regions: Vec<Region> = Region::supported()
        .map(|code| code.parse().unwrap())
        .collect();
    Scanner::new(KindSet::ALL, &regions, Vec::new())
}

/// Marks what is found: `{U:..}` URL, `{P:..}` phone, `{E:..}` email, `{C:..}` card.
fn marked(text: &str) -> String {
    let mut found = Vec::new();
    scanner().scan(text, &mut found);
    let mut marked = String::new();
    for (at, char) in text.char_indices().chain([(text.len(), '\0')]) {
        for entity in found.iter().rev() {
            if entity.end == at {
                marked.push('}');
            }
        }
        for entity in &found {
            if entity.start == at {
                marked.push('{');
                marked.push(match entity.kind {
                    EntityKind::Url => 'U',
                    EntityKind::Phone => 'P',
                    EntityKind::Email => 'E',
                    EntityKind::CreditCard => 'C',
                    EntityKind::Custom(_) => 'X',
                });
                marked.push(':');
            }
        }
        if char != '\0' {
            marked.push(char);
        }
    }
    marked
}

/// Compares a text with its marked form.
#[track_caller]
fn check(expected: &str) {
    let text = ["{U:", "{P:", "{E:", "{C:", "}"]
        .iter()
        .fold(expected.to_owned(), |text, mark| text.replace(mark, ""));
    assert_eq!(marked(&text), expected);
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
    let mut ends: Vec<usize> = cuts
        .iter()
        .map(|cut| boundary(text, cut % (text.len() + 1)))
        .collect();
    ends.sort_unstable();
    let mut shifted = Vec::new();
    for end in ends {
        buffer.push_str(&text[fed..end]);
        fed = end;
        shifted.clear();
        let settled = scanner.scan_open_from(&buffer, from, &mut shifted);
        assert!(settled >= from && buffer.is_char_boundary(settled));
        assert!(
            buffer.len() - settled <= OPEN_BYTES_MAX,
            "unsettled {}",
            buffer.len() - settled
        );
        for entity in &shifted {
            assert!(entity.start >= from && entity.end <= settled);
            found.push(Entity {
                start: base + entity.start,
                end: base + entity.end,
                ..*entity
            });
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
    let filler = prop::sample::select(vec![
        "a", "1", "1-", "w.", "é", "見", " x", "a\n", "http://", "0 ",
    ]);
    (glued(), filler, 0usize..6000, glued())
        .prop_map(|(head, filler, count, tail)| head + &filler.repeat(count / filler.len()) + &tail)
}

fn with_custom() -> Scanner {
    let ticket = CustomPattern::new("ticket", "TCK-[0-9]{6}").unwrap();
    let word = CustomPattern::new("word", r"\b(?i:jo)\b.?").unwrap();
    let regions = ["US".parse().unwrap(), "DE".parse().unwrap()];
    Scanner::new(KindSet::ALL, &regions, vec![ticket, word])
}

/// Compares a stream cut at `cuts` with the whole text.
fn same_in_pieces(scanner: &Scanner, text: &str, cuts: &[usize]) -> Result<(), TestCaseError> {
    let mut whole = Vec::new();
    scanner.scan(text, &mut whole);
    prop_assert_eq!(stream(scanner, text, cuts), whole);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_finds_what_the_whole_text_holds(
        text in glued(),
        cuts in prop::collection::vec(0usize..400, 0..12),
    ) {
        same_in_pieces(&scanner(), &text, &cuts)?;
        same_in_pieces(&with_custom(), &text, &cuts)?;
    }

    #[test]
    fn a_long_stream_finds_what_the_whole_text_holds(
        text in long(),
        cuts in prop::collection::vec(0usize..8000, 0..12),
    ) {
        same_in_pieces(&scanner(), &text, &cuts)?;
        same_in_pieces(&with_custom(), &text, &cuts)?;
    }

    #[test]
    fn any_text_at_all_can_be_scanned(
        text in "\\PC{0,120}",
        cuts in prop::collection::vec(0usize..400, 0..4),
    ) {
        same_in_pieces(&scanner(), &text, &cuts)?;
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
