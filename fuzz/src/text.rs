//! Decoders against other decoders, splices against plain replacement, streams
//! against the whole.

use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tollgate::log_line::LogLine;
use tollgate::redact::{Answer, HELD_BYTES_MAX, Operator, RedactionCounts, Redactor};
use tollgate::scan::{CustomPattern, Entity, KindSet, Scanner};
use tollgate::text::{CanonicalText, ContentType, Declared, Format, Origin, PieceKind, TextError};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=b";
const TYPES: [&str; 7] = [
    JSON,
    FORM,
    MULTIPART,
    "text/plain",
    "application/x-ndjson",
    "text/event-stream",
    "text/html; charset=latin1",
];

/// The same texts are JSON to us and to serde_json, and their strings are the
/// same.
pub fn text_json(data: &[u8]) {
    let ours = read(JSON, data);
    if data.is_empty() || data.starts_with("\u{feff}".as_bytes()) {
        return;
    }
    let Ok(text) = std::str::from_utf8(data) else {
        assert!(ours.is_none(), "we accept what is no UTF-8");
        return;
    };
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        assert!(ours.is_none(), "only we accept {text:?}");
    }
    match serde_json::from_str::<Strings>(text) {
        Ok(Strings(theirs)) => {
            let ours = ours.unwrap_or_else(|| panic!("only we refuse {text:?}"));
            let strings = pieces(&ours)
                .filter(|piece| piece.0 != PieceKind::JsonNumber)
                .map(|piece| piece.1);
            assert!(
                strings.eq(theirs
                    .iter()
                    .filter(|text| !text.is_empty())
                    .map(String::as_str)),
                "{text:?}"
            );
        }
        Err(error) if error.to_string().contains("number out of range") => {}
        Err(error) if error.to_string().contains("recursion limit") => {}
        Err(_) => assert!(ours.is_none(), "only we accept {text:?}"),
    }
}

/// Queries are read as browsers read them, declared forms no other way.
pub fn text_form(data: &[u8]) {
    let mut query = CanonicalText::new();
    if query.add_query(data).is_err() {
        return;
    }
    let theirs = form_urlencoded::parse(data).flat_map(|(name, value)| [name, value]);
    let theirs: Vec<_> = theirs.filter(|text| !text.is_empty()).collect();
    assert!(
        pieces(&query)
            .map(|piece| piece.1)
            .eq(theirs.iter().map(|text| text.as_ref()))
    );
    if let Some(form) = read(FORM, data) {
        assert_eq!(form.as_str(), query.as_str());
    }
}

/// Pieces lie in order in the body, and are what stands there.
pub fn text_multipart(data: &[u8]) {
    let Some(text) = read(MULTIPART, data) else {
        return;
    };
    let mut end = 0;
    for piece in text
        .pieces()
        .iter()
        .filter(|piece| piece.origin == Origin::Body)
    {
        assert!(piece.source.start >= end);
        end = piece.source.end;
        let source = &data[piece.source.clone()];
        if piece.kind == PieceKind::Text {
            assert_eq!(source, text.as_str()[piece.text.clone()].as_bytes());
        }
    }
}

/// What was spliced reads as the text did, with the entities replaced.
pub fn splice(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let content_type = TYPES[usize::from(*choice) % TYPES.len()];
    let declared = ContentType::parse([content_type.as_bytes()]);
    let mut text = CanonicalText::new();
    let Ok(format) = text.add_body(&declared, body) else {
        return;
    };
    let (scanner, redactor) = (&*SCANNER, redactor(*choice));
    let mut entities = Vec::new();
    scanner.scan(text.as_str(), &mut entities);
    let mut counts = RedactionCounts::default();
    let Some(spliced) = redactor.splice_body(&text, body, &entities, &mut counts) else {
        assert!(!entities.iter().any(|entity| redactor.redacts(entity.kind)));
        return;
    };
    let mut after = CanonicalText::new();
    let by_looks = matches!(declared.declared, Declared::Text | Declared::EventStream);
    let format_after = match after.add_body(&declared, &spliced) {
        Ok(format) => format,
        // Text may look like something else afterwards: `[PHONE]=9%DE` like a form, though what
        // stood there before the sign did not.
        Err(TextError::UnsupportedCharset | TextError::InvalidUtf8) if by_looks => return,
        Err(error) => panic!("{error} after splicing"),
    };
    let has_header = text
        .pieces()
        .iter()
        .any(|piece| piece.kind == PieceKind::PartHeader);
    if !(by_looks && format != Format::Text) && !has_header && format == format_after {
        assert_eq!(after.as_str(), replaced(&text, &entities, &redactor));
    }
}

