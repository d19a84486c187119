//! `envoy/demo/distributed.yaml` is `envoy/demo/envoy.yaml` and what a fleet needs besides: nothing that was decided
//! there is forgotten here.

use wasm_test::envoy::Bootstrap;

/// Where the two may differ, as paths of keys and indices; all that lies below may differ too.
const OF_THE_FLEET: [&str; 3] = [
    "static_resources/clusters/1",
    "static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/1/typed_config/config/configuration/value",
    "static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/1/typed_config/config/vm_config/environment_variables",
];

#[test]
fn the_file_for_a_fleet_is_the_file_for_one_envoy_and_what_a_fleet_needs() {
    let leaves = |bootstrap: Bootstrap| {
        let leaves = bootstrap.leaves().into_iter();
        leaves
            .filter(|(path, _)| !OF_THE_FLEET.iter().any(|fleet| path.starts_with(fleet)))
            .collect::<Vec<_>>()
    };
    let (one, fleet) = (leaves(Bootstrap::shipped()), leaves(Bootstrap::shipped_distributed()));
    let missing: Vec<_> = one.iter().filter(|leaf| !fleet.contains(leaf)).collect();
    let added: Vec<_> = fleet.iter().filter(|leaf| !one.contains(leaf)).collect();
    assert!(
        missing.is_empty() && added.is_empty(),
        "only in envoy.yaml: {missing:#?}\nonly here: {added:#?}"
    );
}

#[test]
fn the_domain_is_known_to_the_service() {
    let configuration = Bootstrap::shipped_distributed_configuration();
    let domain = configuration["rate_limit"]["distributed"]["domain"].as_str().expect("a domain").to_owned();
    let path = wasm_test::module::repository().join("envoy/demo/ratelimit/config/tollgate.yaml");
    let text = std::fs::read_to_string(path).expect("it is shipped");
    assert!(text.lines().any(|line| line == format!("domain: {domain}")), "{text}");
}
