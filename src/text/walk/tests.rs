use proptest::prelude::*;

use super::super::tests::read;
use super::*;

/// Every character of every piece leads back to source bytes that decode to it.
fn assert_leads_back(content_type: &str, body: &str, reads_same: impl Fn(&str, &str) -> bool) {
    let text = read(content_type, body).unwrap();
    for piece in text.pieces() {
        let source = &body.as_bytes()[piece.source.clone()];
        let mut walker = Walker::new(piece, source);
        let decoded = &text.as_str()[piece.text.clone()];
        for (at, character) in decoded.char_indices() {
            let from = walker.source_at(at);
            let to = walker.source_at(at.saturating_add(character.len_utf8()));
            let written = core::str::from_utf8(&source[from..to]).unwrap();
            assert!(reads_same(written, character.encode_utf8(&mut [0; 4])), "{written} {character}");
        }
        assert_eq!(walker.source_at(decoded.len()), source.len());
    }
}

#[test]
fn beyond_the_end_is_the_end() {
    let text = read("application/json", r#"["a\u0041"]"#).unwrap();
    let mut walker = Walker::new(&text.pieces()[0], br"a\u0041");
    assert_eq!(walker.source_at(99), 7);
}

proptest! {
    #[test]
    fn json(parts in prop::collection::vec(prop_oneof![
        Just("\\ud83d\\ude00"), Just("\\u00e9"), Just("\\n"), Just("\\\""), Just("é"), Just("plain"), Just("😀"), Just("\\u0040"),
    ], 0..12)) {
        let body = format!("[\"{}\"]", parts.concat());
        assert_leads_back("application/json", &body, |written, read| {
            serde_json::from_str::<String>(&format!("\"{written}\"")).unwrap() == read
        });
    }

    #[test]
    fn form(parts in prop::collection::vec(prop_oneof![
        Just("%C3%A9"), Just("%40"), Just("+"), Just("a"), Just("é"), Just("%25"), Just("plain"),
    ], 0..12)) {
        let body = format!("a={}", parts.concat());
        assert_leads_back("application/x-www-form-urlencoded", &body, |written, read| match written {
            "%C3%A9" => read == "é",
            "%40" => read == "@",
            "%25" => read == "%",
            "+" => read == " ",
            plain => read == plain,
        });
    }
}
