#![allow(clippy::arithmetic_side_effects)]

use serde_json::{Value, json};

use super::*;
use crate::audit;
use crate::fleet::{Desk, Patience};
use crate::policy::Downstream;
use crate::request::Field;
use crate::stats::memory::MemoryMeters;
use crate::store::memory::MemoryStore;
use crate::time::{NANOS_PER_SECOND, UnixNanos};
use crate::transaction::{Step, Transaction};

struct Peer;

impl Downstream for Peer {
    fn source_address(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.7:4711".to_vec())
    }

    fn is_tls(&self) -> bool {
        false
    }
}

/// A gate and one client of it.
struct World {
    policy: Policy,
    store: MemoryStore,
    meters: MemoryMeters,
    now: UnixNanos,
}

const ADMIN: (&str, &str) = ("authorization", "Bearer admin-key");

impl World {
    fn new(more: &str) -> Self {
        let text = format!(
            r#"{{"environment": "development", "admin": {{"key_env": "ADMIN_KEY"}}, "tenants": [
                {{"id": "acme", "keys": [{{"id": "a", "plaintext": "acme-key"}}]}},
                {{"id": "globex", "keys": [{{"id": "g", "plaintext": "globex-key"}}]}}] {more}}}"#
        );
        Self {
            policy: Policy::load(&text, &|name| (name == "ADMIN_KEY").then(|| "admin-key".into())).unwrap(),
            store: MemoryStore::default(),
            meters: MemoryMeters::default(),
            now: UnixNanos::from_seconds(1_800_000_000),
        }
    }

    /// One request without a body, booked when it is over; the filter's answer, if it gave one.
    fn ask(&self, method: &str, path: &str, more: &[(&str, &str)]) -> Option<Reply> {
        let given = [&[(":method", method), (":path", path)], more].concat();
        let fields: Vec<Field> =
            given.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        let around = Surroundings {
            store: &self.store,
            downstream: &Peer,
            meters: &self.meters,
            desk: &Desk::new(0),
            patience: Patience::Waits,
            now: self.now,
        };
        let mut transaction = Transaction::default();
        let (_, step) = transaction.request_headers(&self.policy, Head::new(&fields), true, &around);
        if let Some(mut trail) = transaction.close() {
            audit::book(&self.policy, &mut trail, Head::new(&fields), &around);
        }
        match step {
            Step::Respond(reply) => Some(reply),
            _ => None,
        }
    }

    fn status(&self, method: &str, path: &str, more: &[(&str, &str)]) -> Option<u16> {
        self.ask(method, path, more).map(|reply| reply.status)
    }

    fn json(&self, path: &str) -> Value {
        let reply = self.ask("GET", path, &[ADMIN]).unwrap();
        assert_eq!(reply.status, 200);
        assert!(reply.headers.contains(&("cache-control", "no-store".into())));
        serde_json::from_slice(&reply.body).unwrap()
    }

    fn records(&self, query: &str) -> Vec<Value> {
        let reply = self.ask("GET", &format!("/tollgate/audit{query}"), &[ADMIN]).unwrap();
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let text = String::from_utf8(reply.body).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn every_call_but_health_needs_the_admin_key() {
    let world = World::new("");
    assert_eq!(world.status("GET", "/tollgate/healthz", &[]), Some(200));
    let calls = [("GET", "/stats"), ("GET", "/audit"), ("DELETE", "/tenants/acme/data")];
    for (method, path) in calls {
        let path = format!("/tollgate{path}");
        for wrong in
            ["Bearer wrong", "Basic admin-key", "Bearer", "Bearer ", "admin-key", "Bearer admin-key2"]
        {
            let world = World::new("");
            let reply = world.ask(method, &path, &[("authorization", wrong)]).unwrap();
            assert_eq!(reply.status, 401, "{wrong}");
            assert!(reply.headers.iter().any(|(name, _)| *name == "www-authenticate"));
        }
        assert_eq!(world.status(method, &path, &[]), Some(401));
        assert_eq!(world.status(method, &path, &[("authorization", "bearer admin-key")]), Some(200));
    }
}

#[test]
fn the_page_is_shown_to_anybody_and_a_wrong_key_counts() {
    let world = World::new("");
    let page = page::document();
    let header = |reply: &Reply, wanted: &str| {
        let found = reply.headers.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.clone())
    };
    let asked: [&[(&str, &str)]; 3] = [&[], &[("authorization", "Bearer wrong")], &[ADMIN]];
    for (more, status) in asked.into_iter().zip([401, 401, 200]) {
        let reply = world.ask("GET", "/tollgate/", more).unwrap();
        assert_eq!(reply.status, status);
        assert_eq!(reply.body, page.html.as_bytes());
        assert_eq!(header(&reply, "content-security-policy").as_ref(), Some(&page.security_policy));
        assert_eq!(header(&reply, "cache-control").as_deref(), Some("no-store"));
        assert_eq!(header(&reply, "www-authenticate").is_some(), status == 401);
    }
    let stats = world.json("/tollgate/stats");
    assert_eq!(stats["without_tenant"]["denied_by_reason"], json!({"invalid-admin-key": 1}));
    assert_eq!(stats["without_tenant"]["violations"], json!({"admin-key": 1}));
    assert_eq!(world.status("POST", "/tollgate/", &[ADMIN]), Some(404));
}

