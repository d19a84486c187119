//! `envoy/docker` is `envoy/demo` with the names and places of containers: nothing that was decided there is forgotten
//! here. That all of it works together is shown by `make e2e`, which needs a Docker engine.

use serde_json::Value;
use std::fs;
use wasm_test::envoy::Bootstrap;
use wasm_test::module::repository;

const PLUGIN: &str =
    "static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/1/typed_config/config";

/// What a container has otherwise, as the ends of paths of keys and indices: addresses, found by name.
const OF_CONTAINERS: [&str; 7] = [
    "/address/socket_address/address",
    "/code/local/filename",
    "/type",
    "/dns_refresh_rate",
    "/dns_failure_refresh_rate/base_interval",
    "/dns_failure_refresh_rate/max_interval",
    "/dns_lookup_family",
];

#[test]
fn the_gate_is_the_demo_of_a_fleet_in_containers() {
    let of_the_demo = |(path, _): &(String, String)| {
        let own = path.starts_with(&format!("{PLUGIN}/configuration/value"))
            || path.starts_with(&format!("{PLUGIN}/vm_config/environment_variables"));
        !own && !OF_CONTAINERS.iter().any(|end| path.ends_with(end))
    };
    let leaves =
        |bootstrap: Bootstrap| bootstrap.leaves().into_iter().filter(of_the_demo).collect::<Vec<_>>();
    let (demo, here) =
        (leaves(Bootstrap::shipped_distributed()), leaves(Bootstrap::shipped_in("docker", "envoy.yaml")));
    let missing: Vec<_> = demo.iter().filter(|leaf| !here.contains(leaf)).collect();
    let added: Vec<_> = here.iter().filter(|leaf| !demo.contains(leaf)).collect();
    assert!(missing.is_empty() && added.is_empty(), "only in the demo: {missing:#?}\nonly here: {added:#?}");
}

#[test]
fn its_policy_is_that_of_the_tour_with_a_limit_of_the_fleet() {
    let without = |mut configuration: Value, fields: &[&str]| {
        for field in fields {
            configuration.as_object_mut().expect("an object").remove(*field);
        }
        configuration
    };
    let here = Bootstrap::shipped_in("docker", "envoy.yaml").configuration();
    let fleet = Bootstrap::shipped_distributed_configuration();
    assert_eq!(here["rate_limit"]["distributed"], fleet["rate_limit"]["distributed"]);
    // One Envoy's demo denies an address of the loopback, which no container is called from.
    assert_eq!(
        without(here, &["rate_limit", "waf"]),
        without(Bootstrap::shipped_configuration(), &["rate_limit", "ip_deny"]),
    );
}

#[test]
fn the_service_is_told_what_the_demo_tells_it() {
    assert_eq!(
        text("envoy/docker/ratelimit/config/tollgate.yaml"),
        text("envoy/demo/ratelimit/config/tollgate.yaml")
    );
}

#[test]
fn there_is_a_line_for_every_key_and_no_key() {
    let mut passed: Vec<_> = Bootstrap::shipped_in("docker", "envoy.yaml")
        .leaves()
        .into_iter()
        .filter(|(path, _)| path.contains("/host_env_keys/"))
        .map(|(_, name)| name.trim().to_owned())
        .collect();
    let example = text("envoy/docker/secrets.env.example");
    let lines = example.lines().filter(|line| !line.starts_with('#'));
    let mut named: Vec<_> = lines.map(|line| line.strip_suffix('=').expect("no key").to_owned()).collect();
    passed.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, passed);
}

fn text(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
