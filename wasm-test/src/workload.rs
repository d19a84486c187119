//! What cost is measured by: clients, the configuration that knows them, and what they ask.
//!
//! The same work is counted in instructions on wasmtime (`tests/cost.rs`) and in Envoy's processor time (`make bench`).
//! It is production as behind a load balancer: TLS ends there, and it names the client's address.

mod text;

use crate::fixture::{Configuration, key, sha256};
use crate::message::{Request, Response};
use serde_json::{Value, json};

/// How many clients there are, each a tenant.
pub const CLIENTS: usize = 100;

/// How many keys they have together where nothing else is said.
pub const KEYS: usize = 300;

/// The last clients may ask once a second; all others 1 000 times, which nobody reaches.
pub const LIMITED_CLIENTS: usize = 10;

/// Bytes of a large body.
pub const BODY_BYTES: usize = 8192;

/// From how many addresses wrong keys come: so many that none is blocked.
const ADDRESSES: usize = 1_000;

/// Of many keys, so many are used in turn.
const KEYS_USED_MAX: usize = 1_000;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// A GET that passes; the answer is a small JSON document.
    Get,
    /// The same, which also leaves an audit record. That is the default; all other work has `audit.records` set to
    /// `denied`, because what it is compared with keeps no records.
    GetRecorded,
    /// A POST with 8 KiB of JSON in which there is nothing to be found.
    PostClean,
    /// A POST with 8 KiB of JSON that holds ten entities.
    PostEntities,
    /// A GET whose answer is 8 KiB of JSON that holds ten entities.
    LargeAnswer,
    /// A GET without a key.
    NoKey,
    /// A GET with a key that nobody has.
    WrongKey,
    /// A GET of a client that has used up its limit.
    Limited,
}

impl Work {
    /// All of it.
    pub const ALL: [Self; 8] = [
        Self::Get,
        Self::GetRecorded,
        Self::PostClean,
        Self::PostEntities,
        Self::LargeAnswer,
        Self::NoKey,
        Self::WrongKey,
        Self::Limited,
    ];

    /// As commands and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::GetRecorded => "get-recorded",
            Self::PostClean => "post-clean",
            Self::PostEntities => "post-entities",
            Self::LargeAnswer => "large-answer",
            Self::NoKey => "no-key",
            Self::WrongKey => "wrong-key",
            Self::Limited => "limited",
        }
    }

    /// The status of its answers.
    pub fn status(self) -> u16 {
        match self {
            Self::Get | Self::GetRecorded | Self::PostClean | Self::PostEntities | Self::LargeAnswer => 200,
            Self::NoKey | Self::WrongKey => 401,
            Self::Limited => 429,
        }
    }

    /// What the API answers, where it is asked.
    pub fn answer(self) -> Response {
        let body = if self == Self::LargeAnswer { text::with_entities() } else { text::SMALL.to_owned() };
        Response::new(200).field("content-type", "application/json").body(body)
    }

    /// What is asked, in turn: for each client, key or address a request of its own.
    pub fn requests(self, keys: usize) -> Vec<Request> {
        let allowed = CLIENTS - LIMITED_CLIENTS;
        match self {
            Self::Get | Self::GetRecorded => {
                used_keys(keys).map(|number| get(client_of(number), Some(&key_of(number)))).collect()
            }
            Self::LargeAnswer => (0..allowed).map(large).collect(),
            Self::PostClean => (0..allowed).map(|client| post(client, &text::clean())).collect(),
            Self::PostEntities => (0..allowed).map(|client| post(client, &text::with_entities())).collect(),
            Self::NoKey => (0..allowed).map(|client| get(client, None)).collect(),
            Self::WrongKey => (0..ADDRESSES).map(wrong).collect(),
            Self::Limited => (allowed..CLIENTS).map(|client| get(client, Some(&key_of(client)))).collect(),
        }
    }
}

/// The id of a client, its tenant in Tollgate's configuration.
pub fn client(number: usize) -> String {
    format!("client-{number:02}")
}