/// Every cut of an answer gives what the whole gives, and that is what a splice
/// gives.
pub fn stream(data: &[u8]) {
    let Some(([choice, cuts @ ..], answer)) = data.split_first_chunk::<4>() else {
        return;
    };
    let content_type = TYPES[usize::from(*choice) % TYPES.len()];
    let declared = ContentType::parse([content_type.as_bytes()]);
    let (scanner, redactor) = (&*SCANNER, redactor(*choice));
    let streamed = |sizes: &[usize]| {
        let Answer::Redact(mut redacting) = Answer::of_type(&declared) else {
            unreachable!()
        };
        let (mut out, mut rest) = (Vec::new(), answer);
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at((*size).clamp(1, rest.len().max(1)).min(rest.len()));
            redacting.push(scanner, &redactor, chunk, &mut out);
            assert!(redacting.held_bytes() <= HELD_BYTES_MAX);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        redacting.finish(scanner, &redactor, &mut out);
        assert_eq!(redacting.held_bytes(), 0);
        (out, *redacting.counts())
    };
    let whole = streamed(&[usize::MAX]);
    let cut = streamed(&cuts.map(usize::from));
    assert_eq!(
        String::from_utf8_lossy(&cut.0),
        String::from_utf8_lossy(&whole.0)
    );
    assert!(cut == whole && streamed(&[1]) == whole);
    if whole.1.total() == 0 {
        assert_eq!(whole.0, answer);
    }
    if [JSON, FORM, "application/x-ndjson"].contains(&content_type) {
        let Some(text) = read(content_type, answer) else {
            return;
        };
        let mut entities = Vec::new();
        scanner.scan(text.as_str(), &mut entities);
        let mut counts = RedactionCounts::default();
        let spliced = redactor.splice_body(&text, answer, &entities, &mut counts);
        let spliced = spliced.unwrap_or_else(|| answer.to_vec());
        assert_eq!(
            String::from_utf8_lossy(&whole.0),
            String::from_utf8_lossy(&spliced)
        );
        assert_eq!(whole.1, counts);
    }
}

/// Whatever comes in, what comes out fits, is one line, and shows no address.
pub fn log_line(data: &[u8]) {
    let Some((size, text)) = data.split_first() else {
        return;
    };
    let bytes_max = usize::from(*size) * 2;
    let line = LogLine::new(&SCANNER, text, bytes_max);
    assert!(line.as_str().len() <= bytes_max);
    let harmful = |character: char| {
        character.is_control()
            || "<>&\"'\u{2028}\u{2029}\u{202e}\u{200b}\u{feff}".contains(character)
    };
    assert!(!line.as_str().contains(harmful), "{line}");
    let mut planted = b"zebra.x@example.org ".to_vec();
    planted.extend_from_slice(text);
    if memmem(text, b"zebra") {
        return;
    }
    assert!(
        !LogLine::new(&SCANNER, &planted, bytes_max)
            .as_str()
            .contains("zebra")
    );
}

fn memmem(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fn read(content_type: &str, body: &[u8]) -> Option<CanonicalText> {
    let mut text = CanonicalText::new();
    text.add_body(&ContentType::parse([content_type.as_bytes()]), body)
        .ok()?;
    assert_eq!(
        text.as_str(),
        pieces(&text)
            .map(|piece| piece.1)
            .collect::<Vec<_>>()
            .join("\n")
    );
    Some(text)
}

fn pieces(text: &CanonicalText) -> impl Iterator<Item = (PieceKind, &str)> {
    text.pieces()
        .iter()
        .map(|piece| (piece.kind, &text.as_str()[piece.text.clone()]))
}

fn replaced(text: &CanonicalText, entities: &[Entity], redactor: &Redactor) -> String {
    let mut out = String::new();
    let mut at = 0;
    for entity in entities
        .iter()
        .filter(|entity| redactor.redacts(entity.kind))
    {
        out.push_str(&text.as_str()[at..entity.start]);
        out.push_str(&redactor.replacement(entity.kind, &text.as_str()[entity.start..entity.end]));
        at = entity.end;
    }
    out + &text.as_str()[at..]
}

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let ticket = CustomPattern::new("ticket", "TCK-[0-9]{2,6}").unwrap();
    Scanner::new(
        KindSet::ALL,
        &["US".parse().unwrap(), "DE".parse().unwrap()],
        vec![ticket],
    )
});

fn redactor(choice: u8) -> Redactor {
    let operator = if choice & 0x80 == 0 {
        Operator::Replace
    } else {
        Operator::Mask
    };
    Redactor::new(operator, KindSet::ALL, ["ticket"])
}

/// The strings and member names of a JSON text, in order, doubles included.
struct Strings(Vec<String>);

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringsVisitor)
    }
}

struct StringsVisitor;

impl<'de> Visitor<'de> for StringsVisitor {
    type Value = Strings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Strings, E> {
        Ok(Strings(Vec::new()))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Strings, E> {
        Ok(Strings(Vec::new()))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Strings, E> {
        Ok(Strings(Vec::new()))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Strings, E> {
        Ok(Strings(Vec::new()))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Strings, E> {
        Ok(Strings(Vec::new()))
    }
    fn visit_str<E>(self, text: &str) -> Result<Strings, E> {
        Ok(Strings(vec![text.to_owned()]))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strings, A::Error> {
        let mut all = Vec::new();
        while let Some(Strings(item)) = items.next_element()? {
            all.extend(item);
        }
        Ok(Strings(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strings, A::Error> {
        let mut all = Vec::new();
        while let Some((name, Strings(value))) = members.next_entry::<String, Strings>()? {
            all.push(name);
            all.extend(value);
        }
        Ok(Strings(all))
    }
}
