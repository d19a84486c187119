#![allow(clippy::arithmetic_side_effects)]

mod service;
mod world;

use std::collections::BTreeMap;

use crate::audit::{Trail, Violation};
use crate::denial::Denial;
use crate::fleet::Patience;
use crate::policy::{Policy, Subject};
use crate::secret::Digest;
use world::{Judged, MILLISECOND, Weather, World};

fn limited(rate: u32, more: &str) -> String {
    format!(
        r#"{{"environment": "development",
            "tenants": [{{"id": "acme", "keys": [{{"id": "k", "plaintext": "k"}}, {{"id": "l", "plaintext": "l"}}]}}],
            "waf": {{"block": {{"violations": 2, "block_s": 4}}, "burst": {{"requests": 1000000}}}},
            "rate_limit": {{"requests_per_second": {rate},
                "distributed": {{"cluster": "ratelimit", "replicas": 2{more}}}}}}}"#
    )
}

/// Every worker of every Envoy is asked so many times in each millisecond.
fn overload(world: &World, milliseconds: u64, each: usize) -> Vec<Judged> {
    let mut judged = Vec::new();
    for _ in 0..milliseconds {
        for envoy in 0..world.envoys.len() {
            for worker in [0, 1] {
                // A client waits for its answer before it asks again; a flood is not so polite, but
                // those that wait add nothing.
                judged.extend((0..each).filter_map(|_| world.ask(envoy, worker, "k")));
            }
        }
        judged.extend(world.tick());
    }
    judged
}

/// Admitted by second, from the first whole one.
fn by_second(judged: &[Judged]) -> BTreeMap<u64, usize> {
    let mut seconds = BTreeMap::new();
    for one in judged {
        *seconds.entry(one.at.seconds().0).or_default() += usize::from(one.refused.is_none());
    }
    seconds
}

fn admitted(judged: &[Judged]) -> usize {
    judged.iter().filter(|one| one.refused.is_none()).count()
}

#[test]
fn a_fleet_admits_what_one_limit_allows_and_asks_rarely() {
    for (rate, calls_max) in [(200, 0.15), (10, 0.9)] {
        for stops_when_over in [false, true] {
            let world = World::new(&limited(rate, ""), 2);
            world.service.borrow_mut().stops_when_over = stops_when_over;
            let judged = overload(&world, 10_000, 1);
            let seconds = by_second(&judged);
            let over = (rate as usize / 100).max(1);
            for (second, count) in seconds.iter().take(10) {
                assert!(*count <= rate as usize + over, "{count} of {rate} in {second}");
            }
            let all = admitted(&judged) as f64;
            assert!(all >= 0.97 * f64::from(rate) * 10.0, "{all} of {rate}/s, stops: {stops_when_over}");
            let calls = world.service.borrow().calls as f64 / all;
            assert!(calls <= calls_max, "{calls} calls for each admitted request at {rate}/s");
        }
    }
}

#[test]
fn a_service_whose_clock_is_behind_costs_little() {
    let world = World { skew: 20 * MILLISECOND, ..World::new(&limited(200, ""), 2) };
    let judged = overload(&world, 10_000, 1);
    // Ten seconds of ours touch eleven of the service's.
    let all = admitted(&judged);
    assert!((1950..=2200).contains(&all), "{all}");
}

#[test]
fn a_calm_key_never_waits() {
    let world = World::new(&limited(200, ""), 2);
    let mut waited = 0;
    for millisecond in 0..5_000 {
        if millisecond % 20 == 0 {
            let judged = world.ask(millisecond / 20 % 2, 0, "k");
            waited += usize::from(judged.is_none());
        }
        assert!(world.tick().iter().all(|one| one.refused.is_none()));
    }
    assert_eq!(waited, 0);
    assert!(world.service.borrow().calls <= 75, "{} calls for 250", world.service.borrow().calls);
}

#[test]
fn an_idle_key_takes_one_token_at_a_time() {
    let world = World::new(&limited(1, ""), 2);
    for second in 0..10 {
        let judged = world.ask(second % 2, 0, "k");
        let mut later = (0..1000).flat_map(|_| world.tick());
        assert!(judged.or_else(|| later.next()).unwrap().refused.is_none(), "{second}");
        later.for_each(drop);
    }
    assert!(world.service.borrow().calls <= 20);
}

#[test]
fn after_over_limit_nothing_is_asked_before_the_second_ends() {
    let world = World::new(&limited(10, ""), 1);
    overload(&world, 300, 1);
    let asked = world.service.borrow().calls;
    let refused = overload(&world, 600, 5);
    assert_eq!(admitted(&refused), 0);
    assert!(refused.iter().all(|one| matches!(one.refused, Some(Denial::RateLimited { .. }))));
    assert_eq!(world.service.borrow().calls, asked);
}

