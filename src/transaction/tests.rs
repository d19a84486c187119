use super::*;
use crate::policy::Downstream;
use crate::store::memory::MemoryStore;
use crate::time::UnixNanos;

struct Nowhere;

impl Downstream for Nowhere {
    fn source_address(&self) -> Option<Vec<u8>> {
        None
    }

    fn is_tls(&self) -> bool {
        true
    }
}

fn policy(more: &str) -> Policy {
    let text = format!(
        r#"{{"environment": "development", "tenants": [{{"id": "acme", "keys": [{{"id": "k", "plaintext": "key",
            "created": "2026-01-01T00:00:00Z", "not_after": "2030-01-01T00:00:00Z"}}]}}],
            "input": {{"max_body_bytes": 10 {more}}}}}"#
    );
    Policy::load(&text, &|_| None).unwrap()
}

fn fields(given: &[(&str, &str)]) -> Vec<Field> {
    given.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

fn begin(policy: &Policy, given: &[(&str, &str)], ends: bool) -> (Transaction, Step) {
    let mut transaction = Transaction::default();
    let fields = fields(&[&[(":method", "POST"), (":path", "/")], given].concat());
    let store = MemoryStore::default();
    let now = UnixNanos::from_seconds(1_800_000_000);
    let around = Surroundings { store: &store, downstream: &Nowhere, now };
    let (_, step) = transaction.request_headers(policy, Head::new(&fields), ends, &around);
    (transaction, step)
}

const KEY: (&str, &str) = ("x-api-key", "key");

fn status(step: &Step) -> u16 {
    match step {
        Step::Respond(reply) => reply.status,
        _ => 0,
    }
}

#[test]
fn a_request_with_a_body_is_held_until_it_ended() {
    let policy = policy("");
    let (mut transaction, step) = begin(&policy, &[KEY], false);
    assert_eq!(step, Step::Hold);
    assert_eq!(transaction.request_body(&policy, 5, false), Step::Hold);
    assert_eq!(transaction.request_body(&policy, 10, true), Step::Continue);
}

#[test]
fn trailers_end_a_request_too() {
    let policy = policy("");
    let (mut transaction, _) = begin(&policy, &[KEY], false);
    assert_eq!(transaction.request_body(&policy, 5, false), Step::Hold);
    assert_eq!(transaction.request_trailers(), Step::Continue);
}

#[test]
fn a_body_over_the_limit_is_refused_once() {
    let policy = policy("");
    let (mut transaction, _) = begin(&policy, &[KEY], false);
    assert_eq!(status(&transaction.request_body(&policy, 11, false)), 413);
    assert_eq!(transaction.request_body(&policy, 12, true), Step::Continue, "never a second answer");
    assert!(!transaction.minds_response(), "nor is our own answer changed");
}

#[test]
fn without_the_hold_parts_are_added_up() {
    let text = r#"{"environment": "development", "hold_request": false, "input": {"max_body_bytes": 10},
        "tenants": [{"id": "acme", "keys": [{"id": "k", "plaintext": "key"}]}]}"#;
    let policy = Policy::load(text, &|_| None).unwrap();
    let (mut transaction, step) = begin(&policy, &[KEY], false);
    assert_eq!(step, Step::Continue);
    assert_eq!(transaction.request_body(&policy, 6, false), Step::Continue);
    assert_eq!(status(&transaction.request_body(&policy, 6, true)), 413);
}

#[test]
fn a_shadowed_limit_lets_the_body_go() {
    let policy = policy(r#", "mode": "shadow""#);
    let (mut transaction, _) = begin(&policy, &[KEY], false);
    assert_eq!(transaction.request_body(&policy, 11, false), Step::Continue);
    assert_eq!(transaction.request_body(&policy, 999, true), Step::Continue);
    assert_eq!(transaction.take_shadowed(), [Denial::BodyTooLarge]);
}

#[test]
fn what_has_no_end_is_not_held() {
    let (_, step) = begin(&policy(""), &[KEY, ("upgrade", "websocket")], false);
    assert_eq!(step, Step::Continue);
    let (_, step) = begin(&policy(""), &[KEY], true);
    assert_eq!(step, Step::Continue);
}

fn answered(upstream: &[(&str, &str)]) -> Vec<Edit> {
    let policy = policy("");
    let (mut transaction, _) = begin(&policy, &[KEY], true);
    assert!(transaction.minds_response());
    transaction.response_headers(&fields(upstream))
}

fn set(name: &str, value: &str) -> Edit {
    Edit::Set(name.into(), value.into())
}

#[test]
fn an_answer_tells_what_is_left_and_that_the_key_is_old() {
    assert_eq!(
        answered(&[]),
        [
            set("ratelimit-policy", "\"default\";q=10;w=1"),
            set("ratelimit", "\"default\";r=19;t=1"),
            set("deprecation", "@1775001600"),
            set("sunset", "Tue, 01 Jan 2030 00:00:00 GMT"),
        ]
    );
}

#[test]
fn an_upstream_is_never_made_more_generous() {
    let limits = |upstream: &[(&str, &str)]| {
        answered(upstream).into_iter().filter(|e| matches!(e, Edit::Set(n, _) if n == "ratelimit")).count()
    };
    assert_eq!(limits(&[("ratelimit", "\"up\";r=3;t=9")]), 0);
    assert_eq!(limits(&[("ratelimit", "\"up\";r=19")]), 0);
    assert_eq!(limits(&[("ratelimit", "\"up\";r=500;t=9")]), 1);
    assert_eq!(limits(&[("ratelimit", "\"up\";r=500"), ("ratelimit", "\"b\";r=2")]), 0);
    assert_eq!(limits(&[("ratelimit", "nonsense")]), 1, "what is malformed must be ignored");
}

#[test]
fn an_upstream_that_says_it_ends_is_left_alone() {
    let names: Vec<_> = answered(&[("sunset", "x"), ("deprecation", "y")])
        .into_iter()
        .map(|e| match e {
            Edit::Set(name, _) | Edit::Remove(name) => name,
        })
        .collect();
    assert_eq!(names, ["ratelimit-policy", "ratelimit"]);
}

#[test]
fn a_response_without_a_request_is_nobodys() {
    let mut transaction = Transaction::default();
    assert!(!transaction.minds_response());
    assert!(transaction.response_headers(&[]).is_empty());
    assert_eq!(transaction.request_trailers(), Step::Continue);
}
