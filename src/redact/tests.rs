use std::sync::LazyLock;

use super::*;
use crate::scan::{CustomPattern, KindSet, Scanner};
use crate::text::{CanonicalText, ContentType};

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let ticket = CustomPattern::new("ticket", "TCK-[0-9]{6}").unwrap();
    let regions = ["US", "DE"].map(|code| code.parse().unwrap());
    Scanner::new(KindSet::ALL, &regions, vec![ticket])
});

pub(super) fn scanner() -> &'static Scanner {
    &SCANNER
}

pub(super) fn redactor(operator: Operator) -> Redactor {
    Redactor::new(operator, KindSet::ALL, ["ticket"])
}

/// A body after redaction held whole, and what was replaced.
pub(super) fn spliced(content_type: &str, body: &[u8], operator: Operator) -> (Vec<u8>, RedactionCounts) {
    let mut text = CanonicalText::new();
    text.add_body(&ContentType::parse([content_type.as_bytes()]), body).unwrap();
    let mut entities = Vec::new();
    scanner().scan(text.as_str(), &mut entities);
    let mut counts = RedactionCounts::default();
    let changed = redactor(operator).splice_body(&text, body, &entities, &mut counts);
    assert_eq!(changed.is_some(), counts.total() > 0);
    (changed.unwrap_or_else(|| body.to_vec()), counts)
}

/// An answer after redaction, pushed in these chunks.
pub(super) fn streamed(
    content_type: &str,
    chunks: &[&[u8]],
    operator: Operator,
) -> (Vec<u8>, RedactionCounts) {
    let Answer::Redact(mut answer) = Answer::of_type(&ContentType::parse([content_type.as_bytes()])) else {
        panic!("{content_type} is not redacted");
    };
    let (scanner, redactor) = (scanner(), redactor(operator));
    let mut out = Vec::new();
    for chunk in chunks {
        answer.push(scanner, &redactor, chunk, &mut out);
        assert!(answer.held_bytes() <= HELD_BYTES_MAX);
    }
    answer.finish(scanner, &redactor, &mut out);
    assert_eq!(answer.held_bytes(), 0);
    (out, *answer.counts())
}

#[test]
fn counts_add_up() {
    let mut counts = RedactionCounts::default();
    for kind in [
        EntityKind::Email,
        EntityKind::Phone,
        EntityKind::CreditCard,
        EntityKind::Custom(31),
        EntityKind::Url,
    ] {
        counts.add(kind, 1);
    }
    counts.add(EntityKind::Custom(200), 1);
    assert_eq!((counts.emails, counts.custom[31], counts.total()), (1, 1, 4));
}

#[test]
fn text_is_written_so_that_it_reads_as_that_text() {
    let written = |coding: Coding, text| {
        let mut out = Vec::new();
        coding.write(text, &mut out);
        String::from_utf8(out).unwrap()
    };
    let text = "[A] \"é\\\n";
    assert_eq!(written(Coding::Plain, text), text);
    assert_eq!(written(Coding::Json, text), "[A] \\\"é\\\\\\u000a");
    assert_eq!(written(Coding::Form, text), "%5BA%5D+%22%C3%A9%5C%0A");
    assert_eq!(written(Coding::Percent, " *"), "%20*");
}
