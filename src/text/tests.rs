use super::*;

pub(super) fn read(content_type: &str, body: impl AsRef<[u8]>) -> Result<CanonicalText, TextError> {
    let declared = ContentType::parse([content_type.as_bytes()]);
    let mut text = CanonicalText::new();
    text.add_body(&declared, body.as_ref())?;
    Ok(text)
}

/// What each piece was, with its text.
pub(super) fn pieces(text: &CanonicalText) -> Vec<(PieceKind, &str)> {
    text.pieces().iter().map(|piece| (piece.kind, &text.as_str()[piece.text.clone()])).collect()
}

#[test]
fn a_text_is_itself() {
    let text = read("text/plain; charset=utf-8", "Grüße,\n\"jo\" {").unwrap();
    assert_eq!(text.as_str(), "Grüße,\n\"jo\" {");
    assert_eq!(text.chars_counted(), 13);
}

#[test]
fn query_and_body_are_one_text() {
    let mut text = CanonicalText::new();
    text.add_query(b"q=jo%40example.org&lang=de+AT&raw=100%").unwrap();
    text.add_body(&ContentType::parse([]), b"[\"x\"]").unwrap();
    assert_eq!(text.as_str(), "q\njo@example.org\nlang\nde AT\nraw\n100%\nx");
    assert_eq!(text.chars_counted(), 14 + 5 + 4 + 1);
}

#[test]
fn a_query_that_decodes_to_no_utf8_adds_nothing() {
    let mut text = CanonicalText::new();
    assert_eq!(text.add_query(b"a=ok&b=%ff"), Err(TextError::InvalidUtf8));
    assert_eq!((text.as_str(), text.chars_counted(), text.pieces().len()), ("", 0, 0));
}

#[test]
fn counts_scalar_values_of_decoded_text() {
    assert_eq!(read("text/plain", "😀".repeat(8192)).unwrap().chars_counted(), 8192);
    let escaped = format!("{{\"not counted\":\"{}\",\"n\":123}}", "\\u0041".repeat(8192));
    assert_eq!(read("application/json", escaped).unwrap().chars_counted(), 8192);
    let pairs = format!("[\"{}\"]", "\\ud83d\\ude00".repeat(10));
    assert_eq!(read("application/json", pairs).unwrap().chars_counted(), 10);
    assert_eq!(read("application/x-www-form-urlencoded", "n=%C3%A9%20").unwrap().chars_counted(), 2);
}

#[test]
fn clear_forgets_all() {
    let mut text = read("application/json", "[\"secret\"]").unwrap();
    text.clear();
    assert_eq!((text.as_str(), text.chars_counted(), text.pieces().len()), ("", 0, 0));
}

#[test]
fn debug_shows_no_text() {
    let text = read("application/json", "[\"hunter2\"]").unwrap();
    assert!(!format!("{text:?}").contains("hunter2"));
}

#[test]
fn empty_values_leave_no_piece() {
    let text = read("application/json", r#"{"":"","a":["",null,true]}"#).unwrap();
    assert_eq!(text.as_str(), "a");
}
