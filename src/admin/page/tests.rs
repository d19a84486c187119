use super::*;

/// How long the document may be: it stands in the module as it is.
const DOCUMENT_BYTES_MAX: usize = 30 * 1024;

/// What stands between two texts that occur once each.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    assert_eq!((text.matches(start).count(), text.matches(end).count()), (1, 1), "{start} {end}");
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

fn directive<'a>(policy: &'a str, name: &str) -> &'a str {
    let mut directives = policy.split("; ").filter_map(|directive| directive.split_once(' '));
    directives.find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn hashes_are_those_of_what_stands_between_the_tags() {
    let page = document();
    for (name, start, end) in [("style-src", "<style>", "</style>"), ("script-src", "<script>", "</script>")]
    {
        let digest: [u8; 32] = Sha256::digest(between(&page.html, start, end)).into();
        let source = directive(&page.security_policy, name).strip_prefix("'sha256-").unwrap();
        assert_eq!(STANDARD.decode(source.strip_suffix('\'').unwrap()).unwrap(), digest, "{name}");
    }
}

/// FIPS 180-4's one-block example, `abc`, in base64: an independent view of the hash.
#[test]
fn a_hash_source_is_written_as_browsers_expect() {
    assert_eq!(hash_source("abc"), "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
}

#[test]
fn nothing_but_what_the_page_needs_is_allowed() {
    let policy = document().security_policy;
    let names: Vec<_> = policy.split("; ").map(|directive| directive.split(' ').next().unwrap()).collect();
    let known = [
        "default-src",
        "script-src",
        "style-src",
        "connect-src",
        "base-uri",
        "form-action",
        "frame-ancestors",
    ];
    assert_eq!(names, known);
    for name in ["default-src", "base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(directive(&policy, name), "'none'", "{name}");
    }
    assert_eq!(directive(&policy, "connect-src"), "'self'");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn the_document_is_small_and_whole() {
    let html = document().html;
    assert!(html.len() < DOCUMENT_BYTES_MAX, "{} bytes", html.len());
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    assert_eq!((html.matches(STYLE).count(), html.matches(SCRIPT).count()), (1, 1));
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    let html = document().html;
    // The one address is a name, of SVG's elements.
    let html = html.replace("http://www.w3.org/2000/svg", "");
    for part in
        ["http:", "https:", "url(", "@import", " src=", "<link", "<iframe", "<object", "<base", "import("]
    {
        assert!(!html.contains(part), "{part}");
    }
    for line in html.lines() {
        let code = line.split("// ").next().unwrap();
        assert!(!code.contains("//"), "an address without a scheme: {line}");
    }
}

/// What the policy would block, and what would read text as markup.
#[test]
fn no_markup_is_made_from_text_and_no_handler_stands_in_markup() {
    for part in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "DOMParser",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "history.",
        "location",
    ] {
        assert!(!SCRIPT.contains(part), "{part}");
    }
    let handler = regex_lite::Regex::new(r#"(?i)<[^>]*\s(on[a-z]+|style)\s*="#).unwrap();
    assert!(handler.is_match(r#"<p class="a" onclick="b">"#));
    assert_eq!(handler.find(MARKUP).map(|found| found.as_str()), None);
}

/// The key must not end up in an address, however the form is sent.
#[test]
fn no_field_has_a_name_under_which_it_would_be_sent() {
    assert!(MARKUP.contains(r#"type="password" autocomplete="off""#));
    for part in [" name=\"key", "<form action", "<form method"] {
        assert!(!MARKUP.contains(part), "{part}");
    }
    let inputs = MARKUP.split("<input").skip(1).map(|input| input.split('>').next().unwrap());
    assert!(inputs.clone().count() > 0 && inputs.clone().all(|input| !input.contains(" name=")));
}
