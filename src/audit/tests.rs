#![allow(clippy::arithmetic_side_effects)]

use serde_json::Value;

use super::*;
use crate::fleet::{Desk, Patience};
use crate::policy::Downstream;
use crate::request::Field;
use crate::stats::memory::MemoryMeters;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::time::{NANOS_PER_SECOND, UnixNanos};

const START: UnixNanos = UnixNanos::from_seconds(1_800_000_000);
const HOUR: u64 = 3_600 * NANOS_PER_SECOND;

fn everything() -> Query<'static> {
    Query { tenant: None, since: None, limit: ANSWER_RECORDS_MAX }
}

fn filled(ring: Ring, records: u64) -> MemoryStore {
    let store = MemoryStore::default();
    let claim = Claim::default();
    for number in 0..records {
        let tenant = if number % 2 == 0 { "acme" } else { "globex" };
        ring.append(&store, &claim, Some(tenant), &format!("line {number}"), START.plus(number));
    }
    store
}

#[test]
fn the_oldest_record_gives_way_to_the_newest() {
    let ring = Ring::new(3, 3600);
    let store = filled(ring, 5);
    assert_eq!(ring.read(&store, everything(), START), ["line 2", "line 3", "line 4"]);
    assert_eq!(store.cell_count(), 3 + 1);
}

#[test]
fn records_are_found_by_tenant_and_time_and_the_newest_are_kept() {
    let ring = Ring::new(10, 3600);
    let store = filled(ring, 6);
    let acme = Query { tenant: Some("acme"), ..everything() };
    assert_eq!(ring.read(&store, acme, START), ["line 0", "line 2", "line 4"]);
    let late = Query { since: Some(START.plus(4)), ..everything() };
    assert_eq!(ring.read(&store, late, START), ["line 4", "line 5"]);
    assert_eq!(ring.read(&store, Query { limit: 2, ..everything() }, START), ["line 4", "line 5"]);
    let nobody = Query { tenant: Some(""), ..everything() };
    assert!(ring.read(&store, nobody, START).is_empty());
}

#[test]
fn an_expired_record_is_not_read_and_soon_not_kept() {
    let ring = Ring::new(10, 3600);
    let store = filled(ring, 2);
    let later = START.plus(HOUR + 1);
    assert_eq!(ring.read(&store, everything(), later), ["line 1"]);
    assert!(store.holds(b"line 0"));
    ring.sweep(&store, later);
    assert!(!store.holds(b"line 0") && store.holds(b"line 1"));
    // Another worker swept just now.
    let too_soon = later.plus(30 * NANOS_PER_SECOND);
    ring.sweep(&store, too_soon);
    assert!(store.holds(b"line 1"));
    ring.sweep(&store, later.plus(60 * NANOS_PER_SECOND));
    assert!(!store.holds(b"line 1"));
}

#[test]
fn a_smaller_ring_forgets_what_it_has_no_slot_for() {
    let store = filled(Ring::new(10, 3600), 10);
    let smaller = Ring::new(4, 3600);
    smaller.sweep(&store, START.plus(10));
    assert_eq!(smaller.read(&store, everything(), START.plus(10)).len(), 4);
    assert!(!store.holds(b"line 4"), "slot 4 is none of the smaller ring's");
}

#[test]
fn sweeps_reach_all_slots_of_a_large_ring() {
    let ring = Ring::new(3000, 3600);
    let store = filled(ring, 3000);
    for minute in 0..3 {
        ring.sweep(&store, START.plus(2 * HOUR + minute * 60 * NANOS_PER_SECOND));
    }
    assert!(!store.holds(b"line"));
}

#[test]
fn a_tenant_is_erased_to_zeros_and_others_stay() {
    let ring = Ring::new(10, 3600);
    let store = filled(ring, 4);
    assert_eq!(ring.erase(&store, "acme"), 2);
    assert_eq!(ring.erase(&store, "acme"), 0);
    assert!(!store.holds(b"acme") && !store.holds(b"line 0"));
    assert_eq!(ring.read(&store, everything(), START), ["line 1", "line 3"]);
}

