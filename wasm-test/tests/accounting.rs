//! What the filter says of itself against what its clients saw: 200 000 requests of several tenants over four workers,
//! with an update of the configuration in the middle. Every tenant's every reason must agree to the unit.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use wasm_test::client::Http1;
use wasm_test::envoy::{Listener, ListenerFile, Release, Stage};
use wasm_test::fixture::{Configuration, development, key, sha256};
use wasm_test::message::{Request, Response};
use wasm_test::scenario::get;

const REQUESTS: usize = 200_000;
const CONNECTIONS: usize = 20;
const WORKERS: usize = 4;

/// Requests by tenant (`-` where the filter can know none) and by what came of them: `ok` or the problem's name.
type Tally = BTreeMap<(String, String), u64>;

#[test]
fn sums_agree_with_the_clients_to_the_unit() {
    let file = ListenerFile::new(Release::Newest, &listener(1_000));
    let mut stage = Stage::watching_with_workers(Release::Newest, &file, WORKERS);
    let address = stage.address();
    let clients: Vec<_> = (0..CONNECTIONS).map(|number| stage.runtime.spawn(ask(address, number))).collect();
    // While they ask. The limit changes, so that nobody can say the update was none.
    stage.update(&file, &listener(1_001), "listener_manager.lds.update_success");
    let mut counted = Tally::new();
    for client in clients {
        for (what, count) in stage.runtime.block_on(client).expect("no client fails") {
            *counted.entry(what).or_default() += count;
        }
    }
    assert_eq!(counted.values().sum::<u64>(), REQUESTS as u64);
    assert!(counted.len() >= 10, "the requests are of too few kinds: {counted:#?}");

    let stats = stage.runtime.block_on(stats(stage.address()));
    assert_eq!(told(&stats), counted);
    let total: u64 = counted.iter().filter(|((_, what), _)| what == "ok").map(|(_, count)| count).sum();
    assert_eq!(stats["total"]["allowed"], total);
    assert_eq!(stats["total"]["denied"], REQUESTS as u64 - total);
    let by_worker = stage.runtime.block_on(stage.envoy.connections_by_worker());
    assert!(by_worker.iter().filter(|connections| **connections > 0).count() >= 3, "{by_worker:?}");
    println!("{REQUESTS} requests, {} kinds, {by_worker:?} connections by worker: all agree", counted.len());
}

fn listener(rate: u32) -> Listener {
    Listener { answers_itself: true, ..Listener::new("accounting", &configuration(rate)) }
}

fn configuration(rate: u32) -> Configuration {
    let tenant = |id: &str, rate: u32| {
        json!({"id": id, "keys": [{"id": id, "sha256": sha256(&key(id))}], "namespaces": [{"path": "/v1/"}],
            "rate_limit": {"requests_per_second": rate, "burst": rate}})
    };
    development()
        .set(
            "/tenants",
            json!([tenant("ash", 1_000_000), tenant("beech", 1_000_000), tenant("cherry", rate)]),
        )
        .set("/admin", json!({"key_sha256": sha256(&key("admin"))}))
        // Wrong keys and texts are sent on purpose, and more than it takes to be blocked.
        .set("/waf", json!({"mode": "enforce", "block": {"violations": 100, "window_s": 1, "block_s": 1}}))
}

/// One client's share, on connections that are opened anew where Envoy closes them.
async fn ask(address: SocketAddr, number: usize) -> Tally {
    let source = IpAddr::V4(Ipv4Addr::new(127, 0, 1, u8::try_from(number).expect("few connections")));
    let mut tally = Tally::new();
    let mut connection = None;
    for turn in 0..REQUESTS / CONNECTIONS {
        let (tenant, request) = request(turn);
        let mut open = match connection.take() {
            Some(open) => open,
            None => Http1::connect(address, source).await.expect("Envoy takes connections"),
        };
        let answer = open.send(&request).await.expect("an answer");
        let closes = answer.fields.text("connection").is_some_and(|value| value == "close");
        connection = (!closes).then_some(open);
        let what = what(&answer);
        *tally.entry((tenant.to_owned(), what)).or_default() += 1;
    }
    tally
}

/// What is sent in a turn, and by whom.
fn request(turn: usize) -> (&'static str, Request) {
    let by = |tenant: &'static str, path: &str| (tenant, get(path).field("x-api-key", key(tenant)));
    match turn % 25 {
        0 => ("-", get("/v1/x")),
        1 if turn % 100 == 1 => ("-", get("/v1/x").field("x-api-key", "a guess")),
        2 | 3 => by("ash", "/elsewhere"),
        4 if turn % 200 == 4 => by(
            "beech",
            "/v1/x?u=http://a.example+http://b.example+http://c.example+http://d.example+http://e.example+http://f.example",
        ),
        5 => {
            let (tenant, request) = by("beech", "/v1/x");
            (tenant, request.field("content-encoding", "gzip"))
        }
        6 => by("beech", &format!("/v1/{}", "x".repeat(9000))),
        7..=12 => by("ash", "/v1/x"),
        13..=18 => by("beech", "/v1/y?a=b"),
        _ => by("cherry", "/v1/z"),
    }
}

fn what(answer: &Response) -> String {
    match answer.status {
        200 => "ok".to_owned(),
        _ => answer.problem().unwrap_or_else(|| panic!("{} {}", answer.status, answer.text())),
    }
}

async fn stats(address: SocketAddr) -> Value {
    let request = get("/tollgate/stats").field("authorization", format!("Bearer {}", key("admin")));
    let answer = wasm_test::client::send(address, &request).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// The filter's own account in the shape of a client's.
fn told(stats: &Value) -> Tally {
    let tenants = stats["tenants"].as_object().expect("an object");
    let tenants = tenants.iter().map(|(id, sums)| (id.as_str(), sums));
    let mut tally = Tally::new();
    for (tenant, sums) in tenants.chain([("-", &stats["without_tenant"])]) {
        assert_eq!(sums["aborted"], 0, "nobody left");
        let denied = sums["denied_by_reason"].as_object().expect("an object");
        let allowed = (String::from("ok"), sums["allowed"].clone());
        for (what, count) in denied.clone().into_iter().chain([allowed]) {
            let count = count.as_u64().expect("a count");
            if count > 0 {
                tally.insert((tenant.to_owned(), what), count);
            }
        }
    }
    tally
}
