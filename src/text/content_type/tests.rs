use super::*;

fn parse(values: &[&str]) -> ContentType {
    ContentType::parse(values.iter().map(|value| value.as_bytes()))
}

#[test]
fn kinds() {
    for (value, declared) in [
        ("application/json", Declared::Json),
        ("Application/JSON ; charset=utf-8", Declared::Json),
        ("application/problem+json", Declared::Json),
        ("application/vnd.api+json;ext=\"https://a/;b,c\"", Declared::Json),
        ("text/json", Declared::Json),
        ("application/x-ndjson", Declared::JsonSequence),
        ("application/jsonl", Declared::JsonSequence),
        ("application/json-seq", Declared::JsonSequence),
        ("application/x-www-form-urlencoded", Declared::Form),
        ("multipart/form-data; boundary=x", Declared::Multipart),
        ("text/event-stream", Declared::EventStream),
        ("text/plain", Declared::Text),
        ("image/svg+xml", Declared::Text),
        ("image/png", Declared::Other),
        ("application/octet-stream", Declared::Other),
        ("json", Declared::Other),
        ("", Declared::Missing),
    ] {
        assert_eq!(parse(&[value]).declared, declared, "{value}");
    }
    assert_eq!(parse(&[]).declared, Declared::Missing);
}

#[test]
fn repeated_values_agree_or_conflict() {
    assert_eq!(parse(&["application/json", "application/json"]).declared, Declared::Json);
    assert_eq!(parse(&["application/json", "text/plain"]).declared, Declared::Conflicting);
    assert_eq!(parse(&["text/plain, application/json"]).declared, Declared::Conflicting);
}

#[test]
fn only_utf8_and_ascii_are_supported() {
    for good in [
        "",
        "; charset=utf-8",
        ";CHARSET=\"UTF-8\"",
        "; charset=US-ASCII",
        "; charset=utf8",
        "; x=\"charset=latin1\"",
    ] {
        assert_eq!(parse(&[&format!("text/plain{good}")]).charset, Charset::Utf8, "{good}");
    }
    for bad in [
        "; charset=iso-8859-1",
        "; charset=\"utf-16\"",
        "; charset=utf-7",
        "; charset=utf-8; charset=utf-16",
        "; charset=",
        "; charset*=utf-8''utf-16",
        ";charset=utf-8, text/plain;charset=latin1",
    ] {
        assert_ne!(parse(&[&format!("text/plain{bad}")]).charset, Charset::Utf8, "{bad}");
    }
    assert_eq!(parse(&["application/json; charset=UTF-16LE"]).charset, Charset::Unreadable);
}

#[test]
fn boundaries() {
    let given = |text: &str| Boundary::Given(text.into());
    for (parameters, boundary) in [
        ("", Boundary::Missing),
        ("; boundary=abc", given("abc")),
        ("; boundary=\"a; b\\\"c\"", given("a; b\"c")),
        ("; boundary=a; boundary=a", given("a")),
        ("; boundary=a; boundary=b", Boundary::Unclear),
        ("; boundary=", Boundary::Unclear),
        ("; boundary*0=a; boundary*1=b", Boundary::Unclear),
    ] {
        assert_eq!(parse(&[&format!("multipart/form-data{parameters}")]).boundary, boundary, "{parameters}");
    }
    let long = "a".repeat(71);
    assert_eq!(parse(&[&format!("multipart/mixed; boundary={long}")]).boundary, Boundary::Unclear);
}
