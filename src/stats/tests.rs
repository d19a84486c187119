#![allow(clippy::field_reassign_with_default, reason = "a trail has a private field")]

use serde_json::{Value, json};

use super::memory::MemoryMeters;
use super::*;
use crate::denial::Denial;
use crate::fleet::{Desk, Patience};
use crate::policy::{Downstream, Surroundings};
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

fn policy(tenants: &str) -> Policy {
    let text = format!(
        r#"{{"environment": "development", "tenants": [{tenants}], "redaction": {{"custom": [
            {{"name": "ticket", "pattern": "TCK-[0-9]+"}}]}}}}"#
    );
    Policy::load(&text, &|_| None).unwrap()
}

const ACME: &str = r#"{"id": "acme", "keys": [{"id": "new", "plaintext": "a", "created": "2026-11-01T00:00:00Z"},
    {"id": "old", "plaintext": "b", "created": "2026-01-01T00:00:00Z", "not_after": "2026-12-01T12:00:00Z"}]}"#;
const GLOBEX: &str = r#"{"id": "globex", "keys": [{"id": "g", "plaintext": "c"}]}"#;

/// 2026-11-23.
const NOW: UnixNanos = UnixNanos::from_seconds(1_795_392_000);

struct World {
    store: MemoryStore,
    meters: MemoryMeters,
}

impl World {
    fn new() -> Self {
        Self { store: MemoryStore::default(), meters: MemoryMeters::default() }
    }

    /// Counts a request of a key, by the key's id.
    fn count(&self, policy: &Policy, key: Option<&str>, note: impl FnOnce(&mut Trail)) {
        let index = |id: &str| {
            (0..10_000).find(|index| {
                let mut trail = Trail::default();
                trail.key = Some(*index);
                policy.key_of(&trail).is_some_and(|key| key.id == id)
            })
        };
        let mut trail = Trail::default();
        trail.key = key.and_then(index);
        trail.verdict = Verdict::Allowed;
        note(&mut trail);
        count(policy, &trail, &self.meters);
    }

    fn report(&self, policy: &Policy) -> Value {
        let around = Surroundings {
            store: &self.store,
            downstream: &Nowhere,
            meters: &self.meters,
            desk: &Desk::new(0),
            patience: Patience::Waits,
            now: NOW,
        };
        serde_json::from_str(&report(policy, &around)).unwrap()
    }
}

#[test]
fn series_have_places_of_their_own() {
    let all: Vec<_> =
        Series::all(32, true).chain(Outcome::ALL.map(Series::Called)).map(Series::index).collect();
    assert_eq!(all, (0..SERIES).collect::<Vec<_>>());
}

#[test]
fn names_carry_the_labels() {
    let world = World::new();
    let policy = policy(ACME);
    world.count(&policy, Some("new"), |trail| {
        trail.verdict = Verdict::Denied(Denial::TooManyUrls);
        trail.shadowed.push(Denial::TextTooLong);
        trail.violations.push(Violation::TooManyUrls);
        trail.blocks = 1;
        trail.redactions.emails = 2;
        trail.redactions.custom[0] = 3;
    });
    world.count(&policy, None, |trail| trail.verdict = Verdict::Pending);
    let expected = [
        ("tollgate_blocks_total_tenant=.=acme;.;", 1),
        ("tollgate_redactions_total_tenant=.=acme;.;_entity=.=email;.;", 2),
        ("tollgate_redactions_total_tenant=.=acme;.;_entity=.=ticket;.;", 3),
        ("tollgate_requests_total_tenant=.=-;.;_decision=.=aborted;.;_reason=.=incomplete;.;", 1),
        ("tollgate_requests_total_tenant=.=acme;.;_decision=.=denied;.;_reason=.=too-many-urls;.;", 1),
        ("tollgate_shadowed_total_tenant=.=acme;.;_reason=.=text-too-long;.;", 1),
        ("tollgate_violations_total_tenant=.=acme;.;_kind=.=too-many-urls;.;", 1),
    ];
    assert_eq!(world.meters.all(), expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn sums_are_by_tenant_and_in_all() {
    let world = World::new();
    let policy = policy(&[ACME, GLOBEX].join(","));
    for key in [Some("new"), Some("old"), Some("g")] {
        world.count(&policy, key, |_| ());
    }
    world.count(&policy, Some("g"), |trail| trail.verdict = Verdict::Denied(Denial::NamespaceDenied));
    world.count(&policy, None, |trail| {
        trail.verdict = Verdict::Denied(Denial::InvalidApiKey);
        trail.violations.push(Violation::RejectedKey);
    });
    let report = world.report(&policy);
    assert_eq!(report["total"]["allowed"], 3);
    assert_eq!(report["total"]["denied"], 2);
    assert_eq!(report["total"]["denied_by_reason"], json!({"invalid-api-key": 1, "namespace-denied": 1}));
    assert_eq!(report["without_tenant"]["violations"], json!({"rejected-key": 1}));
    assert_eq!(report["tenants"]["acme"]["allowed"], 2);
    assert_eq!(report["tenants"]["globex"]["denied_by_reason"], json!({"namespace-denied": 1}));
    assert_eq!(report["retention_hours"], 24);
}

#[test]
fn keys_are_told_with_their_ages_the_most_urgent_first() {
    let keys = &World::new().report(&policy(ACME))["tenants"]["acme"]["keys"];
    assert_eq!(
        *keys,
        json!([
            {"id": "old", "state": "live", "age_days": 326, "days_left": 8, "not_after": "2026-12-01T12:00:00Z",
                "replace": true},
            {"id": "new", "state": "live", "age_days": 22, "days_left": null, "not_after": null,
                "replace": false},
        ])
    );
    let gauges: Vec<_> = key_gauges(&policy(ACME), NOW.seconds()).collect();
    let expected = [
        ("tollgate_key_age_days_tenant=.=acme;.;_key=.=old;.;", 326),
        ("tollgate_key_days_left_tenant=.=acme;.;_key=.=old;.;", 8),
        ("tollgate_key_age_days_tenant=.=acme;.;_key=.=new;.;", 22),
    ];
    assert_eq!(gauges, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn erased_counts_begin_anew_also_under_a_later_configuration() {
    let world = World::new();
    let before = policy(&[GLOBEX, ACME].join(","));
    for _ in 0..3 {
        world.count(&before, Some("new"), |trail| trail.redactions.custom[0] = 1);
    }
    let acme = before.tenant_named("acme").unwrap();
    assert_eq!(erase(&before, acme, &world.meters, &world.store), 2);
    assert_eq!(erase(&before, acme, &world.meters, &world.store), 0);
    let after = policy(&[ACME, GLOBEX].join(","));
    for policy in [&before, &after] {
        let report = world.report(policy);
        assert_eq!(report["tenants"]["acme"]["allowed"], 0);
        assert_eq!(report["total"], world.report(policy)["without_tenant"], "nobody else had any");
    }
    world.count(&after, Some("old"), |_| ());
    assert_eq!(world.report(&after)["tenants"]["acme"]["allowed"], 1);
}
