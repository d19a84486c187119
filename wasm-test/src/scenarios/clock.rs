//! What only a moved clock can show: exact refills, and clocks that go wrong.

use super::by_acme;
use crate::fixture::{Calendar, development, key};
use crate::scenario::{ClockScenario, Expected, admitted, get, refused};
use serde_json::json;
use std::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

pub(super) fn scenarios(calendar: Calendar) -> Vec<ClockScenario> {
    [buckets(), wrong_clocks(), windows(calendar), blocks()].concat()
}

fn left(tokens: u32) -> Expected {
    admitted().field("ratelimit", &format!(r#""default";r={tokens};t=1"#))
}

fn empty() -> Expected {
    refused(429, "rate-limited").field("ratelimit", r#""default";r=0;t=1"#).field("retry-after", "1")
}

fn limited(name: &str, rate: u32, burst: u32) -> ClockScenario {
    ClockScenario::new(
        name,
        development().set("/rate_limit", json!({"requests_per_second": rate, "burst": burst})),
    )
}

fn buckets() -> Vec<ClockScenario> {
    let request = by_acme("/v1/acme/x");
    let r = || request.clone();
    let mut drift = limited("no token is lost or won over many uneven steps", 3, 3)
        .repeat(3, &request, &admitted())
        .step(r(), empty());
    // 3 tokens a second: one every 333.3 ms, so that 334 ms give one, and 0.002 more. These are not forgotten, nor is
    // anything rounded up: after 500 steps, and not one before, they are a whole token.
    for _ in 1..500 {
        drift = drift.advance(334 * MILLISECOND).step(r(), admitted()).step(r(), empty());
    }
    let drift = drift.advance(334 * MILLISECOND).repeat(2, &request, &admitted()).step(r(), empty());
    vec![
        limited("tokens come back at the rate, and no faster", 2, 4)
            .step(r(), left(3))
            .step(r(), left(2))
            .step(r(), left(1))
            .step(r(), left(0))
            .step(r(), empty())
            .advance(499 * MILLISECOND)
            .step(r(), empty())
            .advance(MILLISECOND)
            .step(r(), left(0))
            .step(r(), empty())
            .advance(SECOND)
            .step(r(), left(1)),
        limited("a bucket fills to its burst and no further", 10, 20)
            .step(r(), left(19))
            .advance(DAY)
            .step(r(), left(19)),
        limited("refused requests take nothing", 1, 1)
            .step(r(), left(0))
            .repeat(50, &request, &empty())
            .advance(SECOND)
            .step(r(), left(0)),
        drift,
    ]
}

fn wrong_clocks() -> Vec<ClockScenario> {
    let request = by_acme("/v1/acme/x");
    let r = || request.clone();
    vec![
        limited("a wall clock that steps back neither fills nor locks a bucket", 1, 2)
            .repeat(2, &request, &admitted())
            .step(r(), empty())
            .step_wall_clock_back(3600 * SECOND)
            .step(r(), empty())
            .advance(SECOND)
            .step(r(), left(0))
            .step(r(), empty())
            .advance(2 * SECOND)
            .step(r(), left(1)),
        limited("a wall clock that jumps a year fills a bucket once, to its burst", 1, 2)
            .repeat(2, &request, &admitted())
            .step(r(), empty())
            .jump_wall_clock(366 * DAY)
            .step(r(), left(1))
            .step(r(), left(0))
            .step(r(), empty())
            .step_wall_clock_back(366 * DAY)
            .step(r(), empty())
            .advance(SECOND)
            .step(r(), left(0)),
    ]
}

fn windows(calendar: Calendar) -> Vec<ClockScenario> {
    let with = |id: &str| get("/v1/acme/x").field("x-api-key", key(id));
    let at = |seconds| calendar.seconds_from_now(seconds);
    vec![
        ClockScenario::new("a key opens from its first moment to the one before its last", {
            development().acme_key("brief", json!({"not_before": at(10), "not_after": at(20)}))
        })
        .step(with("brief"), refused(401, "invalid-api-key"))
        .advance(9_999 * MILLISECOND)
        .step(with("brief"), refused(401, "invalid-api-key"))
        .advance(MILLISECOND)
        .step(with("brief"), admitted())
        .advance(9_999 * MILLISECOND)
        .step(with("brief"), admitted())
        .advance(MILLISECOND)
        .step(with("brief"), refused(401, "expired-api-key")),
        ClockScenario::new("the warning begins warn_before_days before the end", {
            development().acme_key(
                "ending",
                json!({"created": calendar.days_from_now(-1), "not_after": calendar.days_from_now(15)}),
            )
        })
        .step(with("ending"), admitted().no_field("deprecation").no_field("sunset"))
        .advance(DAY)
        .step(
            with("ending"),
            admitted().field("deprecation", "@1795521600").field("sunset", "Tue, 08 Dec 2026 12:00:00 GMT"),
        ),
    ]
}

fn blocks() -> Vec<ClockScenario> {
    let guess = get("/v1/acme/x").from("127.9.9.9").field("x-api-key", "a guess");
    let g = || guess.clone();
    let wrong = refused(401, "invalid-api-key");
    let blocked = |seconds: &str| refused(403, "blocked").field("retry-after", seconds);
    vec![
        ClockScenario::new("a block ends by itself", development())
            .repeat(10, &guess, &wrong)
            .step(g(), blocked("300"))
            .advance(299 * SECOND)
            .step(g(), blocked("1"))
            .advance(SECOND)
            .step(g(), wrong.clone()),
        ClockScenario::new("bursts pass, but too many of them block the key, and only that key", {
            let waf = json!({"burst": {"requests": 3, "window_ms": 1000}, "block": {"violations": 2, "block_s": 60}});
            development().set("/waf", waf).acme_key("acme-2", json!({}))
        })
        .repeat(3, &by_acme("/v1/acme/x"), &admitted())
        .advance(SECOND)
        .repeat(4, &by_acme("/v1/acme/x"), &admitted())
        .advance(SECOND)
        .repeat(4, &by_acme("/v1/acme/x"), &admitted())
        .step(by_acme("/v1/acme/x"), blocked("60"))
        .step(get("/v1/acme/x").field("x-api-key", key("acme-2")), admitted())
        .advance(60 * SECOND)
        .step(by_acme("/v1/acme/x"), admitted()),
        ClockScenario::new("violations are counted in a sliding window", development())
            .repeat(5, &guess, &wrong)
            .advance(40 * SECOND)
            .repeat(4, &guess, &wrong)
            .advance(21 * SECOND)
            .repeat(5, &guess, &wrong)
            .step(by_acme("/v1/acme/x").from("127.9.9.9"), admitted())
            .step(g(), wrong.clone())
            .step(g(), refused(403, "blocked")),
    ]
}
