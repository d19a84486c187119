//! What holds between workers, whatever order they come in: on the emulated host, which can make any order happen.

use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};
use std::thread;
use wasm_test::emulated::{Emulated, Ending, Hosting, Plugin, PluginId, Vm, WasmModule, World};
use wasm_test::fixture::{Configuration, development, key, production};
use wasm_test::message::{Peer, Request, Response};
use wasm_test::scenario::get;

/// How many lost races a request may be asked to survive here; more than any real contention of a few workers.
const RACES: usize = 8;

/// More lost races than any bound on retries.
const ENDLESS_RACES: usize = 100_000;

fn limited(rate: u32, burst: u32) -> Configuration {
    development().set("/rate_limit", json!({"requests_per_second": rate, "burst": burst}))
}

fn by_acme() -> Request {
    get("/v1/acme/x").field("x-api-key", key("acme-live"))
}

fn worker(world: &World, configuration: &Configuration) -> (Vm, PluginId) {
    let mut vm = Vm::start(world, WasmModule::built(), Hosting::default());
    let plugin = vm.configure(Plugin::new(configuration.json())).expect("the configuration is right");
    (vm, plugin)
}

/// The status of one request by acme.
fn status(worker: &mut (Vm, PluginId)) -> u16 {
    status_of(worker, &by_acme())
}

fn status_of((vm, plugin): &mut (Vm, PluginId), request: &Request) -> u16 {
    match vm.exchange(*plugin, request, &Response::new(200)).ending {
        Ending::Answered(response) => response.status,
        ending => panic!("{ending:?}"),
    }
}

/// How many requests in a row are admitted, `requests_max` at most.
fn admitted(worker: &mut (Vm, PluginId), requests_max: usize) -> usize {
    (0..requests_max).take_while(|_| status(worker) == 200).count()
}

#[test]
fn workers_share_one_bucket() {
    let world = World::new();
    let mut workers: Vec<_> = (0..3).map(|_| worker(&world, &limited(1, 7))).collect();
    let statuses: Vec<_> = (0..9).map(|turn| status(&mut workers[turn % 3])).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 429, 429]);
}

#[test]
fn a_lost_race_is_run_again_and_costs_one_token_all_the_same() {
    let world = World::new();
    let mut worker = worker(&world, &limited(1, 5));
    assert_eq!(status(&mut worker), 200);
    world.shared_data(|cells| cells.contend(RACES));
    assert_eq!(status(&mut worker), 200);
    assert_eq!(world.shared_data(|cells| cells.interferences_left()), 0, "the races were not run");
    assert_eq!(admitted(&mut worker, 10), 3);
}

#[test]
fn who_loses_every_race_is_refused_and_nobody_waits_for_ever() {
    let world = World::new();
    let mut worker = worker(&world, &limited(1000, 1000));
    assert_eq!(status(&mut worker), 200);
    world.shared_data(|cells| cells.contend(ENDLESS_RACES));
    assert_eq!(status(&mut worker), 429);
    assert!(
        world.shared_data(|cells| cells.interferences_left()) > 0,
        "it raced until there was nobody left"
    );
    world.shared_data(|cells| cells.contend(1));
    assert_eq!(status(&mut worker), 200, "the next request is not punished");
}

/// Two workers meet a key for the first time at once. The one that writes second must not undo what the first took.
#[test]
fn a_bucket_created_twice_at_once_is_one_bucket() {
    let other_world = World::new();
    let mut other = worker(&other_world, &limited(1, 3));
    assert_eq!(admitted(&mut other, 10), 3);
    let emptied: Vec<_> = other_world.shared_data(|cells| {
        let keys: Vec<_> = cells.keys().map(<[u8]>::to_vec).collect();
        keys.into_iter().map(|key| (cells.read(&key).map(|(value, _)| value.to_vec()), key)).collect()
    });

    let world = World::new();
    let mut late = worker(&world, &limited(1, 3));
    world.shared_data(|cells| {
        cells.interfere(1, move |cells, _| {
            for (value, key) in &emptied {
                cells.put(key, value.clone().expect("the cell was just listed"));
            }
        });
    });
    assert_eq!(status(&mut late), 429, "another worker had emptied the bucket before this one wrote");
}

