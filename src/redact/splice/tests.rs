use proptest::prelude::*;
use serde_json::Value;

use super::super::Operator;
use super::super::tests::{FORM, JSON, redactor, scanner, spliced};
use crate::redact::RedactionCounts;
use crate::scan::{Entity, EntityKind, KindSet, Scanner};
use crate::text::CanonicalText;

fn replaced(content_type: &str, body: &str) -> String {
    String::from_utf8(spliced(content_type, body.as_bytes(), Operator::Replace).0).unwrap()
}

#[test]
fn json_keeps_all_but_the_entity() {
    let body = r#" { "to" : "Jo \u003cjo\u0040example.org\u003e\n", "n":1.50e+1,
        "card":4111111111111111,"a@example.org":["\ud83d\ude00 4111-1111-1111-1111."], "b":"\/" } "#;
    let expected = r#" { "to" : "Jo \u003c[EMAIL]\u003e\n", "n":1.50e+1,
        "card":"[CREDIT_CARD]","[EMAIL]":["\ud83d\ude00 [CREDIT_CARD]."], "b":"\/" } "#;
    assert_eq!(replaced(JSON, body), expected);
}

#[test]
fn what_holds_no_entity_is_not_written_anew() {
    let (body, counts) = spliced(JSON, br#"{"see":"https://example.com/"}"#, Operator::Replace);
    assert_eq!((body.as_slice(), counts.total()), (&br#"{"see":"https://example.com/"}"#[..], 0));
}

#[test]
fn text_and_urls_around_entities_stay() {
    let text = "Write to jo@example.org, see https://example.com/?to=jo@example.org or TCK-123456!";
    let expected = "Write to [EMAIL], see https://example.com/?to=[EMAIL] or [TICKET]!";
    assert_eq!(replaced("text/plain", text), expected);
}

#[test]
fn forms_are_encoded_again() {
    let form = "mail=jo%40example.org&x=%7e+y&who%40example.org=a&card=4111+1111+1111+1111&lone@example.org";
    let expected = "mail=%5BEMAIL%5D&x=%7e+y&%5BEMAIL%5D=a&card=%5BCREDIT_CARD%5D&%5BEMAIL%5D";
    assert_eq!(replaced(FORM, form), expected);
}

#[test]
fn queries() {
    let query = b"q=jo%40example.org&raw=100%&n=1";
    let mut text = CanonicalText::new();
    text.add_query(query).unwrap();
    text.add_body(&crate::text::ContentType::parse([]), b"b@example.org").unwrap();
    let mut entities = Vec::new();
    scanner().scan(text.as_str(), &mut entities);
    let mut counts = RedactionCounts::default();
    let spliced = redactor(Operator::Replace).splice_query(&text, query, &entities, &mut counts).unwrap();
    assert_eq!(String::from_utf8(spliced).unwrap(), "q=%5BEMAIL%5D&raw=100%&n=1");
    assert_eq!(counts.emails, 1);
}

#[test]
fn multipart_is_written_part_by_part() {
    let body = "--b\r\nContent-Disposition: form-data; name=f; filename=\"jo@example.org.txt\"\r\n\r\nCall jo@example.org\r\n\
        --b\r\nContent-Disposition: form-data; filename*=UTF-8''jo%40example.org\r\nContent-Transfer-Encoding: base64\r\n\r\nam9AZXhhbXBsZS5vcmcgw6k=\r\n\
        --b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nj=\r\no=40example.org =C3=A9\r\n\
        --b\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\neyJhIjoiam9cdTAwNDB4Lm9yZyIsImIiOjF9\r\n\
        --b\r\nContent-Transfer-Encoding: base64\r\n\r\nYm\r\nJi\r\n--b--\r\n";
    let expected = "--b\r\nContent-Disposition: form-data; name=f; filename=\"[EMAIL]\"\r\n\r\nCall [EMAIL]\r\n\
        --b\r\nContent-Disposition: form-data; filename*=UTF-8''%5BEMAIL%5D\r\nContent-Transfer-Encoding: base64\r\n\r\nW0VNQUlMXSDDqQ==\r\n\
        --b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n[EMAIL] =C3=A9\r\n\
        --b\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\neyJhIjoiW0VNQUlMXSIsImIiOjF9\r\n\
        --b\r\nContent-Transfer-Encoding: base64\r\n\r\nYm\r\nJi\r\n--b--\r\n";
    let written = replaced("multipart/form-data; boundary=b", body);
    assert_eq!(written, expected);
}

#[test]
fn masks_are_escaped_where_they_need_it() {
    let quoted = Entity { kind: EntityKind::Custom(0), start: 0, end: 6 };
    let body = br#"["ab\"c\\d"]"#;
    let mut text = CanonicalText::new();
    text.add_body(&crate::text::ContentType::parse([JSON.as_bytes()]), body).unwrap();
    let mut counts = RedactionCounts::default();
    let spliced = redactor(Operator::Mask).splice_body(&text, body, &[quoted], &mut counts).unwrap();
    assert_eq!(String::from_utf8(spliced).unwrap(), r#"["**\"c\\d"]"#);
}

#[test]
fn odd_entities_break_nothing() {
    let body = br#"["jo@x.org",12345]"#;
    let mut text = CanonicalText::new();
    text.add_body(&crate::text::ContentType::parse([JSON.as_bytes()]), body).unwrap();
    let entity = |start, end| Entity { kind: EntityKind::Email, start, end };
    // Across pieces, overlapping, backwards, beyond the end.
    let odd = [entity(2, 11), entity(9, 11), entity(10, 12), entity(13, 12), entity(12, 99)];
    let mut counts = RedactionCounts::default();
    let spliced = redactor(Operator::Replace).splice_body(&text, body, &odd, &mut counts).unwrap();
    assert_eq!(String::from_utf8(spliced).unwrap(), r#"["jo@x.org","[EMAIL]345"]"#);
    assert_eq!(counts.total(), 1);
}

/// Writes a value with escapes wherever `choices` says so.
fn write_with_escapes(value: &Value, choices: &mut impl Iterator<Item = bool>, out: &mut String) {
    let mut string = |text: &str, out: &mut String| {
        out.push('"');
        for character in text.chars() {
            if choices.next().unwrap_or(false) || matches!(character, '"' | '\\' | '\0'..='\u{1f}') {
                character
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            } else {
                out.push(character);
            }
        }
        out.push('"');
    };
    match value {
        Value::String(text) => string(text, out),
        Value::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at > 0 { " ,\n" } else { "" });
                string(name, out);
                out.push_str(": ");
                let mut rest = String::new();
                write_with_escapes(value, &mut core::iter::repeat(false), &mut rest);
                out.push_str(&rest);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// The text with its addresses replaced, by the obvious way.
fn without_addresses(text: &str) -> String {
    let only_addresses = Scanner::new(KindSet::EMPTY.with(EntityKind::Email), &[], Vec::new());
    let mut entities = Vec::new();
    only_addresses.scan(text, &mut entities);
    let mut out = text.to_owned();
    for entity in entities.iter().rev() {
        out.replace_range(entity.start..entity.end, "[EMAIL]");
    }
    out
}

fn text_with_addresses() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("jo@example.org".to_owned()),
        Just(" a.b+c@sub.example.com, ".to_owned()),
        Just("ü@bücher.example ".to_owned()),
        "[ a-z\"\\\\\n😀é.@-]{0,10}",
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn json_is_equal_in_all_but_the_addresses(
        members in prop::collection::vec((text_with_addresses(), text_with_addresses()), 0..5),
        choices in prop::collection::vec(any::<bool>(), 0..200),
    ) {
        let object = |edit: &dyn Fn(&str) -> String| Value::Object(
            members.iter().enumerate()
                .map(|(at, (name, value))| (format!("{at} {}", edit(name)), Value::from(edit(value))))
                .collect(),
        );
        let mut body = String::new();
        write_with_escapes(&object(&|text| text.to_owned()), &mut choices.into_iter(), &mut body);
        let only_addresses = Scanner::new(KindSet::EMPTY.with(EntityKind::Email), &[], Vec::new());
        let mut text = CanonicalText::new();
        text.add_body(&crate::text::ContentType::parse([JSON.as_bytes()]), body.as_bytes()).unwrap();
        let mut entities = Vec::new();
        only_addresses.scan(text.as_str(), &mut entities);
        let mut counts = RedactionCounts::default();
        let spliced = redactor(Operator::Replace).splice_body(&text, body.as_bytes(), &entities, &mut counts);
        let spliced = spliced.unwrap_or_else(|| body.clone().into_bytes());
        let value: Value = serde_json::from_slice(&spliced).unwrap();
        prop_assert_eq!(value, object(&without_addresses));
    }

    #[test]
    fn a_form_is_equal_in_all_but_the_addresses(values in prop::collection::vec(text_with_addresses(), 1..4)) {
        let encode = |text: &str| text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'.' => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02x}"),
        }).collect::<String>();
        let body = values.iter().map(|value| format!("v={}", encode(value))).collect::<Vec<_>>().join("&");
        let (written, _) = spliced(FORM, body.as_bytes(), Operator::Replace);
        let mut text = CanonicalText::new();
        text.add_body(&crate::text::ContentType::parse([FORM.as_bytes()]), &written).unwrap();
        let read: Vec<&str> = text.pieces().iter().map(|piece| &text.as_str()[piece.text.clone()]).filter(|text| *text != "v").collect();
        let expected: Vec<String> = values.iter().map(|value| without_addresses(value)).filter(|value| !value.is_empty()).collect();
        prop_assert_eq!(read, expected);
    }
}
