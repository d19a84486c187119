use super::*;

/// The text with what is found replaced by `#`.
fn hidden(text: &str) -> String {
    let mut found = find(text);
    found.sort_by_key(|range| range.start);
    found.dedup();
    let mut out = text.to_owned();
    for range in found.into_iter().rev() {
        out.replace_range(range, "#");
    }
    out
}

#[test]
fn values_with_telling_names() {
    for (text, expected) in [
        ("/v1?api_key=abc&x=1", "/v1?api_key=#&x=1"),
        ("X-Api-Key: abc def", "X-Api-Key: # def"),
        ("{\"password\": \"hunter2\", \"a\": 1}", "{\"password\": \"#\", \"a\": 1}"),
        ("{\\\"password\\\":\\\"hunter2\\\"}", "{\\\"password\\\":\\\"#\\\"}"),
        ("client_secret=s;next", "client_secret=#;next"),
        ("Authorization: Digest username=\"x\"", "Authorization: #\"x\""),
        ("authorization: Bearer abc", "authorization: #"),
        ("token: Bearer abc, ok", "token: #, ok"),
        ("Cookie: a=b; c=d", "Cookie: #"),
        ("key=abc sig=def", "key=# sig=#"),
        ("PWD = abc", "PWD = #"),
        ("ftp://user:pw@host/", "ftp://#@host/"),
    ] {
        assert_eq!(hidden(text), expected);
    }
}

#[test]
fn tokens_by_their_looks() {
    for (text, expected) in [
        ("/v1/tg_0123456789abcdefABCDEF_0a1b2c/x", "/v1/#/x"),
        ("/v1/atg_short", "/v1/atg_short"),
        ("used Bearer abcd1234 today", "used Bearer # today"),
        ("basic dXNlcjpwYXNzd29yZA==", "basic #"),
        ("got eyJhbGciOiJub25lIn0.e30.c2ln!", "got #!"),
    ] {
        assert_eq!(hidden(text), expected);
    }
}

#[test]
fn words_are_not_credentials() {
    for text in [
        "max_tokens=20",
        "monkey=1",
        "tokens: 5",
        "basic needs of people",
        "bearer of news",
        "heyJude.mp3",
        "https://example.com/a:b@c",
        "12:30",
        "password",
        "the key to it",
        "eyJ",
    ] {
        assert_eq!(hidden(text), text);
    }
}