#[test]
fn what_is_no_call_is_not_found_and_never_forwarded() {
    let world = World::new("");
    for (method, path) in [
        ("POST", "/tollgate/stats"),
        ("GET", "/tollgate"),
        ("GET", "/tollgate/nothing"),
        ("GET", "/tollgate/tenants/acme/data"),
        ("DELETE", "/tollgate/tenants/nobody/data"),
        ("DELETE", "/tollgate/tenants/acme/data/"),
        ("DELETE", "/tollgate/tenants//data"),
        ("DELETE", "/tollgate/tenants/%61cme/data"),
        ("POST", "/tollgate/healthz"),
    ] {
        assert_eq!(world.status(method, path, &[ADMIN]), Some(404), "{method} {path}");
    }
    assert_eq!(world.status("GET", "/tollgates", &[("x-api-key", "acme-key")]), None);
}

#[test]
fn without_an_admin_key_there_is_only_health() {
    let text = r#"{"environment": "development", "tenants": []}"#;
    let world = World { policy: Policy::load(text, &|_| None).unwrap(), ..World::new("") };
    assert_eq!(world.status("GET", "/tollgate/stats", &[ADMIN]), Some(404));
    assert_eq!(world.status("GET", "/tollgate/", &[]), Some(404));
    assert_eq!(world.status("GET", "/tollgate/healthz", &[]), Some(200));
}

#[test]
fn who_guesses_the_admin_key_is_blocked_before_the_next_guess() {
    let world = World::new("");
    for _ in 0..10 {
        assert_eq!(world.status("GET", "/tollgate/stats", &[("authorization", "Bearer x")]), Some(401));
    }
    assert_eq!(world.status("GET", "/tollgate/stats", &[ADMIN]), Some(403));
    assert_eq!(world.status("GET", "/tollgate/healthz", &[]), Some(200));
    assert_eq!(world.meters.value("tollgate_violations_total_tenant=.=-;.;_kind=.=admin-key;.;"), 10);
    assert_eq!(world.meters.value("tollgate_blocks_total_tenant=.=-;.;"), 1);
}

#[test]
fn who_has_no_admin_key_at_hand_is_not_counted_against() {
    let world = World::new("");
    for _ in 0..20 {
        world.ask("GET", "/tollgate/stats", &[]);
    }
    assert_eq!(world.status("GET", "/tollgate/stats", &[ADMIN]), Some(200));
}

#[test]
fn sums_are_exact_and_admin_calls_are_in_none_but_when_refused() {
    let world = World::new("");
    for key in ["acme-key", "acme-key", "globex-key", "nobody's"] {
        world.ask("GET", "/", &[("x-api-key", key)]);
    }
    world.ask("GET", "/tollgate/stats", &[("authorization", "Bearer x")]);
    world.json("/tollgate/stats");
    let stats = world.json("/tollgate/stats");
    assert_eq!((&stats["total"]["allowed"], &stats["total"]["denied"]), (&json!(3), &json!(2)));
    assert_eq!(stats["tenants"]["acme"]["allowed"], 2);
    assert_eq!(
        stats["without_tenant"]["denied_by_reason"],
        json!({"invalid-admin-key": 1, "invalid-api-key": 1})
    );
}

