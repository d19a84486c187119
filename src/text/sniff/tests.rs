use super::super::tests::read;
use super::*;
use crate::text::CanonicalText;

fn format(content_types: &[&str], body: impl AsRef<[u8]>) -> Result<(Format, String), TextError> {
    let declared = ContentType::parse(content_types.iter().map(|value| value.as_bytes()));
    let mut text = CanonicalText::new();
    let format = text.add_body(&declared, body.as_ref())?;
    Ok((format, text.as_str().to_owned()))
}

fn read_as(content_types: &[&str], body: &str) -> Format {
    format(content_types, body).unwrap().0
}

const SILENT: [&[&str]; 6] = [
    &[],
    &["text/plain"],
    &["application/octet-stream"],
    &["nonsense"],
    &["application/json", "text/plain"],
    &["text/html; charset=utf-8"],
];

#[test]
fn silent_types_are_read_as_what_the_bytes_are() {
    for types in SILENT {
        let json = format(types, r#"{"mail":"jo\u0040example.org"}"#).unwrap();
        assert_eq!(json, (Format::Json, "mail\njo@example.org".to_owned()), "{types:?}");
        assert_eq!(read_as(types, "{\"a\":1}\n{\"b\":2}\n"), Format::Json, "{types:?}");
        assert_eq!(read_as(types, "\u{feff}[1]"), Format::Json, "{types:?}");
        assert_eq!(read_as(types, "mail=jo%40example.org&x=1"), Format::Form, "{types:?}");
        let multipart = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--\r\n";
        assert_eq!(read_as(types, multipart), Format::Multipart, "{types:?}");
        for text in
            ["", "hello", "12", "true", "{\"a\":1", "[1] see above", "a=b", "100%20", "\"quoted\" he said"]
        {
            let expected = if text.is_empty() { Format::Empty } else { Format::Text };
            assert_eq!(read_as(types, text), expected, "{types:?} {text}");
        }
    }
}

#[test]
fn declared_structure_is_there_or_refused() {
    for (declared, body) in [
        ("application/json", "hello"),
        ("application/json", "{\"a\":1}\n{\"b\":2}"),
        ("application/vnd.x+json", "a=b"),
        ("application/x-ndjson", "{\"a\":1}\noops"),
        ("application/x-www-form-urlencoded", "a=%zz"),
        ("multipart/form-data; boundary=b", "hello"),
        ("multipart/form-data", "--b\r\n\r\nx\r\n--b--"),
    ] {
        assert_eq!(read(declared, body).map(|_| ()), Err(TextError::MalformedBody), "{declared} {body}");
    }
}

#[test]
fn an_empty_body_is_fine_whatever_it_is_called() {
    for declared in ["application/json", "multipart/form-data", "text/plain"] {
        assert_eq!(read_as(&[declared], ""), Format::Empty);
    }
}

#[test]
fn charsets() {
    for bad in ["text/plain; charset=iso-8859-1", "application/json; charset=utf-16"] {
        assert_eq!(format(&[bad], "x"), Err(TextError::UnsupportedCharset));
    }
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for types in SILENT {
        assert_eq!(format(types, wide("{\"a\":\"jo@x.org\"}")), Err(TextError::UnsupportedCharset));
        assert_eq!(format(types, b"\0\0\0{\0\0\0}"), Err(TextError::UnsupportedCharset));
        // Zeros alone are characters like others.
        assert_eq!(format(types, "\0").unwrap().0, Format::Text);
        assert_eq!(format(types, "a\0b\u{1}").unwrap().0, Format::Text);
        assert_eq!(format(types, "\0\0\0\0").unwrap().0, Format::Text);
        assert_eq!(format(types, "\0\0\0[TICKET]").unwrap().0, Format::Text);
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for types in SILENT {
        assert_eq!(format(types, b"\x89PNG\r\n\x1a\n"), Err(TextError::InvalidUtf8));
    }
    assert_eq!(format(&["application/json"], b"\"\xed\xa0\x80\""), Err(TextError::InvalidUtf8));
}

#[test]
fn a_boundary_among_several_types_is_tried() {
    let body = "--q\r\nContent-Transfer-Encoding: base64\r\n\r\nam9AeC5vcmc=\r\n--q--";
    let (format, text) = format(&["text/plain", "multipart/form-data; boundary=q"], body).unwrap();
    assert_eq!((format, text.as_str()), (Format::Multipart, "jo@x.org"));
}
