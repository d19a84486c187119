#![allow(clippy::arithmetic_side_effects)]

use super::super::tests::{pieces, read};
use super::*;
use PieceKind::{FormName, FormValue, JsonName, JsonString, PartHeader, Text};

const FORM: &str = "multipart/form-data; boundary=XX";

fn text_of(body: &str) -> Result<String, TextError> {
    read(FORM, body).map(|text| text.as_str().to_owned())
}

/// One part with these header lines and this content.
fn part(headers: &str, content: &str) -> String {
    format!("--XX\r\n{headers}\r\n{content}\r\n--XX--\r\n")
}

#[test]
fn parts_are_read_by_their_own_type() {
    let body = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\nyou\r\n\
        --XX \t\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=\"j\"\r\n\r\n{\"k\":\"\\u0041\"}\r\n\
        --XX\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nx=%40\r\n\
        --XX\r\n\r\nno head\r\n--XX--\r\n";
    let text = read(FORM, body).unwrap();
    let expected = [
        (PartHeader, " form-data; name=\"a\""),
        (Text, "hello\r\nyou"),
        (PartHeader, " form-data; name=\"j\""),
        (JsonName, "k"),
        (JsonString, "A"),
        (FormName, "x"),
        (FormValue, "@"),
        (Text, "no head"),
    ];
    assert_eq!(pieces(&text), expected);
    assert_eq!(text.chars_counted(), 10 + 1 + 1 + 7);
    for piece in text.pieces().iter().filter(|piece| piece.kind == Text) {
        assert_eq!(&body[piece.source.clone()], &text.as_str()[piece.text.clone()]);
    }
}

#[test]
fn transfer_encodings_are_undone() {
    let base64 = part("Content-Transfer-Encoding: BASE64\r\n", "am9A\r\neC5vcmc=");
    assert_eq!(text_of(&base64).unwrap(), "jo@x.org");
    let quoted = part("Content-Transfer-Encoding: quoted-printable\r\n", "J=C3=B6=\r\nrg");
    assert_eq!(text_of(&quoted).unwrap(), "Jörg");
    let folded = part("Content-Transfer-Encoding:\r\n base64\r\n", "am9AeC5vcmc=");
    assert_eq!(text_of(&folded).unwrap(), "jo@x.org");
    let json =
        part("Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n", "WyJcdTAwNDEiXQ==");
    assert_eq!(text_of(&json).unwrap(), "A");
}

#[test]
fn file_names_are_text_and_decoded() {
    let plain = part("Content-Disposition: form-data; name=f; filename=\"jo@x.org.txt\"\r\n", "");
    assert!(text_of(&plain).unwrap().contains("jo@x.org.txt"));
    let encoded = part("Content-Disposition: form-data; filename*=UTF-8''jo%40x.org\r\n", "");
    assert!(text_of(&encoded).unwrap().contains("jo@x.org"));
    let latin = part("Content-Disposition: form-data; filename*=ISO-8859-1''%e9\r\n", "");
    assert!(text_of(&latin).unwrap().contains("%e9"));
}

#[test]
fn multipart_within_multipart() {
    let inner = "--YY\r\n\r\none\r\n--YY\r\n\r\ntwo\r\n--YY--";
    let body = part("Content-Type: multipart/mixed; boundary=YY\r\n", inner);
    assert_eq!(text_of(&body).unwrap(), "one\ntwo");
    let nested = |depth: usize| {
        let mut body = "x".to_owned();
        for level in (0..depth).rev() {
            body = format!(
                "--B{level}\r\nContent-Type: {}\r\n\r\n{body}\r\n--B{level}--",
                match level + 1 {
                    inner if inner == depth => "text/plain".to_owned(),
                    inner => format!("multipart/mixed; boundary=B{inner}"),
                }
            );
        }
        read("multipart/mixed; boundary=B0", body).map(|text| text.as_str().to_owned())
    };
    assert_eq!(nested(MULTIPART_DEPTH_MAX).unwrap(), "x");
    assert_eq!(nested(MULTIPART_DEPTH_MAX + 1), Err(TextError::MalformedBody));
}