#[test]
fn without_the_service_each_envoy_gives_its_share() {
    for weather in [Weather::Dead, Weather::Silent] {
        let world = World::new(&limited(200, ""), 2);
        overload(&world, 2_500, 1);
        world.weather.set(weather);
        let failing = overload(&world, 5_000, 1);
        assert!(failing.iter().all(|one| !matches!(one.refused, Some(Denial::RateLimitUnavailable))));
        world.weather.set(Weather::Fine);
        let recovering = overload(&world, 1_500, 1);
        let recovered = overload(&world, 3_000, 1);
        for (second, count) in by_second(&[failing.clone(), recovering, recovered.clone()].concat()) {
            assert!(count <= 300, "{count} in {second}, {weather:?}");
        }
        for count in by_second(&failing).values().skip(1).take(4) {
            assert!((150..=210).contains(count), "{count}, {weather:?}");
        }
        for count in by_second(&recovered).values().take(3) {
            assert!((194..=202).contains(count), "{count} after its return, {weather:?}");
        }
        let slowest = failing.iter().map(|one| one.at.since(one.request.began)).max().unwrap();
        assert!(slowest <= 51 * MILLISECOND, "{slowest} ns, {weather:?}");
    }
}

#[test]
fn a_tenant_chooses_what_happens_without_the_service() {
    let allow = World::new(&limited(10, r#", "on_failure": "allow""#), 1);
    allow.weather.set(Weather::Dead);
    let judged = overload(&allow, 100, 1);
    assert!(judged.iter().filter(|one| one.refused.is_none()).count() > 15, "the bucket's burst at least");

    let deny = World::new(&limited(10, r#", "on_failure": "deny""#), 1);
    deny.weather.set(Weather::Dead);
    overload(&deny, 100, 1);
    let judged = overload(&deny, 100, 1);
    assert!(judged.iter().all(|one| one.refused == Some(Denial::RateLimitUnavailable)));
    deny.weather.set(Weather::Fine);
    overload(&deny, 1_500, 1);
    assert!(admitted(&overload(&deny, 1_000, 1)) >= 9, "and tries the service again by itself");
}

#[test]
fn an_answer_without_a_limit_is_a_failure_and_named() {
    let world = World::new(&limited(10, ""), 1);
    world.service.borrow_mut().knows_nothing = true;
    let judged = overload(&world, 3_000, 1);
    assert!(by_second(&judged).values().all(|count| *count <= 6), "{:?}", by_second(&judged));
    assert!(world.meters.value("tollgate_ratelimit_service_total_outcome=.=misconfigured;.;") >= 3);
}

#[test]
fn a_dead_service_is_left_alone() {
    let world = World::new(&limited(200, ""), 1);
    world.weather.set(Weather::Dead);
    overload(&world, 5_000, 1);
    let failed = world.meters.value("tollgate_ratelimit_service_total_outcome=.=failed;.;");
    assert!((40..=60).contains(&failed), "two workers, five trials a second: {failed}");
}

fn block(world: &World, envoy: usize) {
    let account = Digest::of(b"k").prefix();
    let around = world.around(envoy, 0, Patience::Waits);
    let mut trail = Trail::default();
    trail.key = Some(key_index(&world.policy));
    for _ in 0..2 {
        let rules = &world.policy.tenants()[0].rules;
        trail.note_violation(Violation::TooManyUrls, Subject::Key(account), rules, &around);
    }
    assert_eq!(trail.blocks, 1);
}

fn key_index(policy: &Policy) -> u32 {
    (0..).find(|index| policy.key_and_tenant(*index).unwrap().0.id == "k").unwrap()
}

#[test]
fn a_block_reaches_the_other_envoys_within_a_second_and_ends_there_too() {
    for (start, both) in [(0, false), (700, false), (3_600, true)] {
        let world = World::new(&limited(50, ""), 2);
        // Any place in a second and in a slice.
        (0..start).for_each(|_| drop(world.tick()));
        let steady = |milliseconds: u64| {
            let mut judged = Vec::new();
            for _ in 0..milliseconds / 50 {
                for (envoy, key) in [(0, "k"), (1, "k"), (1, "l")] {
                    judged.extend(world.ask(envoy, 0, key));
                }
                (0..50).for_each(|_| judged.extend(world.tick()));
            }
            judged
        };
        assert_eq!(admitted(&steady(2_000)), 120);
        block(&world, 0);
        if both {
            block(&world, 1);
        }
        let blocked_at = world.now.get();
        let during: Vec<_> = steady(8_000).into_iter().filter(|one| one.request.key == "k").collect();
        for one in &during {
            let since = one.at.since(blocked_at) / MILLISECOND;
            let is_blocked = matches!(one.refused, Some(Denial::Blocked { .. }));
            if (1_000..3_990).contains(&since) || (one.envoy == 0 && since < 3_990) {
                assert!(is_blocked, "{one:?} {since} ms after the block");
            }
            if since > 4_100 {
                assert_eq!(one.refused, None, "{since} ms after the block");
            }
        }
    }
}
