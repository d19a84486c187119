//! Any request is admitted or refused, and never twice.
#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use tollgate::audit;
use tollgate::fleet::{Desk, Patience};
use tollgate::policy::{Downstream, Policy, Surroundings};
use tollgate::request::{Field, Head};
use tollgate::stats::Meters;
use tollgate::store::{Conflict, Snapshot, Store, Version};
use tollgate::time::UnixNanos;
use tollgate::transaction::{ResponseStep, Step, Transaction};

#[derive(Debug, Arbitrary)]
struct Request {
    path: Vec<u8>,
    known: Vec<(Name, Vec<u8>)>,
    other: Vec<Field>,
    parts: Vec<u16>,
    body: Vec<u8>,
    answer: Vec<Vec<u8>>,
    source: Option<Vec<u8>>,
    now: u64,
    upstream: Vec<(Name, Vec<u8>)>,
}

/// Names that mean something to the filter.
#[derive(Debug, Clone, Copy, Arbitrary)]
enum Name {
    Method,
    Key,
    Authorization,
    Cookie,
    ContentLength,
    ContentType,
    ContentEncoding,
    ForwardedProto,
    RateLimit,
    Tenant,
    MethodOverride,
}

impl Name {
    fn text(self) -> String {
        let name = match self {
            Self::Method => ":method",
            Self::Key => "x-api-key",
            Self::Authorization => "authorization",
            Self::Cookie => "cookie",
            Self::ContentLength => "content-length",
            Self::ContentType => "content-type",
            Self::ContentEncoding => "content-encoding",
            Self::ForwardedProto => "x-forwarded-proto",
            Self::RateLimit => "ratelimit",
            Self::Tenant => "x_tollgate_tenant",
            Self::MethodOverride => "x-http-method-override",
        };
        name.into()
    }
}

fn fields(known: &[(Name, Vec<u8>)]) -> Vec<Field> {
    known.iter().map(|(name, value)| (name.text(), value.clone())).collect()
}

#[derive(Default)]
struct Cells(RefCell<BTreeMap<String, Vec<u8>>>);

impl Store for Cells {
    fn read(&self, cell: &str) -> Option<Snapshot> {
        let bytes = self.0.borrow().get(cell)?.clone();
        Some(Snapshot { bytes, version: Version(1) })
    }

    fn write(&self, cell: &str, bytes: &[u8], _: Option<Version>) -> Result<(), Conflict> {
        self.put(cell, bytes);
        Ok(())
    }

    fn put(&self, cell: &str, bytes: &[u8]) {
        self.0.borrow_mut().insert(cell.into(), bytes.to_vec());
    }
}

struct Uncounted;

impl Meters for Uncounted {
    fn add(&self, _: usize, _: &dyn Fn() -> String, _: u64) {}

    fn read(&self, _: usize, _: &dyn Fn() -> String) -> u64 {
        u64::MAX
    }
}

struct Peer(Option<Vec<u8>>);

impl Downstream for Peer {
    fn source_address(&self) -> Option<Vec<u8>> {
        self.0.clone()
    }

    fn is_tls(&self) -> bool {
        self.0.is_some()
    }
}

const CONFIG: &str = r#"{"environment": "development", "admin": {"path": "/a/admin", "key_sha256":
        "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"}, "redaction": {"mode": "strict"}, "ip_deny": ["192.0.2.0/24"], "public_paths": ["/open/*"],
    "api_keys": {"sources": [{"header": "x-api-key"}, {"header": "authorization", "scheme": "Bearer"},
        {"query": "k"}, {"cookie": "k"}]},
    "tenants": [{"id": "a", "keys": [{"id": "k", "plaintext": "k", "not_after": "2100-01-01T00:00:00Z"}],
        "namespaces": [{"path": "/a/", "methods": ["GET"]}]}]}"#;

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| Policy::load(CONFIG, &|_| None).expect("the configuration is right"));

fuzz_target!(|request: Request| {
    let policy = &*POLICY;
    let store = Cells::default();
    let peer = Peer(request.source);
    let meters = Uncounted;
    let desk = Desk::new(0);
    let around =
        Surroundings { store: &store, downstream: &peer, meters: &meters, desk: &desk, patience: Patience::Waits, now: UnixNanos(request.now) };
    let mut head = fields(&request.known);
    head.push((":path".into(), request.path));
    head.extend(request.other);

    let mut transaction = Transaction::default();
    let (_, step) = transaction.request_headers(policy, Head::new(&head), request.parts.is_empty(), &around);
    let mut answers = usize::from(matches!(step, Step::Respond(_)));
    let body = |range: Range<usize>| {
        let end = range.end.min(request.body.len());
        request.body.get(range.start..end).unwrap_or_default().to_vec()
    };
    for bytes in request.parts {
        let step = transaction.request_body(policy, bytes.into(), false, &body, &around);
        answers += usize::from(matches!(step, Step::Respond(_)));
    }
    let step = transaction.request_trailers(policy, &body, &around);
    answers += usize::from(matches!(step, Step::Respond(_)));
    transaction.response_headers(policy, &fields(&request.upstream), false);
    let mut held = Vec::new();
    for part in request.answer {
        held.extend_from_slice(&part);
        held = match transaction.response_body(&held, false) {
            ResponseStep::ReplaceAndHold(bytes) => bytes,
            ResponseStep::Replace(_) | ResponseStep::Continue => Vec::new(),
        };
    }
    transaction.response_trailers();
    assert!(answers <= 1);
    if let Some(mut trail) = transaction.close()
        && let Some(line) = audit::book(policy, &mut trail, Head::new(&head), &around)
    {
        assert!(line.bytes().all(|byte| byte >= b' '), "a record is one line");
        let record: serde_json::Value = serde_json::from_str(&line).expect("a record is JSON");
        assert!(record["decision"].is_string());
    }
});