/// Two busy workers write to one ring: all numbers are different, most cost no race for the
/// head, and what is read is in the order of time.
#[test]
fn busy_workers_take_numbers_ahead_and_every_record_is_kept() {
    let ring = Ring::new(1024, 3600);
    let store = MemoryStore::default();
    let claims = [Claim::default(), Claim::default()];
    let lines: Vec<String> = (0..400).map(|number| format!("line {number}")).collect();
    for (n, line) in (0..).zip(&lines) {
        ring.append(&store, &claims[usize::from(n % 2 == 0)], None, line, START.plus(n));
    }
    assert_eq!(ring.read(&store, everything(), START.plus(400)), lines);
    assert!(store.write_count() < 400 + 40, "{} writes", store.write_count());
}

/// A worker that is not busy takes one number at a time: the ring holds the newest records.
#[test]
fn a_quiet_worker_takes_no_numbers_ahead() {
    let ring = Ring::new(128, 3600);
    let (store, claim) = (MemoryStore::default(), Claim::default());
    for second in 0..200 {
        ring.append(&store, &claim, None, &format!("line {second}"), START.plus(second * NANOS_PER_SECOND));
    }
    let kept = ring.read(&store, everything(), START.plus(200 * NANOS_PER_SECOND));
    assert_eq!((kept.len(), kept[0].as_str()), (128, "line 72"));
}

#[test]
fn cells_of_any_bytes_are_no_records() {
    let ring = Ring::new(4, 3600);
    for junk in [&[][..], &[0xff; 5], &[0xff; 40], &[0; 40], b"12345678abcdefgh\x05\xff\xff\xff\xff\xffx"] {
        let store = filled(ring, 3);
        store.corrupt(junk);
        assert!(ring.read(&store, everything(), START).len() <= 4);
        ring.erase(&store, "acme");
        ring.sweep(&store, START);
        ring.append(&store, &Claim::default(), None, "new", START);
        assert!(ring.read(&store, everything(), START).len() <= 4);
    }
}

struct Peer;

impl Downstream for Peer {
    fn source_address(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.7:4711".to_vec())
    }

    fn is_tls(&self) -> bool {
        true
    }
}

fn policy(more: &str) -> Policy {
    let text = format!(
        r#"{{"environment": "development", "api_keys": {{"sources": [{{"query": "k"}}]}},
            "tenants": [{{"id": "acme", "keys": [{{"id": "k1", "plaintext": "secret"}}]}}] {more}}}"#
    );
    Policy::load(&text, &|_| None).unwrap()
}

/// The record of a request with these fields, after `judge` noted what came of it.
fn record(policy: &Policy, given: &[(&str, &str)], judge: impl FnOnce(&mut Trail)) -> Option<Value> {
    let fields: Vec<Field> =
        given.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    let (store, meters) = (MemoryStore::default(), MemoryMeters::default());
    let around = Surroundings {
        store: &store,
        downstream: &Peer,
        meters: &meters,
        desk: &Desk::new(0),
        patience: Patience::Waits,
        now: START,
    };
    let mut trail = Trail::default();
    judge(&mut trail);
    let line = book(policy, &mut trail, Head::new(&fields), &around)?;
    assert!(!line.contains('\n'));
    let kept = policy.audit().ring.read(&store, everything(), START);
    assert_eq!(kept, [line.as_str()], "the ring keeps what the log gets");
    Some(serde_json::from_str(&line).unwrap())
}

fn allowed(trail: &mut Trail) {
    trail.key = Some(0);
    trail.verdict = Verdict::Allowed;
    trail.status = Some(200);
}

