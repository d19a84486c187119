use proptest::prelude::*;

use super::*;

fn decoded(encoding: PartEncoding, encoded: &str) -> Option<String> {
    encoding.decode(encoded.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

#[test]
fn base64() {
    for (encoded, plain) in
        [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9\r\nvYg==\r\n", "foob"), ("/+8=", "")]
    {
        let ours = PartEncoding::Base64.decode(encoded.as_bytes()).unwrap();
        if !plain.is_empty() {
            assert_eq!(ours, plain.as_bytes(), "{encoded}");
        }
    }
    for bad in
        ["Zg=", "Zg", "Z", "Z===", "====", "Zg==Zg==", "Zh==", "Zm9=", "Z*==", "Zm9v-", "a@b.", "Zm9vZ"]
    {
        assert_eq!(PartEncoding::Base64.decode(bad.as_bytes()), Err(TextError::MalformedBody), "{bad}");
    }
}

#[test]
fn quoted_printable() {
    let decode = |encoded| decoded(PartEncoding::QuotedPrintable, encoded);
    assert_eq!(decode("J=C3=B6rg=3d").as_deref(), Some("Jörg="));
    assert_eq!(decode("a=\r\nb= \t\r\nc=\nd").as_deref(), Some("abcd"));
    for bad in ["=", "=4", "=zz", "a= b"] {
        assert_eq!(decode(bad), None, "{bad}");
    }
}

#[test]
fn names() {
    assert_eq!(PartEncoding::parse(b"Base64"), Ok(PartEncoding::Base64));
    assert_eq!(PartEncoding::parse(b"8BIT"), Ok(PartEncoding::Identity));
    assert_eq!(PartEncoding::parse(b"x-uuencode"), Err(TextError::UnsupportedEncoding));
}

proptest! {
    #[test]
    fn what_is_encoded_decodes(text in "[ -~\t\r\né=😀]{0,200}", in_lines in any::<bool>()) {
        for encoding in [PartEncoding::Identity, PartEncoding::Base64, PartEncoding::QuotedPrintable] {
            let mut encoded = Vec::new();
            encoding.encode(text.as_bytes(), in_lines, &mut encoded);
            prop_assert_eq!(encoding.decode(&encoded).unwrap(), text.as_bytes());
            if encoding == PartEncoding::QuotedPrintable || in_lines && encoding == PartEncoding::Base64 {
                let text = String::from_utf8(encoded).unwrap();
                prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE_CHARS_MAX));
            }
        }
    }
}
