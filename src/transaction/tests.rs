use super::*;
use crate::fleet::{Desk, Patience};
use crate::policy::Downstream;
use crate::stats::memory::MemoryMeters;
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
            "input": {{"max_body_bytes": 1000, "max_chars": 500}} {more}}}"#
    );
    Policy::load(&text, &|_| None).unwrap()
}

const STRICT: &str = r#", "redaction": {"mode": "strict"}"#;

fn fields(given: &[(&str, &str)]) -> Vec<Field> {
    given.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

/// One request over one store; parts of the body come as the host gives them: all so far.
struct Exchange {
    policy: Policy,
    store: MemoryStore,
    meters: MemoryMeters,
    now: UnixNanos,
    transaction: Transaction,
    edits: Vec<Edit>,
}

impl Exchange {
    fn new(policy: Policy) -> Self {
        let now = UnixNanos::from_seconds(1_800_000_000);
        Self {
            policy,
            store: MemoryStore::default(),
            meters: MemoryMeters::default(),
            now,
            transaction: Transaction::default(),
            edits: vec![],
        }
    }

    fn headers(&mut self, given: &[(&str, &str)], ends: bool) -> Step {
        self.transaction = Transaction::default();
        let fields = fields(&[&[(":method", "POST"), KEY], given].concat());
        let around = Surroundings {
            store: &self.store,
            downstream: &Nowhere,
            meters: &self.meters,
            desk: &Desk::new(0),
            patience: Patience::Waits,
            now: self.now,
        };
        let (edits, step) = self.transaction.request_headers(&self.policy, Head::new(&fields), ends, &around);
        self.edits = edits;
        step
    }

    fn body(&mut self, all: impl AsRef<[u8]>, ends: bool) -> Step {
        let around = Surroundings {
            store: &self.store,
            downstream: &Nowhere,
            meters: &self.meters,
            desk: &Desk::new(0),
            patience: Patience::Waits,
            now: self.now,
        };
        let all = all.as_ref();
        self.transaction.request_body(&self.policy, all.len(), ends, &of(all), &around)
    }

    fn trailers(&mut self, all: impl AsRef<[u8]>) -> Step {
        let around = Surroundings {
            store: &self.store,
            downstream: &Nowhere,
            meters: &self.meters,
            desk: &Desk::new(0),
            patience: Patience::Waits,
            now: self.now,
        };
        self.transaction.request_trailers(&self.policy, &of(all.as_ref()), &around)
    }

    fn post(&mut self, given: &[(&str, &str)], body: &str) -> Step {
        match self.headers(given, false) {
            Step::Hold | Step::Continue => self.body(body, true),
            other => other,
        }
    }

    fn response(&mut self, upstream: &[(&str, &str)]) -> (Vec<Edit>, Option<Reply>) {
        self.transaction.response_headers(&self.policy, &fields(upstream), false)
    }
}

/// Reads as a host does that has these bytes.
fn of(all: &[u8]) -> impl Fn(Range<usize>) -> Vec<u8> {
    |range| all[range.start.min(all.len())..range.end.min(all.len())].to_vec()
}

fn refused(step: &Step, transaction: &Transaction) -> Option<&'static str> {
    assert_eq!(matches!(step, Step::Respond(_)), transaction.refused().is_some());
    transaction.refused().map(Denial::name)
}

fn verdict(more: &str, given: &[(&str, &str)], body: &str) -> Option<&'static str> {
    let mut exchange = Exchange::new(policy(more));
    let step = exchange.post(given, body);
    refused(&step, &exchange.transaction)
}

const KEY: (&str, &str) = ("x-api-key", "key");

#[test]
fn a_request_with_a_body_is_held_until_it_ended() {
    let mut exchange = Exchange::new(policy(""));
    assert_eq!(exchange.headers(&[], false), Step::Hold);
    assert_eq!(exchange.body("a", false), Step::Hold);
    assert_eq!(exchange.body("ab", true), Step::Continue);
}