#[test]
fn workers_that_really_run_at_once_admit_exactly_the_burst() {
    const WORKERS: usize = 4;
    const BURST: usize = 200;
    let world = World::new();
    let configuration = limited(1, BURST as u32).set("/waf/burst/requests", json!(100_000));
    let run = || {
        let mut worker = worker(&world, &configuration);
        (0..BURST).filter(|_| status(&mut worker) == 200).count()
    };
    let total: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..WORKERS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no worker traps")).sum()
    });
    // Nobody may be admitted beyond the burst. Who loses too many races in a row is refused instead, which a scheduler
    // can bring about, so a few may be missing.
    assert!((BURST - 5..=BURST).contains(&total), "{total} of {BURST}");
}

#[test]
fn a_bucket_survives_a_configuration_update() {
    let world = World::new();
    let (mut vm, before) = worker(&world, &limited(1, 6));
    let mut old = (vm, before);
    assert_eq!(admitted(&mut old, 4), 4);
    vm = old.0;
    let update = limited(1, 6).set("/ip_deny", json!(["192.0.2.1"]));
    let after = vm.configure(Plugin::new(update.json())).expect("the update is right");
    let mut same_vm = (vm, after);
    assert_eq!(status(&mut same_vm), 200);
    let mut new_vm = worker(&world, &update);
    assert_eq!(admitted(&mut new_vm, 10), 1, "the update gave tokens back");
}

#[test]
fn a_limit_that_is_raised_gives_no_tokens_and_one_that_is_lowered_keeps_none() {
    let world = World::new();
    assert_eq!(admitted(&mut worker(&world, &limited(1, 10)), 8), 8);
    assert_eq!(admitted(&mut worker(&world, &limited(1, 100)), 200), 2, "raised");

    let world = World::new();
    assert_eq!(admitted(&mut worker(&world, &limited(1, 100)), 1), 1);
    assert!(admitted(&mut worker(&world, &limited(1, 5)), 200) <= 5, "lowered");
}

/// Nobody but the filter writes its cells; still, what is read there is input.
#[test]
fn cells_of_rubbish_stop_nobody() {
    for rubbish in [vec![], vec![0], vec![0xff; 3], vec![0xff; 36], vec![0; 1000], vec![0xff; 5000]] {
        let world = World::new();
        let mut worker = worker(&world, &limited(1, 5));
        assert_eq!(status(&mut worker), 200);
        assert_eq!(status_of(&mut worker, &by_acme().field("x-api-key", "wrong")), 400);
        assert_eq!(status_of(&mut worker, &get("/v1/acme/x").field("x-api-key", "wrong")), 401);
        world.shared_data(|cells| {
            let keys: Vec<_> = cells.keys().map(<[u8]>::to_vec).collect();
            keys.iter().for_each(|key| cells.put(key, rubbish.clone()));
        });
        let admitted = admitted(&mut worker, 10);
        assert!(admitted <= 5, "{} bytes of rubbish gave {admitted} tokens", rubbish.len());
    }
}

/// Shared data can never be deleted, so strangers must not be able to fill it.
#[test]
fn a_flood_of_addresses_and_wrong_keys_fills_a_bounded_number_of_cells() {
    const STRANGERS: u32 = 20_000;
    // Two tables of 256 sets, the ring of records and its two cells.
    const CELLS_MAX: usize = 2 * 256 + 1024 + 2;
    const BYTES_MAX: usize = 2 << 20;
    let world = World::new();
    let mut worker = worker(&world, &development());
    for stranger in 0..STRANGERS {
        let mut request = get("/v1/acme/x").field("x-api-key", format!("wrong {stranger}"));
        request.peer = Peer::Direct(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + stranger * 7)));
        assert_eq!(status_of(&mut worker, &request), 401);
    }
    let (cells, bytes) =
        world.shared_data(|cells| (cells.keys().count(), cells.values().map(<[u8]>::len).sum::<usize>()));
    assert!(cells <= CELLS_MAX && bytes <= BYTES_MAX, "{cells} cells, {bytes} bytes");
}

