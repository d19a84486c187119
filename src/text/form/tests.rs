use super::super::tests::{pieces, read};
use super::*;
use PieceKind::{FormName, FormValue};

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn names_and_values_are_decoded() {
    let text = read(FORM, "full+name=J%C3%B6rg+%2B&&empty=&=x&alone&a=b=c").unwrap();
    let expected = [
        (FormName, "full name"),
        (FormValue, "Jörg +"),
        (FormName, "empty"),
        (FormValue, "x"),
        (FormValue, "alone"),
        (FormName, "a"),
        (FormValue, "b=c"),
    ];
    assert_eq!(pieces(&text), expected);
}

#[test]
fn pieces_know_their_source() {
    let body = "a%20=x&b=%40y&c";
    let text = read(FORM, body).unwrap();
    let sources: Vec<&str> = text.pieces().iter().map(|piece| &body[piece.source.clone()]).collect();
    assert_eq!(sources, ["a%20", "x", "b", "%40y", "c"]);
}

#[test]
fn what_is_no_form_is_refused() {
    for bad in ["a=%", "a=%4", "a=%zz", "%g0=1", r#"{"mail":"jo\u0040x.org"}"#, r#" ["a=b&c"]"#] {
        assert_eq!(read(FORM, bad).map(|_| ()), Err(TextError::MalformedBody), "{bad}");
    }
}

#[test]
fn utf8_is_checked_after_decoding() {
    for bad in ["a=%ff", "a=%C3", "a=%C3&b=%A9", "%ED%A0%80=1", "a=%C0%AF"] {
        assert_eq!(read(FORM, bad).map(|_| ()), Err(TextError::InvalidUtf8), "{bad}");
    }
    assert!(read(FORM, "a=é%C3%A9").is_ok());
}

#[test]
fn looks_encoded_takes_forms_only() {
    for form in ["a=b%20c", "mail=jo%40x.org&n=1", "a%5B%5D=1&a[]=2"] {
        assert!(looks_encoded(form), "{form}");
    }
    for text in ["a=b", "100%25", "a=b %20c", "x = 5%20", "a=%", "https://x.org/?a=%20"] {
        assert!(!looks_encoded(text), "{text}");
    }
}