#[test]
fn a_body_that_cannot_become_utf8_is_refused_before_it_ended() {
    for (content_type, charset) in
        [("text/plain", ""), ("application/json", ""), ("multipart/form-data", "; boundary=b")]
    {
        let mut exchange = Exchange::new(policy(""));
        exchange.headers(&[("content-type", &format!("{content_type}{charset}"))], false);
        assert_eq!(exchange.body(b"a\xf0\x9f", false), Step::Hold, "more may come of it");
        let step = exchange.body(b"a\xf0\x9f(", false);
        assert_eq!(refused(&step, &exchange.transaction), Some("invalid-utf8"), "{content_type}");
        assert_eq!(exchange.body(b"a\xf0\x9f((", true), Step::Continue, "never a second answer");
    }
}

#[test]
fn a_character_may_come_in_pieces() {
    let mut exchange = Exchange::new(policy(""));
    exchange.headers(&[], false);
    let emoji = "a\u{1f600}b".as_bytes();
    for len in 1..emoji.len() {
        assert_eq!(exchange.body(&emoji[..len], false), Step::Hold);
    }
    assert_eq!(exchange.body(emoji, true), Step::Continue);
    exchange.headers(&[], false);
    assert_eq!(exchange.body(&emoji[..3], false), Step::Hold);
    let step = exchange.trailers(&emoji[..3]);
    assert_eq!(refused(&step, &exchange.transaction), Some("invalid-utf8"), "no more will come of it");
}

#[test]
fn of_a_body_that_arrives_only_what_is_new_is_read() {
    use std::cell::RefCell;
    let mut exchange = Exchange::new(policy(""));
    exchange.headers(&[], false);
    let ranges = RefCell::new(Vec::new());
    let reads = |range: Range<usize>| {
        ranges.borrow_mut().push(range.clone());
        vec![b'a'; range.end.min(3) - range.start]
    };
    let around = Surroundings {
        store: &exchange.store,
        downstream: &Nowhere,
        meters: &exchange.meters,
        desk: &Desk::new(0),
        patience: Patience::Waits,
        now: exchange.now,
    };
    let (policy, transaction) = (&exchange.policy, &mut exchange.transaction);
    transaction.request_body(policy, 2, false, &reads, &around);
    transaction.request_body(policy, 3, false, &reads, &around);
    transaction.request_body(policy, 3, true, &reads, &around);
    assert_eq!(ranges.into_inner(), [0..2, 2..3, 0..usize::MAX]);
}

#[test]
fn in_shadow_mode_what_is_not_utf8_passes() {
    let mut exchange = Exchange::new(policy(""));
    exchange.policy = Policy::load(
        r#"{"environment": "development", "tenants": [{"id": "a", "keys": [{"id": "k", "plaintext": "key"}]}],
            "input": {"mode": "shadow"}}"#,
        &|_| None,
    )
    .unwrap();
    exchange.headers(&[], false);
    assert_eq!(exchange.body(b"\xff", false), Step::Hold);
    assert_eq!(exchange.body(b"\xff", true), Step::Continue);
    assert_eq!(exchange.transaction.trail().shadowed, [Denial::InvalidUtf8]);
}

#[test]
fn trailers_end_a_request_too() {
    let mut exchange = Exchange::new(policy(""));
    exchange.headers(&[], false);
    assert_eq!(exchange.body("a", false), Step::Hold);
    assert_eq!(exchange.trailers("a"), Step::Continue);
    exchange.headers(&[], false);
    exchange.body("\u{0}", false);
    let step = exchange.trailers("a".repeat(501));
    assert_eq!(refused(&step, &exchange.transaction), Some("text-too-long"));
}

#[test]
fn a_body_over_the_limit_is_refused_once() {
    let mut exchange = Exchange::new(policy(""));
    exchange.headers(&[], false);
    let step = exchange.body(" ".repeat(1001), false);
    assert_eq!(refused(&step, &exchange.transaction), Some("body-too-large"));
    assert_eq!(exchange.body("", true), Step::Continue, "never a second answer");
    assert!(!exchange.transaction.minds_response(), "nor is our own answer changed");
}

