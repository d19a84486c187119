//! What a real Envoy tells Prometheus after some requests.

use super::promql::{Mentions, Selector};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, interval};
use wasm_test::envoy::{Listener, Release, Stage};
use wasm_test::fixture::key;
use wasm_test::message::{Request, Response};
use wasm_test::scenario::{Backend, get, post};
use wasm_test::tour::Keys;

/// A request is counted when its stream is over, which may be after the client has its answer.
const COUNTED_WITHIN: Duration = Duration::from_secs(10);
const ASKING_INTERVAL: Duration = Duration::from_millis(50);

/// Every text here is in a scrape after the requests below, to the letter.
const EXPECTED: [&str; 14] = [
    r#"tollgate_requests_total{tenant="acme",decision="allowed",reason="ok"} 4"#,
    r#"tollgate_requests_total{tenant="acme",decision="denied",reason="too-many-urls"} 10"#,
    r#"tollgate_requests_total{tenant="acme",decision="denied",reason="blocked"} 1"#,
    r#"tollgate_requests_total{tenant="globex",decision="denied",reason="namespace-denied"} 1"#,
    r#"tollgate_requests_total{tenant="-",decision="denied",reason="missing-api-key"} 1"#,
    r#"tollgate_requests_total{tenant="-",decision="denied",reason="invalid-api-key"} 10"#,
    r#"tollgate_requests_total{tenant="-",decision="denied",reason="invalid-admin-key"} 2"#,
    r#"tollgate_violations_total{tenant="acme",kind="too-many-urls"} 10"#,
    r#"tollgate_violations_total{tenant="-",kind="rejected-key"} 10"#,
    r#"tollgate_violations_total{tenant="-",kind="admin-key"} 2"#,
    r#"tollgate_blocks_total{tenant="acme"} 1"#,
    r#"tollgate_blocks_total{tenant="-"} 1"#,
    r#"tollgate_redactions_total{tenant="acme",entity="email"} 1"#,
    r#"tollgate_key_days_left{tenant="acme",key="acme-expired"} 0"#,
];

/// Starts the shipped bootstrap, asks it a few things, and reads what it tells once it has counted all of them.
pub(crate) fn scrape_after_traffic(release: Release) -> String {
    let keys = Keys::generate();
    let mut environment = keys.environment();
    environment.push(("ADMIN_KEY".to_owned(), key("admin")));
    let mut stage = Stage::set(release, &[Listener::shipped()], &environment, "dashboards");
    for (request, times, status) in requests(&keys) {
        for _ in 0..times {
            let observed = stage.exchange(&request, &Response::new(200)).expect("an answer");
            assert_eq!(observed.response.status, status, "{} {}", request.method, request.target);
        }
    }
    let admin = *stage.envoy.admin();
    stage.runtime.block_on(async {
        let deadline = Instant::now() + COUNTED_WITHIN;
        let mut asking = interval(ASKING_INTERVAL);
        loop {
            asking.tick().await;
            let text = admin.text("/stats/prometheus").await;
            let missing: Vec<_> =
                EXPECTED.iter().filter(|line| !text.lines().any(|told| told == **line)).collect();
            if missing.is_empty() {
                return text;
            }
            let ours: Vec<_> = text.lines().filter(|line| line.starts_with("tollgate_")).collect();
            assert!(Instant::now() < deadline, "not told: {missing:#?}\namong\n{}", ours.join("\n"));
        }
    })
}

/// Requests, how often each is sent, and the status of its answers.
fn requests(keys: &Keys) -> Vec<(Request, usize, u16)> {
    let acme = |request: Request| request.field("x-api-key", &keys.acme_2026);
    let admin =
        |admin_key: &str| get("/tollgate/stats").field("authorization", format!("Bearer {admin_key}"));
    let urls = "https://example.org/a ".repeat(6);
    vec![
        (acme(get("/v1/acme/x")), 3, 200),
        (acme(post("/v1/acme/x", "write to jo@example.org").field("content-type", "text/plain")), 1, 200),
        (get("/v1/acme/x"), 1, 401),
        (get("/v1/acme/x").field("x-api-key", &keys.globex), 1, 403),
        (get("/v1/acme/x").field("x-api-key", key("nobody's")).from("127.0.0.3"), 10, 401),
        (
            post("/v1/acme/x", urls).field("content-type", "text/plain").field("x-api-key", &keys.acme_2025),
            10,
            422,
        ),
        (get("/v1/acme/x").field("x-api-key", &keys.acme_2025), 1, 403),
        (admin("wrong"), 2, 401),
        // Reads every counter, and thereby makes Envoy tell those that are still 0.
        (admin(&key("admin")), 1, 200),
    ]
}

/// The samples of a scrape.
pub(crate) struct Samples(Vec<Selector>);

impl Samples {
    /// Reads the text format of Prometheus.
    pub(crate) fn parse(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        // Before its value, a sample is written like an expression.
        let series = samples.filter_map(|line| Some(line.rsplit_once(' ')?.0));
        Self(series.filter_map(|series| Mentions::of(series).selectors.into_iter().next()).collect())
    }

    /// The metrics there are.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|sample| &sample.metric)
    }

    /// The labels of a metric with the values they have; `None` where there is no such metric.
    pub(crate) fn labels(&self, metric: &str) -> Option<BTreeMap<String, BTreeSet<String>>> {
        let mut samples = self.0.iter().filter(|sample| sample.metric == metric).peekable();
        samples.peek()?;
        let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for matcher in samples.flat_map(|sample| &sample.matchers) {
            labels.entry(matcher.label.clone()).or_default().insert(matcher.value.clone());
        }
        Some(labels)
    }
}
