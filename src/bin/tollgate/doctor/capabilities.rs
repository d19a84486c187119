//! What the module may ask of Envoy, against what it needs.

use std::collections::BTreeSet;

use super::checks;
use super::document;
use super::node::Node;
use super::plugin::Plugin;
use super::report::Report;

/// The list that is shipped, and that a test compares with the module itself.
const SHIPPED: &str = include_str!("../../../../envoy/demo/envoy.yaml");

/// Needed only where a limit is shared.
const OF_A_FLEET: [&str; 3] = ["proxy_grpc_call", "proxy_on_grpc_receive", "proxy_on_grpc_close"];

/// The list's place in a `PluginConfig`; where it has two, the one in `vm_config` counts.
pub(crate) fn restriction<'d>(config: &Node<'d>) -> Option<Node<'d>> {
    const PLACE: &str = "capability_restriction_config";
    config.at(&format!("vm_config.{PLACE}")).or_else(|| config.at(PLACE))
}

/// Judges a `CapabilityRestrictionConfig`, of the filter at `place`.
pub(crate) fn judge(restriction: &Node<'_>, place: &Node<'_>, plugin: Option<&Plugin>, report: &mut Report) {
    let list = restriction.field("allowed_capabilities");
    let allowed: BTreeSet<&str> = list.iter().flat_map(Node::fields).map(|(name, _)| name).collect();
    let Some(list) = list.filter(|_| !allowed.is_empty()) else {
        // To Envoy an empty list is none.
        report.add(checks::NO_CAPABILITY_LIST, place, "capability_restriction_config is empty");
        return;
    };
    let shares = plugin.is_none_or(|plugin| !plugin.policy.services().is_empty());
    let shipped = shipped();
    let is_needed = |name: &&str| shares || !OF_A_FLEET.contains(name);
    for missing in shipped.iter().map(String::as_str).filter(is_needed).filter(|name| !allowed.contains(name))
    {
        report.add(checks::CAPABILITY_MISSING, &list, format!("{missing} is not listed"));
    }
    for more in allowed.iter().filter(|name| !shipped.contains(**name)) {
        report.add(checks::CAPABILITY_UNNEEDED, &list, format!("{more} is listed"));
    }
}

fn shipped() -> BTreeSet<String> {
    let documents = document::parse("envoy/demo/envoy.yaml", SHIPPED).unwrap_or_default();
    let lists =
        documents.iter().flat_map(|document| document.root().find(|node| node.has("allowed_capabilities")));
    lists
        .flat_map(|node| node.at("allowed_capabilities"))
        .flat_map(|list| list.fields().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
        .collect()
}