#[test]
fn without_the_hold_the_head_goes_ahead_and_the_body_waits() {
    let mut exchange = Exchange::new(policy(r#", "hold_request": false, "redaction": {"mode": "strict"}"#));
    assert_eq!(exchange.headers(&[("content-length", "14")], false), Step::Continue);
    assert!(exchange.edits.contains(&Edit::Remove("content-length".into())), "it may not be true any more");
    assert_eq!(exchange.body("jo@exam", false), Step::Hold);
    let body = b"[EMAIL]".to_vec();
    assert_eq!(exchange.body("jo@example.org", true), Step::ReplaceBody { body, set_length: false });
}

#[test]
fn a_shadowed_limit_lets_the_body_go() {
    let mut exchange = Exchange::new(policy(""));
    exchange.policy = Policy::load(
        r#"{"environment": "development", "tenants": [{"id": "a", "keys": [{"id": "k", "plaintext": "key"}]}],
            "input": {"mode": "shadow", "max_body_bytes": 10}}"#,
        &|_| None,
    )
    .unwrap();
    exchange.headers(&[], false);
    assert_eq!(exchange.body("12345678901", false), Step::Continue);
    assert_eq!(exchange.body("123456789012", true), Step::Continue);
    assert_eq!(exchange.transaction.trail().shadowed, [Denial::BodyTooLarge]);
}

#[test]
fn what_has_no_end_is_not_held() {
    let mut exchange = Exchange::new(policy(""));
    assert_eq!(exchange.headers(&[("upgrade", "websocket")], false), Step::Continue);
    assert_eq!(exchange.headers(&[], true), Step::Continue);
}

#[test]
fn counts_are_of_query_and_body_together() {
    let urls = |n: usize| "http://a.example ".repeat(n);
    assert_eq!(verdict("", &[], &urls(5)), None);
    assert_eq!(verdict("", &[], &urls(6)), Some("too-many-urls"));
    let query = (":path", "/?u=http%3A%2F%2Fa.example");
    assert_eq!(verdict("", &[query], &urls(4)), None);
    assert_eq!(verdict("", &[query], &urls(5)), Some("too-many-urls"));
    assert_eq!(verdict("", &[], &"+1 202 555 0143, ".repeat(4)), Some("too-many-phones"));
}

#[test]
fn a_query_is_judged_without_a_body_too() {
    let mut exchange = Exchange::new(policy(""));
    let step = exchange.headers(&[(":path", "/?a=%ff")], true);
    assert_eq!(refused(&step, &exchange.transaction), Some("invalid-utf8"));
}

#[test]
fn text_is_refused_for_what_it_is() {
    let json = ("content-type", "application/json");
    assert_eq!(verdict("", &[json], "{"), Some("malformed-body"));
    assert_eq!(verdict("", &[json], r#"{"a": "\u0061"}"#), None);
    assert_eq!(
        verdict("", &[("content-type", "text/plain; charset=utf-16")], "a"),
        Some("unsupported-charset")
    );
    assert_eq!(verdict("", &[], &"\u{1f600}".repeat(250)), None, "characters are counted, not bytes");
    assert_eq!(verdict("", &[], &"a".repeat(501)), Some("text-too-long"));
}

#[test]
fn shadow_counts_and_lets_pass() {
    let mut exchange = Exchange::new(policy(r#", "waf": {"mode": "shadow", "max_urls": 1}"#));
    assert_eq!(exchange.post(&[], "http://a.example http://b.example"), Step::Continue);
    assert_eq!(exchange.transaction.trail().shadowed, [Denial::TooManyUrls]);
}

#[test]
fn ten_refused_texts_block_the_key() {
    let mut exchange = Exchange::new(policy(r#", "waf": {"max_urls": 1}"#));
    let mut last = None;
    for _ in 0..11 {
        let step = exchange.post(&[], "http://a.example http://b.example");
        last = refused(&step, &exchange.transaction);
    }
    assert_eq!(last, Some("blocked"));
}

#[test]
fn strict_mode_rewrites_the_body_and_its_length() {
    let mut exchange = Exchange::new(policy(STRICT));
    let json = r#"{"to": "jo\u0040example.org", "card": 4111111111111111, "n": 1.50}"#;
    let step = exchange.post(&[("content-type", "application/json"), ("content-length", "99")], json);
    let body = br#"{"to": "[EMAIL]", "card": "[CREDIT_CARD]", "n": 1.50}"#.to_vec();
    assert_eq!(step, Step::ReplaceBody { body, set_length: true });
    assert_eq!(exchange.post(&[], "nothing personal"), Step::Continue);
}

#[test]
fn logs_mode_leaves_bodies_alone() {
    assert_eq!(Exchange::new(policy("")).post(&[], "jo@example.org"), Step::Continue);
}

#[test]
fn strict_mode_asks_for_answers_it_can_read() {
    let mut exchange = Exchange::new(policy(STRICT));
    exchange.headers(&[("accept-encoding", "gzip"), ("range", "bytes=0-3")], true);
    assert!(exchange.edits.contains(&set("accept-encoding", "identity")));
    assert!(
        exchange.edits.contains(&Edit::Remove("range".into())),
        "an entity must not be asked for in pieces"
    );
}

#[test]
fn an_answer_is_redacted_however_it_is_cut() {
    let mut exchange = Exchange::new(policy(STRICT));
    exchange.headers(&[], true);
    let (edits, reply) = exchange.response(&[("content-type", "text/plain"), ("content-length", "20")]);
    assert_eq!(reply, None);
    assert!(edits.contains(&Edit::Remove("content-length".into())));
    let ResponseStep::ReplaceAndHold(held) = exchange.transaction.response_body(b"mail jo@exam", false)
    else {
        panic!("an entity may go on")
    };
    let all = [&held[..], b"ple.org now"].concat();
    assert_eq!(
        exchange.transaction.response_body(&all, true),
        ResponseStep::Replace(b"mail [EMAIL] now".to_vec())
    );
}

#[test]
fn trailers_bring_what_was_kept_back() {
    let mut exchange = Exchange::new(policy(STRICT));
    exchange.headers(&[], true);
    exchange.response(&[]);
    let held = exchange.transaction.response_body(b"mail jo@example.org", false);
    let end = exchange.transaction.response_trailers();
    match (held, end) {
        (ResponseStep::ReplaceAndHold(held), ResponseEnd::Append(rest)) => {
            assert_eq!([held, rest].concat(), b"mail [EMAIL]");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn server_sent_events_flow() {
    let mut exchange = Exchange::new(policy(STRICT));
    exchange.headers(&[], true);
    exchange.response(&[("content-type", "text/event-stream")]);
    let step = exchange.transaction.response_body(b"data: hi jo@example.org\n\n", false);
    assert_eq!(step, ResponseStep::Replace(b"data: hi [EMAIL]\n\n".to_vec()));
}

#[test]
fn an_answer_that_cannot_be_read_is_withheld() {
    let encoded = [("content-type", "text/plain"), ("content-encoding", "gzip")];
    let mut exchange = Exchange::new(policy(STRICT));
    exchange.headers(&[], true);
    assert_eq!(exchange.response(&encoded).1.map(|reply| reply.status), Some(502));
    let mut lenient =
        Exchange::new(policy(r#", "redaction": {"mode": "strict", "encoded_response": "pass"}"#));
    lenient.headers(&[], true);
    assert_eq!(lenient.response(&encoded).1, None);
    assert!(!lenient.transaction.minds_response_body());
}

#[test]
fn pictures_pass() {
    let mut exchange = Exchange::new(policy(STRICT));
    exchange.headers(&[], true);
    exchange.response(&[("content-type", "image/png"), ("content-encoding", "gzip")]);
    assert!(!exchange.transaction.minds_response_body());
}

fn answered(upstream: &[(&str, &str)]) -> Vec<Edit> {
    let mut exchange = Exchange::new(policy(""));
    exchange.headers(&[], true);
    assert!(exchange.transaction.minds_response());
    exchange.response(upstream).0
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
fn an_upstream_keeps_its_policy() {
    let edits = answered(&[("ratelimit-policy", "\"up\";q=3;w=60")]);
    assert!(edits.contains(&set("ratelimit-policy", "\"up\";q=3;w=60, \"default\";q=10;w=1")));
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
    let mut exchange = Exchange::new(policy(""));
    assert!(!exchange.transaction.minds_response());
    assert!(exchange.response(&[]).0.is_empty());
    assert_eq!(exchange.trailers(""), Step::Continue);
    assert_eq!(exchange.transaction.response_body(b"a", true), ResponseStep::Continue);
    assert_eq!(exchange.transaction.response_trailers(), ResponseEnd::Whole);
}