#[test]
fn a_record_says_who_what_and_why() {
    let given = [
        (":method", "POST"),
        (":path", "/v1/x?k=secret&a=1"),
        ("x-request-id", "11111111-2222-4333-8444-555555555555"),
        ("user-agent", "curl/8.5"),
    ];
    let record = record(&policy(""), &given, |trail| {
        allowed(trail);
        trail.verdict = Verdict::Denied(Denial::TooManyUrls);
        trail.status = Some(422);
        trail.body_bytes = 17;
        trail.counts.urls = 6;
        trail.shadowed.push(Denial::TextTooLong);
        trail.redactions.emails = 2;
    });
    let expected = serde_json::json!({
        "ts": "2027-01-15T08:00:00.000Z", "request_id": "11111111-2222-4333-8444-555555555555",
        "tenant": "acme", "key_id": "k1", "client": "192.0.2.7", "method": "POST", "path": "/v1/x?a=1",
        "decision": "denied", "reason": "too-many-urls", "status": 422,
        "counts": {"urls": 6, "phones": 0, "emails": 0, "credit_cards": 0, "chars": 0},
        "redactions": {"email": 2}, "bytes": 17, "user_agent": "curl/8.5", "forwarded_for": null,
        "shadowed": ["text-too-long"], "rate_limit": null,
    });
    assert_eq!(record, Some(expected));
}

#[test]
fn the_fields_are_those_that_are_documented() {
    let record = record(&policy(""), &[], allowed).unwrap();
    let mut names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    let mut documented = RECORD_FIELDS.to_vec();
    names.sort_unstable();
    documented.sort_unstable();
    assert_eq!(names, documented);
}

#[test]
fn no_personal_text_and_no_markup_gets_into_a_record() {
    let planted = "jo@example.org,+1 415 555 2671,4111111111111111,<script>\u{202e}\"\r\n";
    let path = format!("/a/{planted}?to=jo%40example.org&k=secret&token=t0psecret");
    let given = [
        (":method", "JO"),
        (":path", path.as_str()),
        ("x-request-id", planted),
        ("user-agent", planted),
        ("x-forwarded-for", planted),
    ];
    let line = record(&policy(""), &given, allowed).unwrap().to_string();
    for seed in ["jo@", "example.org", "555 2671", "4111", "secret", "<", "script>", "\u{202e}", "\r"] {
        assert!(!line.contains(seed), "{seed:?} in {line}");
    }
    assert!(line.contains("[EMAIL]") && line.contains("[PHONE]") && line.contains("_OTHER"));
}

#[test]
fn a_record_is_bounded() {
    let long = "\"".repeat(10_000);
    let given = [":method", ":path", "x-request-id", "user-agent", "x-forwarded-for"];
    let given = given.map(|name| (name, long.as_str()));
    let custom: Vec<_> =
        (0..32).map(|n| format!(r#"{{"name": "c{n}{}", "pattern": "x{n}"}}"#, "_".repeat(60))).collect();
    let policy = policy(&format!(r#", "redaction": {{"custom": [{}]}}"#, custom.join(",")));
    let record = record(&policy, &given, |trail| {
        allowed(trail);
        trail.redactions.custom = [u32::MAX; 32];
    });
    let bytes = record.unwrap().to_string().len();
    assert!(bytes < RECORD_BYTES_MAX, "{bytes}");
}

#[test]
fn records_can_be_left_out_but_not_the_counts() {
    let shadowed = |trail: &mut Trail| {
        allowed(trail);
        trail.shadowed.push(Denial::TooManyUrls);
    };
    let denied = policy(r#", "audit": {"records": "denied"}"#);
    assert_eq!(record(&denied, &[], allowed), None);
    assert!(record(&denied, &[], shadowed).is_some());
    assert!(record(&denied, &[], |_| ()).is_some(), "a request that was given up");
    assert_eq!(record(&policy(r#", "audit": {"records": "off"}"#), &[], shadowed), None);
}

#[test]
fn an_unfinished_record_says_so() {
    let record = record(&policy(""), &[], |_| ()).unwrap();
    assert_eq!((&record["decision"], &record["reason"]), (&"aborted".into(), &"incomplete".into()));
    assert_eq!(record["tenant"], Value::Null);
}

#[test]
fn the_ring_is_not_lost_to_a_contended_head() {
    let ring = Ring::new(4, 3600);
    let store = MemoryStore::default();
    store.conflicts.set(3);
    ring.append(&store, &Claim::default(), None, "kept", START);
    assert_eq!(ring.read(&store, everything(), START), ["kept"]);
    assert!(store.read("r0000").is_some());
}
