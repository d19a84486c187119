use super::*;

fn within(path: &str, prefix: &str) -> bool {
    JudgedPath::new(path.as_bytes()).is_within(prefix)
}

#[test]
fn plain_paths_are_in_their_namespace() {
    for path in [
        "/v1/acme/",
        "/v1/acme/a",
        "/v1/acme/a/",
        "/v1/acme/a.b/..c/d..",
        "/v1/acme/caf%C3%A9/100%25/x;v=1",
        "/v1/acme/a%20b,c=d&e@f:g",
        "/v1/acme/...",
    ] {
        assert!(within(path, "/v1/acme/"), "{path}");
    }
}

#[test]
fn a_namespace_cannot_be_left() {
    for path in [
        "/v1/globex/x",
        "/v1/acme",
        "/V1/acme/x",
        "/v1/ACME/x",
        "/v1/acme/../globex",
        "/v1/acme/./x",
        "/v1/acme/..",
        "/v1/acme/%2e%2e/globex",
        "/v1/acme/%2E./globex",
        "/v1/acme/..%2fglobex",
        "/v1/acme/..%2Fglobex",
        "/v1/acme/x%5c..%5cglobex",
        "/v1/acme/..\\globex",
        "/v1/acme/..;/globex",
        "/v1/acme/..;a=b/globex",
        "/v1/acme/..%3b/globex",
        "/v1/acme/%2e%2e%3bx/globex",
        "/v1/acme//globex",
        "//v1/acme/x",
        "/v1/acme/%252e%252e/globex",
        "/v1/acme/..%252fglobex",
        "/v1/acme/%25252e",
        "/v1/acme/%c0%ae%c0%ae/globex",
        "/v1/acme/%c0%af",
        "/v1/acme/%ef%bc%8e%ef%bc%8e/globex",
        "/v1/acme/x%ef%bc%8fy",
        "/v1/acme/%00",
        "/v1/acme/x%0d%0ay",
        "/v1/acme/..%20/globex",
        "/v1/acme/%zz",
        "/v1/acme/%",
        "/v1/%61cme/x",
        "v1/acme/x",
        "*",
        "",
    ] {
        assert!(!within(path, "/v1/acme/"), "{path}");
    }
    assert!(!JudgedPath::new(b"/v1/acme/\xff").is_within("/v1/acme/"));
}

#[test]
fn prefixes_end_at_segments() {
    assert!(within("/v1/acme", "/v1/acme"));
    assert!(within("/v1/acme/x", "/v1/acme"));
    assert!(!within("/v1/acmecorp", "/v1/acme"));
    assert!(!within("/v1/acme;x/y", "/v1/acme"));
    assert!(within("/anything", "/"));
}

#[test]
fn public_paths_cannot_be_entered_sideways() {
    let exact = PublicPath::parse("/healthz").unwrap();
    let below = PublicPath::parse("/assets/*").unwrap();
    let public = |path: &str| {
        let path = JudgedPath::new(path.as_bytes());
        exact.matches(path) || below.matches(path)
    };
    for path in ["/healthz", "/assets/", "/assets/a.css"] {
        assert!(public(path), "{path}");
    }
    for path in [
        "/healthz/",
        "/healthz;x",
        "/Healthz",
        "/%68ealthz",
        "/assets",
        "/assets/../v1/acme",
        "/assets/%2e%2e/v1/acme",
        "/assets/..%2fv1/acme",
        "/assets/..;/v1/acme",
        "/assets//v1",
        "/assets/..%5cv1",
        "//assets/x",
    ] {
        assert!(!public(path), "{path}");
    }
}

#[test]
fn configured_paths_must_be_plain() {
    for path in ["/", "/v1/acme/", "/v1/a.b;c=d"] {
        assert!(is_plain(path), "{path}");
    }
    for path in ["", "v1", "/a/../b", "/a//b", "/a%20b", "/a?b", "/a#b", "/a b", "/caf\u{e9}", "/a*"] {
        assert!(!is_plain(path), "{path}");
    }
    assert_eq!(PublicPath::parse("*"), None);
    assert!(PublicPath::parse("/*").is_some());
}
