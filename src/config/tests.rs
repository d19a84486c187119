use super::*;

fn read(text: &str) -> Parsed {
    parse(&|range| text::range_of(text.as_bytes(), range))
}

fn problems(text: &str) -> Vec<String> {
    read(text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_object_reads() {
    let parsed = read("{}");
    assert!(parsed.problems.is_empty());
    assert_eq!(parsed.config.unwrap().environment, Environment::Production);
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = r#"{
        "enviroment": "production",
        "hold_request": "yes",
        "ip_allow": [7, "10.0.0.0/8"],
        "rate_limit": {"requests_per_second": -1, "mode": "shadwo"},
        "tenants": [
            {"id": "acme", "keys": [{"id": 4, "sha265": "s3cret-value"}]},
            "globex",
            {"id": "initech", "namespaces": {}}
        ]
    }"#;
    assert_eq!(
        problems(text),
        [
            "$.enviroment: unknown field; did you mean `environment`? (the fields here are environment, \
             hold_request, require_https, ip_allow, ip_deny, public_paths, api_keys, tenants, rate_limit, \
             waf, input, redaction, identity_headers, audit, admin)",
            "$.hold_request: must be true or false, not a string",
            "$.ip_allow[0]: must be a string, not a number",
            "$.rate_limit.mode: unknown value; did you mean `shadow`? (it must be one of enforce, shadow)",
            "$.rate_limit.requests_per_second: must be a whole number from 0 to 18446744073709551615, \
             not a negative or fractional number",
            "$.tenants[0].keys[0].id: must be a string, not a number",
            "$.tenants[0].keys[0].sha265: unknown field; did you mean `sha256`? (the fields here are id, \
             sha256, env, plaintext, created, not_before, not_after)",
            "$.tenants[1]: must be an object, not a string",
            "$.tenants[2].namespaces: must be a list, not an object",
        ]
    );
}

#[test]
fn what_is_right_survives_what_is_wrong() {
    let parsed = read(r#"{"tenants": ["x", {"id": "acme"}], "waf": 1, "require_https": false}"#);
    let config = parsed.config.unwrap();
    assert_eq!(config.require_https, Some(false));
    assert_eq!(config.tenants.unwrap()[1].id, "acme");
}

#[test]
fn values_are_never_quoted() {
    let text = r#"{"tenants": [{"id": "a", "keys": [{"id": "k", "plaintext": {"s3cret": "s3cret"}}]}],
        "admin": "s3cret", "redaction": {"custom": "s3cret", "mode": 1}}"#;
    let all = problems(text).join("\n");
    assert!(!all.contains("s3cret"), "{all}");
    assert_eq!(all.lines().count(), 4, "{all}");
}

#[test]
fn a_list_is_not_an_object() {
    // serde would take both for structs, their fields in order.
    assert_eq!(problems(r#"["production"]"#), ["$: must be an object, not a list"]);
    assert_eq!(
        problems(
            r#"{"waf": ["shadow"], "tenants": [["acme"], {"id": "b", "keys": [["k"]], "rate_limit": []}]}"#
        ),
        [
            "$.tenants[0]: must be an object, not a list",
            "$.tenants[1].keys[0]: must be an object, not a list",
            "$.tenants[1].rate_limit: must be an object, not a list",
            "$.waf: must be an object, not a list",
        ]
    );
}

#[test]
fn a_field_given_twice_is_refused() {
    let found = problems(r#"{"tenants": [], "tenants": []}"#);
    assert_eq!(found, ["$: the field `tenants` is given twice; keep one"]);
}

#[test]
fn text_that_is_not_json_says_where() {
    assert_eq!(problems("{,}"), ["$: is not JSON: key must be a string at line 1 column 2"]);
    assert!(problems("{} x")[0].starts_with("$: is not JSON: trailing characters at line 1"));
    assert!(problems("").first().unwrap().contains("EOF"));
    assert_eq!(problems("[]").len(), 1);
}

#[test]
fn deep_nesting_is_refused_without_recursing() {
    let deep = format!("{{\"tenants\": {}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!read(&deep).problems.is_empty());
}

/// Keys of every kind keep their places in the list, whether they are settled or not.
#[test]
fn keys_that_are_settled_are_told_from_those_that_are_not() {
    let good = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
    let nothing = crate::secret::Digest::of(b"").to_hex();
    assert_eq!(nothing, crate::secret::Digest::OF_NOTHING.to_hex());
    let keys = [
        format!(r#"{{"id": "a", "sha256": "{good}", "created": "2026-11-01T00:00:00Z"}}"#),
        r#"{"id": "b", "env": "B"}"#.to_owned(),
        format!(r#"{{"id": "c", "sha256": "{nothing}"}}"#),
        format!(r#"{{"id": "d", "sha256": "{good}", "not_after": "soon"}}"#),
        format!(r#"{{"id": "e", "sha256": "{good}"}}"#),
        format!(r#"{{"id": "-f", "sha256": "{good}"}}"#),
        format!(r#"{{"id": "g", "sha256": "{good}", "plaintext": "x"}}"#),
    ];
    let parsed = read(&format!(r#"{{"tenants": [{{"id": "acme", "keys": [{}]}}]}}"#, keys.join(",")));
    let keys = &parsed.config.unwrap().tenants.unwrap()[0].keys;
    assert_eq!(keys.len(), 7);
    assert_eq!(keys.ids().collect::<String>(), "abcde-fg");
    assert_eq!(keys.settled.ids().collect::<String>(), "ae");
    assert_eq!(keys.others.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1, 2, 3, 5, 6]);
}

/// A text is read in pieces, and no letter is lost where they meet.
#[test]
fn a_long_text_is_read_piece_by_piece() {
    let ids: Vec<String> = (0..20_000).map(|n| format!("tenant-{n}")).collect();
    let tenants: Vec<String> = ids.iter().map(|id| format!(r#"{{"id": "{id}"}}"#)).collect();
    let text = format!(r#"{{"tenants": [{}]}}"#, tenants.join(","));
    let longest = std::cell::Cell::new(0);
    let parsed = parse(&|range| {
        longest.set(longest.get().max(range.len()));
        text::range_of(text.as_bytes(), range)
    });
    let read: Vec<String> = parsed.config.unwrap().tenants.unwrap().into_iter().map(|t| t.id).collect();
    assert_eq!(read, ids);
    assert!(longest.get() < text.len() / 5, "{} bytes at once", longest.get());
}

#[test]
fn what_is_no_text_is_named_as_such() {
    let parsed = parse(&|range| text::range_of(b"\x0a\x05\xff", range));
    let problems: Vec<_> = parsed.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["$: is not UTF-8; give the JSON document as a StringValue"]);
}
