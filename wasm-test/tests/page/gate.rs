//! A real gate with an ordinary day's traffic: a running Envoy, three tenants, clients that behave and clients that do
//! not.

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::interval;
use wasm_test::client;
use wasm_test::envoy::{Listener, Release, Stage};
use wasm_test::fixture::{Calendar, Configuration, development, key, sha256};
use wasm_test::message::{Request, Response};
use wasm_test::scenario::{get, post};

/// Where misbehaving clients sit, so that their blocks are not the operator's.
const STRANGER: &str = "127.6.6.6";

/// How often a batch of requests is sent.
const BATCH_INTERVAL: Duration = Duration::from_millis(250);

pub(crate) struct Gate {
    pub(crate) stage: Stage,
}

impl Gate {
    pub(crate) fn start() -> Self {
        let listener = Listener::new("page", &configuration());
        let stage = Stage::set(Release::Newest, &[listener], &[], "page");
        stage.upstream.answer_with(Response::new(200));
        Self { stage }
    }

    /// Where the page is.
    pub(crate) fn page(&self) -> String {
        format!("http://{}/tollgate/", self.stage.address())
    }

    /// What an admin call answers.
    pub(crate) fn admin_call(&self, path: &str) -> Response {
        let call =
            get(&format!("/tollgate/{path}")).field("authorization", format!("Bearer {}", admin_key()));
        self.send(&call)
    }

    pub(crate) fn stats(&self) -> Value {
        serde_json::from_slice(&self.admin_call("stats").body).expect("stats are JSON")
    }

    pub(crate) fn records(&self) -> Vec<Value> {
        let text = self.admin_call("audit?limit=200").text();
        text.lines().map(|line| serde_json::from_str(line).expect("a record is JSON")).collect()
    }

    /// Sends one of each kind of request, in their order.
    pub(crate) fn play_all_kinds(&self) {
        for request in kinds() {
            self.send(&request);
        }
    }

    /// Requests from now on, in waves, until the handle is aborted.
    pub(crate) fn keep_busy(&self) -> JoinHandle<()> {
        let address = self.stage.address();
        self.stage.runtime.spawn(async move {
            let mut ticking = interval(BATCH_INTERVAL);
            for batch in 0_u32.. {
                ticking.tick().await;
                play_batch(address, batch).await;
            }
        })
    }

    fn send(&self, request: &Request) -> Response {
        let sent = client::send(self.stage.address(), request);
        self.stage.runtime.block_on(sent).unwrap_or_else(|error| panic!("{}: {error}", request.target))
    }
}

pub(crate) fn admin_key() -> String {
    key("admin")
}

fn configuration() -> Configuration {
    let today = Calendar::of_this_machine();
    let named = |id: &str, more: Value| {
        let mut entry = json!({"id": id, "sha256": sha256(&key(id))});
        entry.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        entry
    };
    let aged = |days: i64| json!({"created": today.days_from_now(-days)});
    let ending = |days: i64| json!({"created": today.days_from_now(days - 90), "not_after": today.days_from_now(days)});
    development()
        .set("/admin", json!({"key_sha256": sha256(&admin_key())}))
        .set("/redaction/mode", json!("strict"))
        .set("/tenants", json!([
            {"id": "acme", "keys": [named("acme-2026-11", ending(68)), named("acme-2026-08", ending(9)),
                named("acme-2025", ending(-50))], "namespaces": [{"path": "/v1/acme/"}]},
            {"id": "globex", "keys": [named("globex-1", aged(120))], "namespaces": [{"path": "/v1/globex/"}],
                "rate_limit": {"requests_per_second": 6, "burst": 6}},
            {"id": "initech", "keys": [named("initech-a", ending(3))], "namespaces": [{"path": "/v1/initech/"}],
                "waf": {"mode": "shadow"}, "input": {"mode": "shadow"}},
        ]))
        .set("/rate_limit", json!({"requests_per_second": 1000, "burst": 2000}))
        .set("/waf", json!({"burst": {"requests": 2000}, "block": {"violations": 40, "block_s": 30}}))
}

/// Every kind of request there is; some twice, so that counts differ.
fn kinds() -> Vec<Request> {
    let by = |id: &str, request: Request| request.field("x-api-key", key(id)).field("user-agent", "shop/2.1");
    let urls = (1..=6).map(|page| format!("https://example.org/{page} ")).collect::<String>();
    vec![
        by("acme-2026-11", get("/v1/acme/orders?page=2&sort=date")),
        by("acme-2026-08", post("/v1/acme/letters", "write to jo@example.org or +1 415 555 2671")),
        by("initech-a", get("/v1/initech/parts/41")),
        by("globex-1", get("/v1/globex/stock")),
        by("acme-2026-11", post("/v1/acme/letters", "paid with 4111 1111 1111 1111")),
        by("acme-2026-11", get("/v1/globex/stock")),
        by("initech-a", post("/v1/initech/notes", &urls)),
        by("globex-1", get("/v1/globex/stock?of=tea")),
        by("acme-2026-11", post("/v1/acme/letters", &urls)),
        by("acme-2025", get("/v1/acme/orders")).from(STRANGER),
        get("/v1/acme/orders"),
        get("/v1/acme/orders").field("x-api-key", "guessed").from(STRANGER),
        by("acme-2026-11", get("/v1/acme/%3Cimg%20src=x%20onerror=alert(1)%3E"))
            .field("user-agent", "<script>alert(2)</script>")
            .field("x-forwarded-for", "<svg onload=alert(3)>"),
        by("acme-2026-11", post("/v1/acme/letters", "a".repeat(9000))),
    ]
}

/// How often in ten batches each kind is sent, in their order.
const OFTEN: [u32; 14] = [10, 6, 6, 9, 2, 1, 1, 7, 1, 1, 1, 1, 0, 1];

/// The kinds in turn, more and less of them as time goes by. What fails, fails: this is only to have something to see.
async fn play_batch(address: SocketAddr, batch: u32) {
    let wave = 2.0 + (f64::from(batch) / 190.0).sin() + 0.5 * (f64::from(batch) / 23.0).sin();
    for (place, (request, often)) in (0..).zip(kinds().into_iter().zip(OFTEN)) {
        let due = (batch * 7 + place * 3) % 10 < often;
        let times = if often > 5 { wave.ceil() as u32 } else { u32::from(wave > 1.5) };
        for _ in 0..if due { times } else { 0 } {
            drop(client::send(address, &request).await);
        }
    }
}
