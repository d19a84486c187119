//! The shipped dashboard and alerts: they parse, they fire when they should, and every metric and label they name is
//! what a real Envoy tells Prometheus.

mod promql;
mod promtool;
mod scrape;

use promql::Mentions;
use promtool::{promtool, promtool_reading};
use scrape::{Samples, scrape_after_traffic};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use wasm_test::envoy::Release;
use wasm_test::module::repository;

/// Metrics of which a plain Envoy shows nothing, with their labels and why.
const NEED_CIRCUMSTANCES: [(&str, &[&str]); 2] = [
    // There is a service only where a limit is shared.
    ("tollgate_ratelimit_service_total", &["outcome"]),
    ("tollgate_ratelimit_judged_total", &["tenant", "mode"]),
];

#[test]
fn each_alert_fires_when_it_should_and_only_then() {
    promtool(&["check", "rules", &path("alerts.yaml")]);
    promtool(&["test", "rules", &path("alerts_test.yaml")]);
}

/// Each alert is expected to fire at one time at least, and not to at another.
#[test]
fn no_alert_goes_untested() {
    let tests = yaml("alerts_test.yaml");
    let moments = || {
        let tests = tests["tests"].as_array().expect("tests").iter();
        tests.flat_map(|test| test["alert_rule_test"].as_array().expect("moments"))
    };
    for alert in alerts() {
        let fires: BTreeSet<bool> = moments()
            .filter(|moment| moment["alertname"] == alert["alert"])
            .map(|moment| moment["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty()))
            .collect();
        assert_eq!(fires.len(), 2, "{} is tested one way only, or not at all", alert["alert"]);
    }
}

#[test]
fn each_alert_says_what_where_to_look_and_how_bad_it_is() {
    let security = fs::read_to_string(repository().join("SECURITY.md")).expect("SECURITY.md");
    let anchors: BTreeSet<String> = security.lines().filter_map(anchor).collect();
    for alert in alerts() {
        let name = &alert["alert"];
        for text in ["summary", "description"] {
            assert!(
                alert["annotations"][text].as_str().is_some_and(|text| text.ends_with('.')),
                "{name}: {text}"
            );
        }
        let runbook = alert["annotations"]["runbook"].as_str().unwrap_or_default();
        let heading = runbook.strip_prefix("SECURITY.md#").unwrap_or_default();
        assert!(anchors.contains(heading), "{name}: no heading for {runbook} among {anchors:?}");
        let severity = alert["labels"]["severity"].as_str().unwrap_or_default();
        assert!(matches!(severity, "info" | "warning" | "critical"), "{name}: severity {severity:?}");
    }
}

#[test]
fn each_expression_of_the_dashboard_is_promql() {
    let rules = json!({"groups": [{"name": "dashboard", "rules": dashboard_expressions()
        .iter()
        .enumerate()
        .map(|(number, expression)| json!({"record": format!("panel:{number}"), "expr": expression}))
        .collect::<Vec<_>>()}]});
    // JSON is YAML.
    let folder = repository().join("target/dashboards");
    fs::create_dir_all(&folder).expect("target is ours");
    let file = folder.join(format!("dashboard-{}.yaml", std::process::id()));
    fs::write(&file, rules.to_string()).expect("target is ours");
    promtool(&["check", "rules", &file.to_string_lossy()]);
    fs::remove_file(file).expect("it was written");
}

#[test]
fn the_dashboard_asks_the_data_source_that_was_chosen_and_its_panels_do_not_overlap() {
    let dashboard = dashboard();
    let variables: Vec<_> = dashboard["templating"]["list"].as_array().expect("variables").iter().collect();
    let kinds: Vec<_> = variables.iter().map(|variable| (&variable["name"], &variable["type"])).collect();
    assert_eq!(kinds, [(&json!("datasource"), &json!("datasource")), (&json!("tenant"), &json!("query"))]);
    let mut taken = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in panels(&dashboard) {
        assert!(ids.insert(panel["id"].as_u64()), "two panels of one id");
        let side = |name: &str| panel["gridPos"][name].as_u64().expect("a number");
        assert!(side("x") + side("w") <= 24, "{}: the grid has 24 columns", panel["title"]);
        for x in side("x")..side("x") + side("w") {
            for y in side("y")..side("y") + side("h") {
                assert!(taken.insert((x, y)), "{} lies over another panel", panel["title"]);
            }
        }
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        }
        assert!(panel["type"] == "row" || panel["description"].is_string(), "{}", panel["title"]);
    }
}

#[test]
fn what_they_name_is_what_the_newest_envoy_tells() {
    what_they_name_is_what_envoy_tells(Release::Newest);
}

#[test]
fn what_they_name_is_what_the_oldest_envoy_tells() {
    what_they_name_is_what_envoy_tells(Release::Oldest);
}

fn what_they_name_is_what_envoy_tells(release: Release) {
    let text = scrape_after_traffic(release);
    promtool_accepts(&text);
    let told = Samples::parse(&text);
    let mut named = BTreeSet::new();
    for expression in all_expressions() {
        let mentions = Mentions::of(&expression);
        assert!(!mentions.selectors.is_empty(), "no metric in {expression}");
        let mut labels_told = BTreeSet::new();
        for selector in &mentions.selectors {
            named.insert(selector.metric.clone());
            let labels = labels_of(&selector.metric, &told);
            let labels = labels.unwrap_or_else(|| panic!("nobody tells {} in {expression}", selector.metric));
            for matcher in &selector.matchers {
                let values = labels.get(&*matcher.label);
                let values = values.unwrap_or_else(|| panic!("no label {} in {expression}", matcher.label));
                let known = values.is_empty() || values.contains(&matcher.value);
                assert!(known || matcher.is_pattern, "{:?} is never told: {expression}", matcher);
            }
            labels_told.extend(labels.into_keys());
        }
        for label in &mentions.grouping {
            assert!(labels_told.contains(label), "grouped by {label}, which no metric has: {expression}");
        }
    }
    let forgotten: Vec<_> =
        told.names().filter(|name| name.starts_with("tollgate_") && !named.contains(*name)).collect();
    assert!(forgotten.is_empty(), "neither shown nor watched: {forgotten:?}");
}

/// The labels of a metric with the values they were seen with; none of those where it needs circumstances.
fn labels_of(metric: &str, told: &Samples) -> Option<BTreeMap<String, BTreeSet<String>>> {
    let special = NEED_CIRCUMSTANCES.iter().find(|(name, _)| *name == metric);
    special.map_or_else(
        || told.labels(metric),
        |(_, labels)| Some(labels.iter().map(|label| ((*label).to_owned(), BTreeSet::new())).collect()),
    )
}

/// What is Tollgate's in a scrape is well formed, and promtool has nothing to remark on it but this: Envoy writes no help
/// texts, and the two gauges of keys are in days, which is what keys are counted in, not in seconds.
fn promtool_accepts(scrape: &str) {
    const REMARKS: [&str; 2] = ["no help text", "use base unit \"seconds\" instead of \"days\""];
    let ours = |line: &&str| line.starts_with("tollgate_") || line.starts_with("# TYPE tollgate_");
    let ours: String = scrape.lines().filter(ours).map(|line| format!("{line}\n")).collect();
    let (code, said) = promtool_reading(&["check", "metrics"], &ours);
    assert!(matches!(code, Some(0 | 3)), "promtool cannot read it: {said}");
    for remark in said.lines().filter(|line| !line.is_empty()) {
        let (metric, remark) = remark.split_once(' ').expect("a metric and a remark");
        let days = metric.ends_with("_days") || metric == "tollgate_key_days_left";
        assert!(remark == REMARKS[0] || days && remark == REMARKS[1], "{metric} {remark}");
    }
}

fn path(name: &str) -> String {
    repository().join("envoy/dashboards").join(name).to_string_lossy().into_owned()
}

fn read(name: &str) -> String {
    let path = PathBuf::from(path(name));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(name: &str) -> Value {
    serde_norway::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn alerts() -> Vec<Value> {
    let groups = yaml("alerts.yaml")["groups"].as_array().expect("groups").clone();
    groups.iter().flat_map(|group| group["rules"].as_array().expect("rules").clone()).collect()
}

fn dashboard() -> Value {
    serde_json::from_str(&read("grafana.json")).expect("the dashboard is JSON")
}

fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    dashboard["panels"].as_array().expect("panels").iter()
}

/// The expressions of the panels, with something in place of Grafana's variables.
fn dashboard_expressions() -> Vec<String> {
    let dashboard = dashboard();
    let targets = panels(&dashboard).flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let expression = |target: &Value| {
        let text = target["expr"].as_str().expect("an expression");
        text.replace("$__rate_interval", "5m").replace("$__range", "3h").replace("$tenant", ".*")
    };
    targets.map(expression).collect()
}

fn all_expressions() -> Vec<String> {
    let rules = alerts().into_iter().map(|alert| alert["expr"].as_str().expect("an expression").to_owned());
    rules.chain(dashboard_expressions()).collect()
}

/// The anchor of a heading, as code hosts make it.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = |character: char| match character {
        ' ' => Some('-'),
        _ => (character.is_alphanumeric() || character == '-' || character == '_').then_some(character),
    };
    Some(title.trim().to_lowercase().chars().filter_map(kept).collect())
}