#[test]
fn a_connection_with_tls_satisfies_require_https() {
    let (mut vm, plugin) = worker(&World::new(), &production());
    let plain = vm.exchange(plugin, &by_acme(), &Response::new(200)).ending;
    assert!(matches!(plain, Ending::Answered(Response { status: 403, .. })), "{plain:?}");
    let tls = vm.exchange_over_tls(plugin, &by_acme(), &Response::new(200)).ending;
    assert!(matches!(tls, Ending::Answered(Response { status: 200, .. })), "{tls:?}");
}

#[test]
fn a_client_that_leaves_is_unseen_and_does_no_harm() {
    let (mut vm, plugin) = worker(&World::new(), &development());
    let upload = Request { method: "POST".to_owned(), ..by_acme() }.chunks(["one", "two", "three"]);
    for pieces in 0..3 {
        let outcome = vm.cut_exchange(plugin, &upload, pieces);
        assert_eq!((outcome.ending, outcome.upstream), (Ending::Left, None), "left after {pieces} pieces");
    }
    assert_eq!(status_of(&mut (vm, plugin), &upload), 200);
}

#[test]
fn a_body_that_cannot_become_utf8_is_refused_while_the_client_still_sends() {
    let upload =
        |pieces: [&'static [u8]; 3]| Request { method: "POST".to_owned(), ..by_acme() }.chunks(pieces);
    let emoji = upload([b"\xf0\x9f", b"\x98", b"\x80"]);
    let (mut vm, plugin) = worker(&World::new(), &development());
    assert_eq!(vm.cut_exchange(plugin, &emoji, 2).ending, Ending::Left, "it may become UTF-8");
    for refused in [upload([b"\xf0\x9f", b"(", b""]), upload([b"a", b"\xff", b"a"])] {
        let outcome = vm.cut_exchange(plugin, &refused, 2);
        assert!(matches!(outcome.ending, Ending::Answered(Response { status: 400, .. })), "{outcome:?}");
        assert_eq!(outcome.upstream, None);
    }
    assert_eq!(status_of(&mut (vm, plugin), &emoji), 200);
}

/// Hosts without `allow_on_headers_stop_iteration`: nothing may wait for a body that will not be shown.
#[test]
fn without_holding_requests_the_head_is_judged_all_the_same() {
    let hosting = Hosting { hold_headers: false, ..Hosting::default() };
    let mut vm = Vm::start(&World::new(), WasmModule::built(), hosting);
    let configuration =
        development().set("/hold_request", json!(false)).set("/input/max_body_bytes", json!(10));
    let plugin = vm.configure(Plugin::new(configuration.json())).expect("the configuration is right");
    let mut worker = (vm, plugin);
    let upload = |body: &str| Request { method: "POST".to_owned(), ..by_acme() }.chunks([body]);
    assert_eq!(status_of(&mut worker, &upload("short")), 200);
    assert_eq!(status_of(&mut worker, &upload("much too long").field("x-api-key", "other")), 400);
    assert_eq!(status_of(&mut worker, &get("/v1/acme/x")), 401);
    assert_eq!(status_of(&mut worker, &upload("much too long")), 413);
}

/// A plugin keeps the configuration it has when it is given a wrong one.
#[test]
fn a_refused_update_leaves_the_old_configuration_serving() {
    let (mut vm, plugin) = worker(&World::new(), &limited(1, 3));
    let wrong = development().set("/rate_limit/burst", json!(0));
    let refused = vm.configure(Plugin::new(wrong.json())).expect_err("zero is an error");
    assert_eq!(refused.trap, None);
    assert_eq!(admitted(&mut (vm, plugin), 10), 3);
}

#[test]
fn the_same_request_costs_the_same_every_time() {
    let cost = || {
        let (mut vm, plugin) = worker(&World::new(), &development());
        vm.exchange(plugin, &by_acme(), &Response::new(200)).fuel_used
    };
    let first = cost();
    assert!(first > 0);
    assert_eq!(first, cost());
}

#[test]
fn two_worlds_share_nothing() {
    let mut one = Emulated::start(World::new(), &limited(1, 1)).expect("right");
    let mut other = Emulated::start(World::new(), &limited(1, 1)).expect("right");
    for host in [&mut one, &mut other] {
        let outcome = host.send(&by_acme(), &Response::new(200));
        assert!(outcome.upstream.is_some(), "{outcome:?}");
    }
}
