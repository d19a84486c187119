//! Before anything is measured: each contender does the work that it is measured by.

use crate::cell::Cell;
use crate::chain::{CLIENT_HEADER, PROOF_PATH};
use crate::contender::Contender;
use crate::site::Site;
use wasm_test::client;
use wasm_test::fixture::KEY_PREFIX;
use wasm_test::message::{Request, Response, Seen};
use wasm_test::workload::{Work, client as client_id};

/// How often a request is made that is to be refused.
const TRIES: usize = 10;

/// Sends one request to the upstream, and looks at what came of it on both sides.
///
/// # Panics
/// When the contender did not do its work.
pub(crate) async fn prove(site: &Site, cell: Cell) {
    let request = cell.work.requests(cell.keys).swap_remove(0);
    let mark = site.upstream.mark();
    site.upstream.answer_with(cell.work.answer());
    let path = if cell.work.status() == 200 { PROOF_PATH } else { request.target.as_str() };
    let request = request.clone().target(path);
    let name = cell.to_string();
    let mut answer = ask(site, cell, &request, &name).await;
    // Of a limited client the first request passes, and another one each second.
    for _ in 0..TRIES {
        if answer.status == cell.work.status() {
            break;
        }
        answer = ask(site, cell, &request, &name).await;
    }
    assert_eq!(answer.status, cell.work.status(), "{name}: {}", answer.text());
    let seen = site.upstream.since(mark).requests;
    if cell.work.status() == 200 {
        let seen = seen.first().unwrap_or_else(|| panic!("{name}: nothing came upstream"));
        passed(cell, &request, &answer, seen, &name);
    } else {
        assert!(seen.is_empty(), "{name}: a refused request came upstream");
    }
}

async fn ask(site: &Site, cell: Cell, request: &Request, name: &str) -> Response {
    let answer = client::send(site.address(cell), request).await;
    answer.unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn passed(cell: Cell, request: &Request, answer: &Response, seen: &Seen, name: &str) {
    if matches!(cell.contender, Contender::Bare | Contender::Noop) {
        return;
    }
    let (identity, limit) = match cell.contender {
        Contender::Tollgate => ("x-tollgate-tenant", "ratelimit"),
        Contender::Native => (CLIENT_HEADER, "x-ratelimit-limit"),
        _ => (CLIENT_HEADER, "ratelimit"),
    };
    assert_eq!(seen.fields.text(identity), Some(client_id(0)), "{name}: who calls, upstream");
    assert!(!seen.fields.iter().any(|(_, value)| holds_key(value)), "{name}: the key went upstream");
    assert!(answer.fields.has(limit), "{name}: no {limit} in the answer");
    let redacts = cell.contender == Contender::Tollgate;
    let sent = request.body_bytes();
    assert_eq!(seen.body != sent, redacts && cell.work == Work::PostEntities, "{name}: the body, upstream");
    let given = cell.work.answer().body;
    assert_eq!(answer.body != given, redacts && cell.work == Work::LargeAnswer, "{name}: the answer's body");
}

fn holds_key(value: &[u8]) -> bool {
    value.windows(KEY_PREFIX.len()).any(|part| part == KEY_PREFIX.as_bytes())
}
