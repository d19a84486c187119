use super::*;
use crate::request::Field;

fn everywhere() -> Sources {
    Sources::new(vec![
        Source::Header { name: "x-api-key".into(), scheme: None },
        Source::Header { name: "authorization".into(), scheme: Some("Bearer".into()) },
        Source::Query("api_key".into()),
        Source::Cookie("api_key".into()),
    ])
}

fn fields(fields: &[(&str, &str)]) -> Vec<Field> {
    fields.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

fn find(given: &[(&str, &str)]) -> Result<Digest, Denial> {
    everywhere().find(Head::new(&fields(given)))
}

/// The head after the edits, as a host would apply them.
fn stripped(given: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut head = fields(given);
    let mut edits = Vec::new();
    everywhere().strip(Head::new(&head), &mut edits);
    for edit in edits {
        match edit {
            Edit::Remove(name) => head.retain(|(n, _)| *n != name),
            Edit::Set(name, value) => {
                assert!(
                    head.iter().filter(|(n, _)| *n == name).count() <= 1,
                    "a repeated field is removed first"
                );
                head.retain(|(n, _)| *n != name);
                head.push((name, value));
            }
        }
    }
    head.into_iter().map(|(name, value)| (name, String::from_utf8(value).unwrap())).collect()
}

const GOOD: &[u8] = b"good-key";

#[test]
fn a_key_is_found_in_each_place() {
    for place in [
        ("x-api-key", "good-key"),
        ("x-api-key", "  good-key "),
        ("authorization", "Bearer good-key"),
        ("authorization", "bearer   good-key"),
        ("authorization", "BEARER\tgood-key"),
        ("authorization", "Basic dTpw,Bearer good-key"),
        ("authorization", "Bearer good-key, Digest realm=\"a\""),
        (":path", "/x?api_key=good-key"),
        (":path", "/x?a=b&api_key=good-key&c"),
        (":path", "/x?%61pi%5Fkey=good%2Dkey"),
        (":path", "/x?a=b;api_key=good-key"),
        (":path", "/x?api_key=good-key;a=b"),
        (":path", "/x?api_key=good-key?"),
        ("cookie", "api_key=good-key"),
        ("cookie", "a=b; api_key=good-key;c=d"),
        ("cookie", "api_key=\"good-key\""),
    ] {
        let expected = if place.1.ends_with('?') { Digest::of(b"good-key?") } else { Digest::of(GOOD) };
        assert_eq!(find(&[place]), Ok(expected), "{place:?}");
    }
}

#[test]
fn what_is_no_key_is_missing() {
    for place in [
        ("x-api-key", ""),
        ("x-api-key", " , "),
        ("authorization", "Basic good-key"),
        ("authorization", "Bearer"),
        ("authorization", "Bearergood-key"),
        ("authorization", "good-key"),
        (":path", "/x?API_KEY=good-key"),
        (":path", "/api_key=good-key"),
        (":path", "/x?api_key"),
        ("cookie", "xapi_key=good-key"),
        ("cookie", "api_key"),
        ("x-other", "good-key"),
    ] {
        assert_eq!(find(&[place]), Err(Denial::MissingApiKey), "{place:?}");
    }
}

#[test]
fn the_same_key_twice_is_one_key() {
    assert_eq!(find(&[("x-api-key", "good-key"), ("x-api-key", "good-key")]), Ok(Digest::of(GOOD)));
    assert_eq!(
        find(&[
            ("cookie", "api_key=good-key"),
            ("authorization", "Bearer good-key,Bearer good-key"),
            (":path", "/?api_key=good-key")
        ]),
        Ok(Digest::of(GOOD))
    );
}

#[test]
fn two_keys_are_refused_wherever_they_are() {
    for pair in [
        [("x-api-key", "good-key"), ("x-api-key", "other")],
        [("x-api-key", "good-key, other"), ("a", "")],
        [("x-api-key", "good-key"), ("authorization", "Bearer other")],
        [("authorization", "Bearer good-key,Bearer other"), ("a", "")],
        [(":path", "/?api_key=good-key&api_key=other"), ("a", "")],
        [("cookie", "api_key=good-key"), ("cookie", "api_key=other")],
        [("cookie", "api_key=good-key"), (":path", "/?api_key=good%2Bkey")],
    ] {
        assert_eq!(find(&pair), Err(Denial::AmbiguousApiKey), "{pair:?}");
    }
}

#[test]
fn every_copy_is_taken_away_and_nothing_else() {
    let head = stripped(&[
        (":path", "/v1/x?a=%20b&api_key=k&%61pi_key=k&c;api_key=k;d=1;&e"),
        ("x-api-key", "k"),
        ("x-api-key", "k"),
        ("authorization", "Basic dTpw,Bearer k"),
        ("cookie", "a=b; api_key=k"),
        ("cookie", "c=d"),
        ("x-other", "v"),
    ]);
    let expected = [
        ("x-other", "v"),
        ("authorization", "Basic dTpw"),
        (":path", "/v1/x?a=%20b&c;d=1;&e"),
        ("cookie", "a=b; c=d"),
    ];
    assert_eq!(head, expected.map(|(name, value)| (name.to_string(), value.to_string())));
}

#[test]
fn a_field_that_held_only_the_key_is_gone() {
    let head = stripped(&[(":path", "/x?api_key=k"), ("authorization", "Bearer k"), ("cookie", "api_key=k")]);
    assert_eq!(head, [(":path".to_string(), "/x".to_string())]);
}

#[test]
fn what_holds_no_key_is_not_touched() {
    let given = [(":path", "/x?a=b&&c=%"), ("authorization", "Basic  a , b"), ("cookie", "a=b;c")];
    let untouched: Vec<_> = given.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
    assert_eq!(stripped(&given), untouched);
}