#[test]
fn text_around_the_parts_is_read_too() {
    let body = format!("jo@x.org\r\n{}call me", part("", "x"));
    assert_eq!(text_of(&body).unwrap(), "jo@x.org\nx\ncall me");
    assert_eq!(text_of("--XX--").unwrap(), "");
    assert_eq!(text_of("--XX\r\n--XX--").unwrap(), "");
}

#[test]
fn what_two_readers_could_read_in_two_ways_is_refused() {
    let head = |line: &str| part(&format!("{line}\r\n"), "x");
    for bad in [
        "x".to_owned(),
        "--XX\r\n\r\nx".to_owned(),
        "--XX\r\n\r\nx\r\n--XX".to_owned(),
        "--XX\r\n\r\nx\r\n--XX\r\n".to_owned(),
        "--XX\r\n\r\nx\n--XX--".to_owned(),
        "--XX\n\nx\n--XX--".to_owned(),
        "--XX\r\n\r\nx\r\n--XXY\r\n\r\ny\r\n--XX--".to_owned(),
        "--XX\r\n\r\nx\r\n--XX-- y".to_owned(),
        head("no colon"),
        head("A: b\nContent-Transfer-Encoding: base64"),
        head("A: b\rC: d"),
        head(" folded: first"),
        head("Content-Transfer\r\n -Encoding: base64"),
        head("Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit"),
        head("Content-Type: text/plain\r\nContent-Type: application/json"),
        head("Content-Type: application/json"),
        head("Content-Type: multipart/mixed; boundary=YY"),
        head("Content-Type: multipart/mixed; boundary=YY\r\nContent-Transfer-Encoding: base64"),
        head("Content-Transfer-Encoding: base64"),
    ] {
        assert_eq!(text_of(&bad), Err(TextError::MalformedBody), "{bad:?}");
    }
}

#[test]
fn a_delimiter_within_a_line_is_text() {
    assert_eq!(text_of(&part("", "a --XX b")).unwrap(), "a --XX b");
}

#[test]
fn charsets_and_encodings_of_parts() {
    let latin = part("Content-Type: text/plain; charset=iso-8859-1\r\n", "x");
    assert_eq!(text_of(&latin), Err(TextError::UnsupportedCharset));
    let field = |charset| part("Content-Disposition: form-data; name=\"_charset_\"\r\n", charset);
    assert_eq!(text_of(&field("windows-1252")), Err(TextError::UnsupportedCharset));
    assert!(text_of(&field("UTF-8")).is_ok());
    for (disposition, names_charset) in [
        ("form-data; NAME=_Charset_", true),
        ("form-data; n\"am\"e=_charset_", true),
        ("form-data; nname=_charset_", true),
        ("form-data; name=_chars", false),
        ("form-data; name=charset", false),
    ] {
        let part = part(&format!("Content-Disposition: {disposition}\r\n"), "windows-1252");
        assert_eq!(text_of(&part) == Err(TextError::UnsupportedCharset), names_charset, "{disposition}");
    }
    let unknown = part("Content-Transfer-Encoding: x-uuencode\r\n", "x");
    assert_eq!(text_of(&unknown), Err(TextError::UnsupportedEncoding));
    let hidden = part("Content-Transfer-Encoding: quoted-printable\r\n", "=FF");
    assert_eq!(text_of(&hidden), Err(TextError::InvalidUtf8));
    let binary = part("Content-Transfer-Encoding: base64\r\n", "/w==");
    assert_eq!(text_of(&binary), Err(TextError::InvalidUtf8));
}

#[test]
fn parts_are_bounded() {
    let parts =
        |count: usize| text_of(&("--XX\r\n\r\nx\r\n".repeat(count) + "--XX--")).map(|text| text.len());
    assert_eq!(parts(MULTIPART_PARTS_MAX), Ok(2 * MULTIPART_PARTS_MAX - 1));
    assert_eq!(parts(MULTIPART_PARTS_MAX + 1), Err(TextError::MalformedBody));
}
