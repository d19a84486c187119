use std::cell::RefCell;

use super::*;
use std::num::NonZeroU32;

use crate::config::OnFailure;
use crate::config::error::Problems;
use crate::fleet::{Desk, FleetRule, Patience};
use crate::request::{Edit, Field};
use crate::stats::memory::MemoryMeters;
use crate::store::memory::MemoryStore;

fn load(text: &str) -> Result<Policy, Problems> {
    Policy::load(text, &|name| (name == "ACME_KEY").then(|| "acme-key".to_string()))
}

fn problems(text: &str) -> Vec<String> {
    load(text).map(|_| ()).unwrap_err().iter().map(ToString::to_string).collect()
}

fn one_tenant(rest: &str) -> Policy {
    let text = format!(
        r#"{{"environment": "development", "tenants": [
            {{"id": "acme", "keys": [{{"id": "k1", "env": "ACME_KEY"}}]{rest}}}]}}"#
    );
    load(&text).unwrap()
}

struct Peer(&'static str);

impl Downstream for Peer {
    fn source_address(&self) -> Option<Vec<u8>> {
        (!self.0.is_empty()).then(|| self.0.into())
    }

    fn is_tls(&self) -> bool {
        false
    }
}

struct World {
    store: MemoryStore,
    peer: Peer,
    /// What the last request would have been refused for.
    shadowed: RefCell<Vec<Denial>>,
    now: UnixNanos,
}

impl World {
    fn new() -> Self {
        Self {
            store: MemoryStore::default(),
            peer: Peer("192.0.2.1:4711"),
            shadowed: RefCell::default(),
            now: UnixNanos::from_seconds(1_800_000_000),
        }
    }

    fn admit(&self, policy: &Policy, fields: &[(&str, &str)]) -> Result<Admission, Denial> {
        let fields: Vec<Field> =
            fields.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        let meters = MemoryMeters::default();
        let around = Surroundings {
            store: &self.store,
            downstream: &self.peer,
            meters: &meters,
            desk: &Desk::new(0),
            patience: Patience::Waits,
            now: self.now,
        };
        let mut trail = Trail::default();
        let admitted = policy.admit(Head::new(&fields), &around, &mut trail);
        self.shadowed.replace(trail.shadowed);
        admitted.map_err(|stop| match stop {
            Stop::Denied(denial) => denial,
            Stop::Wait => panic!("no limit is shared"),
        })
    }
}

const GET: (&str, &str) = (":method", "GET");
const KEY: (&str, &str) = ("x-api-key", "acme-key");

fn set(name: &str, value: &str) -> Edit {
    Edit::Set(name.into(), value.into())
}

#[test]
fn an_admitted_request_carries_the_verdict_and_not_the_key() {
    let admission = World::new()
        .admit(
            &one_tenant(""),
            &[GET, (":path", "/"), KEY, ("x-tollgate-tenant", "globex"), ("X_Tollgate_Key_ID", "x")]
                .map(|(n, v)| (n, v)),
        )
        .unwrap();
    assert_eq!(
        admission.edits,
        [
            Edit::Remove("x-api-key".into()),
            Edit::Remove("x-tollgate-tenant".into()),
            set("x-tollgate-tenant", "acme"),
            set("x-tollgate-key-id", "k1"),
        ]
    );
}

#[test]
fn underscores_do_not_hide_a_spoofed_identity() {
    let admission =
        World::new().admit(&one_tenant(""), &[GET, KEY, ("x_tollgate_tenant", "globex")]).unwrap();
    assert!(admission.edits.contains(&Edit::Remove("x_tollgate_tenant".into())));
}

#[test]
fn nor_do_dashes_where_the_header_has_underscores() {
    let policy = load(r#"{"environment": "development", "public_paths": ["/*"], "tenants": [], "identity_headers": {"tenant": "x_tenant"}}"#).unwrap();
    let admission = World::new().admit(&policy, &[GET, (":path", "/"), ("x-tenant", "globex")]).unwrap();
    assert_eq!(admission.edits, [Edit::Remove("x-tenant".into())]);
}

#[test]
fn a_namespace_binds_path_and_method() {
    let policy = one_tenant(r#", "namespaces": [{"path": "/v1/acme/", "methods": ["GET"]}]"#);
    let ask = |method: &str, path: &str, more: (&str, &str)| {
        World::new().admit(&policy, &[(":method", method), (":path", path), KEY, more]).map(|_| ())
    };
    let nothing = ("a", "b");
    assert_eq!(ask("GET", "/v1/acme/x?y=/..", nothing), Ok(()));
    assert_eq!(ask("POST", "/v1/acme/x", nothing), Err(Denial::NamespaceDenied));
    assert_eq!(ask("GET", "/v1/globex/x", nothing), Err(Denial::NamespaceDenied));
    for header in ["x-http-method-override", "x-http-method", "x-method-override"] {
        assert_eq!(ask("GET", "/v1/acme/x", (header, "DELETE")), Err(Denial::NamespaceDenied), "{header}");
    }
    for header in ["x-original-url", "x-rewrite-url"] {
        assert_eq!(
            ask("GET", "/v1/acme/x", (header, "/v1/globex")),
            Err(Denial::NamespaceDenied),
            "{header}"
        );
    }
}

#[test]
fn addresses_are_denied_first_and_unknown_ones_never_pass() {
    let policy = load(r#"{"environment": "development", "ip_allow": ["192.0.2.0/24"], "ip_deny": ["192.0.2.9"], "tenants": []}"#).unwrap();
    let ask =
        |peer: &'static str| World { peer: Peer(peer), ..World::new() }.admit(&policy, &[GET]).map(|_| ());
    assert_eq!(ask("192.0.2.1:1"), Err(Denial::MissingApiKey));
    assert_eq!(ask("[::ffff:192.0.2.1]:0"), Err(Denial::MissingApiKey));
    for peer in ["192.0.2.9:1", "198.51.100.1:1", "[2001:db8::1]:1", "", "/run/client.sock"] {
        assert_eq!(ask(peer), Err(Denial::IpDenied), "{peer}");
    }
}

#[test]
fn plain_http_is_refused_where_https_is_required() {
    let policy = load(r#"{"environment": "development", "require_https": true, "tenants": []}"#).unwrap();
    let ask = |fields: &[(&str, &str)]| World::new().admit(&policy, fields).map(|_| ());
    assert_eq!(ask(&[(":scheme", "https")]), Err(Denial::HttpsRequired), "the client chose :scheme");
    assert_eq!(ask(&[("x-forwarded-proto", "http")]), Err(Denial::HttpsRequired));
    assert_eq!(
        ask(&[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")]),
        Err(Denial::HttpsRequired)
    );
    assert_eq!(ask(&[("x-forwarded-proto", "https")]), Err(Denial::MissingApiKey));
}

#[test]
fn ten_wrong_keys_block_the_address_whatever_it_presents_next() {
    let world = World::new();
    let policy = one_tenant("");
    for _ in 0..10 {
        assert_eq!(world.admit(&policy, &[("x-api-key", "wrong")]).map(|_| ()), Err(Denial::InvalidApiKey));
    }
    let blocked = Err(Denial::Blocked { retry_after_s: 300 });
    assert_eq!(world.admit(&policy, &[("x-api-key", "wrong")]).map(|_| ()), blocked);
    assert_eq!(world.admit(&policy, &[KEY]).map(|_| ()), blocked);
    let elsewhere = World { peer: Peer("192.0.2.2:1"), ..world };
    assert!(elsewhere.admit(&policy, &[KEY]).is_ok());
}

#[test]
fn repeated_bursts_block_the_key() {
    let mut world = World::new();
    let policy = one_tenant(
        r#", "rate_limit": {"requests_per_second": 1000}, "waf": {"burst": {"requests": 3}, "block": {"violations": 2}}"#,
    );
    let mut ask = |seconds: u64| {
        world.now = UnixNanos::from_seconds(1_800_000_000u64.checked_add(seconds).unwrap());
        (0..5).filter(|_| world.admit(&policy, &[KEY]).is_ok()).count()
    };
    assert_eq!(ask(0), 5, "the first burst is only noted");
    assert_eq!(ask(1), 4, "the second blocks, from the next request on");
    assert_eq!(ask(2), 0);
    assert_eq!(ask(302), 5);
}

#[test]
fn the_bucket_empties_and_tells() {
    let world = World::new();
    let policy = one_tenant(r#", "rate_limit": {"requests_per_second": 1, "burst": 2}"#);
    let remaining = |n: Result<Admission, Denial>| n.unwrap().limit.unwrap().1.remaining;
    assert_eq!(remaining(world.admit(&policy, &[KEY])), 1);
    assert_eq!(remaining(world.admit(&policy, &[KEY])), 0);
    assert!(matches!(world.admit(&policy, &[KEY]), Err(Denial::RateLimited { .. })));
}

#[test]
fn shadow_modes_let_pass_and_say_so() {
    let policy = one_tenant(
        r#", "rate_limit": {"mode": "shadow", "burst": 1}, "input": {"mode": "shadow", "max_url_bytes": 5}"#,
    );
    let world = World::new();
    world.admit(&policy, &[KEY]).unwrap();
    let admission = world.admit(&policy, &[KEY, (":path", "/123456")]).unwrap();
    let names: Vec<_> = world.shadowed.borrow().iter().map(|denial| denial.name()).collect();
    assert_eq!(names, ["rate-limited", "url-too-long"]);
    assert!(admission.limit.is_none(), "no limit is announced that is not enforced");
}

#[test]
fn public_paths_need_no_key_but_keep_the_rest() {
    let policy =
        load(r#"{"environment": "development", "public_paths": ["/open/*"], "tenants": []}"#).unwrap();
    let world = World::new();
    let admission =
        world.admit(&policy, &[(":path", "/open/x"), KEY, ("x-tollgate-tenant", "acme")]).unwrap();
    assert_eq!(admission.edits, [Edit::Remove("x-api-key".into()), Edit::Remove("x-tollgate-tenant".into())]);
    let long = format!("/open/{}", "a".repeat(9000));
    assert_eq!(world.admit(&policy, &[(":path", &long)]).map(|_| ()), Err(Denial::UrlTooLong));
    assert_eq!(world.admit(&policy, &[(":path", "/open/../x")]).map(|_| ()), Err(Denial::MissingApiKey));
}

#[test]
fn production_fails_fast_with_everything_at_once() {
    let digest = "ab".repeat(32);
    let text = format!(
        r#"{{
        "require_https": false,
        "ip_deny": ["10.0.0.1/8"],
        "public_paths": ["health"],
        "identity_headers": {{"tenant": "x-api-key"}},
        "redaction": {{"mode": "off"}},
        "rate_limit": {{"requests_per_second": 0}},
        "waf": {{"block": {{"violations": 101}}}},
        "tenants": [
            {{"id": "Acme", "keys": [
                {{"id": "a", "plaintext": "s3cret"}},
                {{"id": "b", "env": "UNSET_KEY"}},
                {{"id": "c"}},
                {{"id": "c", "sha256": "s3cret"}},
                {{"id": "d", "sha256": "{digest}", "not_before": "2026-02-01T00:00:00Z", "not_after": "2026-01-01T00:00:00Z"}},
                {{"id": "e", "sha256": "{digest}"}}
            ], "namespaces": [], "rate_limit": {{"burst": 0}}}},
            {{"id": "Acme"}}
        ]}}"#
    );
    assert_eq!(
        problems(&text),
        [
            "$.rate_limit.requests_per_second: is 0; it must be from 1 to 1000000",
            "$.waf.block.violations: is 101; it must be from 1 to 100",
            "$.redaction.mode: must not be off in production",
            "$.tenants[1].id: is used twice; it must be unique",
            "$.tenants[0].keys[3].id: is used twice; it must be unique",
            "$.tenants[0].keys[0].plaintext: is not allowed in production; `tollgate hash` turns the key into sha256, or give env",
            "$.tenants[0].keys[1].env: the environment variable UNSET_KEY is not set; Envoy passes it on only if host_env_keys lists it",
            "$.tenants[0].keys[2]: must have exactly one of sha256, env and plaintext",
            "$.tenants[0].keys[3].sha256: must be 64 hexadecimal digits; `tollgate hash` makes them from a key",
            "$.tenants[0].keys[4].not_after: must be later than not_before: the key would never be good",
            "$.tenants[0].id: must match [a-z0-9][a-z0-9-]{0,62}",
            "$.tenants[0].namespaces: must not be empty; leave it out for the default",
            "$.tenants[0].rate_limit.burst: is 0; it must be from 1 to 10000000",
            "$.tenants[1].id: must match [a-z0-9][a-z0-9-]{0,62}",
            "$.tenants: key d of tenant Acme and key e of tenant Acme are the same key; each needs its own",
            "$.require_https: must be true in production, or be left out",
            "$.ip_deny[0]: has bits set beyond its prefix length; the network is 10.0.0.0/8",
            "$.public_paths[0]: must be a path that begins with / and has no escapes, dot segments, doubled slashes or query, perhaps with a * at the end",
            "$.identity_headers.tenant: is also a place of API keys; name another header",
        ]
    );
}

#[test]
fn structure_and_meaning_are_reported_together() {
    let found =
        problems(r#"{"hold_request": 1, "tenants": [{"id": "A", "keys": [{"id": "k", "sha256": 7}]}]}"#);
    assert_eq!(
        found,
        [
            "$.hold_request: must be true or false, not a number",
            "$.tenants[0].keys[0].sha256: must be a string, not a number",
            "$.tenants[0].id: must match [a-z0-9][a-z0-9-]{0,62}",
        ],
        "a digest that could not be read is not reported as missing as well"
    );
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(
        problems("{}"),
        ["$.tenants: is missing; list who may call, as in [{\"id\": \"acme\", \"keys\": [...]}]"]
    );
    assert_eq!(
        problems(r#"{"tenants": []}"#),
        ["$.tenants: is empty: nobody could call; list at least one tenant"]
    );
    assert_eq!(
        problems(r#"{"tenants": [{"id": "a"}]}"#),
        ["$.tenants: no tenant has a key: nobody could call; `tollgate keygen` makes one"]
    );
}

#[test]
fn a_shared_limit_is_overridden_field_by_field() {
    let policy = Policy::load(
        r#"{"environment": "development", "tenants": [
            {"id": "a", "rate_limit": {"distributed": {"on_failure": "deny"}}},
            {"id": "b", "rate_limit": {"distributed": {"timeout_ms": 20, "lease": 3, "replicas": 4}}}],
        "rate_limit": {"distributed": {"cluster": "ratelimit"}}}"#,
        &|_| None,
    )
    .unwrap();
    let rules: Vec<_> = policy.tenants.iter().map(|t| t.rules.tariff.fleet.unwrap()).collect();
    assert_eq!(
        rules,
        [
            FleetRule { service: 0, lease_max: 10, on_failure: OnFailure::Deny, replicas: NonZeroU32::MIN },
            FleetRule {
                service: 1,
                lease_max: 3,
                on_failure: OnFailure::Local,
                replicas: NonZeroU32::new(4).unwrap()
            },
        ]
    );
    let services: Vec<_> =
        policy.services().iter().map(|s| (&*s.cluster, &*s.domain, s.timeout_nanos)).collect();
    assert_eq!(services, [("ratelimit", "tollgate", 50_000_000), ("ratelimit", "tollgate", 20_000_000)]);
}

#[test]
fn a_shared_limit_is_checked_as_a_whole() {
    let found = problems(
        r#"{"environment": "development", "tenants": [{"id": "a", "rate_limit": {"distributed": {"lease": 0}}}],
        "rate_limit": {"distributed": {"domain": "", "timeout_ms": 0, "replicas": 0}}}"#,
    );
    assert_eq!(
        found,
        [
            "$.rate_limit.distributed.cluster: must be set: the name of Envoy's cluster of the Rate Limit Service",
            "$.rate_limit.distributed.domain: must be 1 to 100 visible ASCII characters",
            "$.rate_limit.distributed.timeout_ms: is 0; it must be from 1 to 1000",
            "$.rate_limit.distributed.replicas: is 0; it must be from 1 to 10000",
            "$.tenants[0].rate_limit.distributed.lease: is 0; it must be from 1 to 10000",
        ]
    );
}

#[test]
fn redaction_is_checked_as_a_whole() {
    let found = problems(
        r#"{"environment": "development", "tenants": [{"id": "a", "redaction": {"phone_regions": ["XX"]}}],
        "redaction": {"operator": "hash", "entities": [], "custom": [{"name": "T", "pattern": "("}, {"name": "e", "pattern": "a*"}]}}"#,
    );
    assert_eq!(found.len(), 6, "{found:#?}");
    let short = Policy::load(
        r#"{"environment": "development", "tenants": [], "redaction": {"operator": "hash", "hash_key_env": "K"}}"#,
        &|_| Some("short".into()),
    );
    assert_eq!(
        short.unwrap_err().to_string(),
        "$.redaction.hash_key_env: the key must be at least 16 bytes long"
    );
}

#[test]
fn development_warns_where_production_refuses() {
    let policy = load(
        r#"{"environment": "development", "tenants": [{"id": "a", "keys": [{"id": "k", "env": "UNSET"}]}]}"#,
    )
    .unwrap();
    assert_eq!(policy.warnings().len(), 1);
}

#[test]
fn tenants_override_field_by_field() {
    let policy = load(
        r#"{"environment": "development", "rate_limit": {"requests_per_second": 5, "burst": 7}, "tenants": [
            {"id": "a"}, {"id": "b", "rate_limit": {"requests_per_second": 50}}, {"id": "c", "rate_limit": {"burst": 70}}]}"#,
    )
    .unwrap();
    let quotas: Vec<_> =
        policy.tenants.iter().map(|t| (t.rules.tariff.quota.rate(), t.rules.tariff.quota.burst())).collect();
    assert_eq!(quotas, [(5, 7), (50, 7), (5, 70)]);
    let default = load(r#"{"environment": "development", "tenants": [{"id": "a", "rate_limit": {"requests_per_second": 30}}]}"#).unwrap();
    assert_eq!(default.tenants[0].rules.tariff.quota.burst(), 60);
}

#[test]
fn no_secret_shows_in_debug_output() {
    let policy = one_tenant("");
    let shown = format!("{policy:?}");
    assert!(!shown.contains("acme-key"));
    assert!(!shown.contains(&crate::secret::Digest::of(b"acme-key").to_hex()));
}