/// The key of that number. The first [`CLIENTS`] belong to a client each, the next again, and so on.
pub fn key_of(number: usize) -> String {
    key(&format!("bench-{number}"))
}

/// Whose key it is.
pub fn client_of(key: usize) -> usize {
    key % CLIENTS
}

/// Requests a second and burst of a client's key.
pub fn limit_of(client: usize) -> (u32, u32) {
    if client < CLIENTS - LIMITED_CLIENTS { (1_000, 2_000) } else { (1, 1) }
}

/// The path that a client's keys are good for.
pub fn namespace(client: usize) -> String {
    format!("/v1/client-{client:02}/")
}

/// Networks that nobody of the load belongs to.
pub const DENIED_NETWORKS: [&str; 2] = ["198.51.100.0/24", "203.0.113.0/24"];

/// Tollgate's configuration for this work and so many keys: all checks on, defaults where they let the load pass.
pub fn configuration(work: Work, keys: usize) -> Configuration {
    let tenants: Vec<_> = (0..CLIENTS).map(|client| tenant(client, keys)).collect();
    let recorded = if work == Work::GetRecorded { "all" } else { "denied" };
    // Bodies are rewritten where there are large ones. The default is to mask what is logged.
    let redaction = match work {
        Work::PostClean | Work::PostEntities | Work::LargeAnswer => "strict",
        _ => "logs",
    };
    Configuration::of(json!({
        "environment": "production",
        "ip_deny": DENIED_NETWORKS,
        "tenants": tenants,
        // What is a burst is above what one client of the load asks for in a second, and a rejected key a second and
        // address is no attack: else all that is measured would be blocks.
        "waf": {
            "burst": {"requests": 100_000, "window_ms": 1_000},
            "block": {"violations": 100, "window_s": 1, "block_s": 1},
        },
        "redaction": {"mode": redaction},
        "audit": {"records": recorded},
    }))
}

fn tenant(client: usize, keys: usize) -> Value {
    let keys: Vec<_> = (client..keys)
        .step_by(CLIENTS)
        .map(|number| json!({"id": format!("key-{number}"), "sha256": sha256(&key_of(number))}))
        .collect();
    let (requests_per_second, burst) = limit_of(client);
    json!({
        "id": self::client(client),
        "keys": keys,
        "namespaces": [{"path": namespace(client), "methods": ["GET", "POST"]}],
        "rate_limit": {"requests_per_second": requests_per_second, "burst": burst},
    })
}

/// Keys of clients that may ask often, evenly spread over all.
fn used_keys(keys: usize) -> impl Iterator<Item = usize> {
    let step = (keys / KEYS_USED_MAX).max(1);
    // A step that shares no factor with the number of clients meets all clients.
    let step = if step > 1 { step | 1 } else { step };
    (0..keys).step_by(step).filter(|number| client_of(*number) < CLIENTS - LIMITED_CLIENTS)
}

fn get(client: usize, key: Option<&str>) -> Request {
    usual("GET", &format!("{}orders/17?page=2", namespace(client)), &address(client), key)
}

fn large(client: usize) -> Request {
    usual("GET", &format!("{}export", namespace(client)), &address(client), Some(&key_of(client)))
}

fn post(client: usize, body: &str) -> Request {
    usual("POST", &format!("{}orders", namespace(client)), &address(client), Some(&key_of(client)))
        .field("content-type", "application/json")
        .body(body)
}

fn wrong(number: usize) -> Request {
    let wrong = key(&format!("nobody's-{number}"));
    usual("GET", &format!("{}orders/17?page=2", namespace(0)), &address(number), Some(&wrong))
}

fn usual(method: &str, target: &str, address: &str, key: Option<&str>) -> Request {
    let request = Request::new(method, target)
        .forwarded_for(address)
        .field("x-forwarded-proto", "https")
        .field("user-agent", "orders/1.4 (linux)")
        .field("accept", "application/json")
        .field("accept-encoding", "gzip");
    match key {
        Some(key) => request.field("x-api-key", key),
        None => request,
    }
}

fn address(number: usize) -> String {
    format!("192.0.{}.{}", 2 + number / 250, 1 + number % 250)
}