#[test]
fn records_are_asked_for_by_tenant_time_and_number() {
    let mut world = World::new("");
    world.ask("GET", "/1", &[("x-api-key", "acme-key")]);
    world.now = world.now.plus(10 * NANOS_PER_SECOND);
    world.ask("GET", "/2", &[("x-api-key", "globex-key")]);
    world.ask("GET", "/3", &[("x-api-key", "acme-key")]);
    let paths = |query: &str| -> Vec<Value> {
        world.records(query).into_iter().map(|record| record["path"].clone()).collect()
    };
    assert_eq!(paths(""), ["/1", "/2", "/3"]);
    assert_eq!(paths("?tenant=acme"), ["/1", "/3"]);
    assert_eq!(paths("?tenant=acme&limit=1"), ["/3"]);
    assert_eq!(paths("?since=2027-01-15T08:00:10Z"), ["/2", "/3"]);
    assert_eq!(paths("?since=2027-01-15T10%3A00:10%2B02:00&tenant=globex"), ["/2"]);
    assert_eq!(paths("?since=2027-01-15T10:00:10+02:00&tenant=globex"), ["/2"]);
    for wrong in ["?since=yesterday", "?limit=0", "?limit=10001", "?limit=x", "?tenants=acme", "?tenant=%ff%"]
    {
        let status = world.status("GET", &format!("/tollgate/audit{wrong}"), &[ADMIN]);
        let expected = if wrong.starts_with("?tenant=") { 200 } else { 400 };
        assert_eq!(status, Some(expected), "{wrong}");
    }
}

#[test]
fn erasing_a_tenant_leaves_no_trace_of_it_and_one_of_the_erasure() {
    let world = World::new(r#", "rate_limit": {"requests_per_second": 1, "burst": 2}"#);
    for key in ["acme-key", "globex-key"] {
        for _ in 0..2 {
            world.ask("GET", "/?to=6 URLs", &[("x-api-key", key)]);
        }
    }
    assert_eq!(world.status("GET", "/", &[("x-api-key", "acme-key")]), Some(429));
    let reply = world.ask("DELETE", "/tollgate/tenants/acme/data", &[ADMIN]).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&reply.body).unwrap(),
        json!({"tenant": "acme", "erased": {"audit_records": 3, "counters": 2, "violations": 0, "buckets": 1}})
    );
    assert_eq!(world.records("?tenant=acme"), [] as [Value; 0]);
    let left = world.records("");
    assert_eq!(left.len(), 3);
    let (erasure, others) = left.split_last().unwrap();
    assert!(others.iter().all(|record| record["tenant"] == "globex"));
    assert_eq!(erasure["event"], "erasure");
    assert_eq!(erasure["erased_tenant"], "acme");
    assert_eq!(erasure.as_object().unwrap().len(), 4, "it names nothing else");
    assert_eq!(world.json("/tollgate/stats")["tenants"]["acme"]["denied"], 0);
    assert_eq!(world.json("/tollgate/stats")["tenants"]["globex"]["allowed"], 2);
    assert_eq!(world.status("GET", "/", &[("x-api-key", "acme-key")]), None, "the bucket is full again");
    assert_eq!(world.status("GET", "/", &[("x-api-key", "globex-key")]), Some(429), "others' are not");
}

#[test]
fn the_admin_key_can_be_given_as_its_digest() {
    let digest = Digest::of(b"admin-key").to_hex();
    let text = format!(
        r#"{{"environment": "development", "admin": {{"key_sha256": "{digest}", "path": "/_gate"}}, "tenants": []}}"#
    );
    let world = World { policy: Policy::load(&text, &|_| None).unwrap(), ..World::new("") };
    assert_eq!(world.status("GET", "/_gate/stats", &[ADMIN]), Some(200));
    let both = text.replace("\"path\"", "\"key_env\": \"ADMIN_KEY\", \"path\"");
    let problems = Policy::load(&both, &|_| None).unwrap_err();
    assert!(problems.to_string().contains("not both"), "{problems}");
}
