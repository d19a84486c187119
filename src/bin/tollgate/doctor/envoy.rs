//! What an Envoy is told: a bootstrap, a file of listeners, or all of it out of a running one.

use std::collections::BTreeSet;

use super::checks;
use super::document::Kind;
use super::listener::{self, Reach};
use super::node::Node;
use super::report::Report;

/// An Envoy's configuration, as far as the filter's surroundings go.
#[derive(Default)]
pub(crate) struct Envoy<'d> {
    pub(crate) listeners: Vec<Node<'d>>,
    /// Routes that are not in their listener (RDS).
    pub(crate) routes: Vec<Node<'d>>,
    /// Filters that are not in their listener (ECDS).
    pub(crate) extensions: Vec<Node<'d>>,
    /// `None` where they are told elsewhere.
    pub(crate) clusters: Option<Vec<Node<'d>>>,
    pub(crate) admin: Option<Node<'d>>,
    /// Major and minor, where a running Envoy says it.
    pub(crate) version: Option<(u64, u64)>,
}

impl<'d> Envoy<'d> {
    pub(crate) fn new(document: &Node<'d>, kind: Kind) -> Self {
        match kind {
            Kind::ConfigDump => Self::of_dump(document),
            Kind::Listeners => Self::of_listeners(document),
            _ => Self::of_bootstrap(document),
        }
    }

    fn of_bootstrap(bootstrap: &Node<'d>) -> Self {
        let discovers =
            ["cds_config", "ads_config"].iter().any(|how| bootstrap.has(&format!("dynamic_resources.{how}")));
        Self {
            listeners: bootstrap.list("static_resources.listeners"),
            clusters: (!discovers).then(|| bootstrap.list("static_resources.clusters")),
            admin: bootstrap.field("admin"),
            ..Self::default()
        }
    }

    fn of_listeners(file: &Node<'d>) -> Self {
        let resources = file.list("resources");
        Self {
            listeners: if resources.is_empty() { vec![file.clone()] } else { resources },
            ..Self::default()
        }
    }

    fn of_dump(dump: &Node<'d>) -> Self {
        let mut envoy = Self::default();
        for part in dump.list("configs") {
            if part.is_message("BootstrapConfigDump") {
                const VERSION: &str = "bootstrap.node.user_agent_build_version.version";
                let number = |name: &str| part.number(&format!("{VERSION}.{name}"));
                envoy.version =
                    number("major_number").map(|major| (major, number("minor_number").unwrap_or(0)));
                envoy.admin = part.at("bootstrap.admin");
            } else if part.is_message("ListenersConfigDump") {
                envoy.listeners.extend(each(&part, &["static_listeners"], "listener"));
                envoy.listeners.extend(each(&part, &["dynamic_listeners"], "active_state.listener"));
            } else if part.is_message("RoutesConfigDump") {
                envoy.routes.extend(each(
                    &part,
                    &["static_route_configs", "dynamic_route_configs"],
                    "route_config",
                ));
            } else if part.is_message("ClustersConfigDump") {
                let clusters = each(&part, &["static_clusters", "dynamic_active_clusters"], "cluster");
                envoy.clusters.get_or_insert_default().extend(clusters);
            } else if part.is_message("EcdsConfigDump") {
                envoy.extensions.extend(each(&part, &["ecds_filters"], "ecds_filter"));
            }
        }
        envoy
    }
}

fn each<'d>(part: &Node<'d>, lists: &[&str], field: &str) -> Vec<Node<'d>> {
    lists.iter().flat_map(|list| part.list(list)).filter_map(|entry| entry.at(field)).collect()
}

/// Judges an Envoy.
pub(crate) fn judge(envoy: &Envoy<'_>, report: &mut Report) {
    let reaches: Vec<Reach<'_>> =
        envoy.listeners.iter().flat_map(|listener| listener::judge(listener, envoy, report)).collect();
    ways_around(&reaches, report);
    if let Some(admin) = &envoy.admin {
        judge_admin(admin, report);
    }
}

fn ways_around(reaches: &[Reach<'_>], report: &mut Report) {
    let guarded: BTreeSet<&str> =
        reaches.iter().filter(|reach| reach.guarded).flat_map(|reach| &reach.clusters).copied().collect();
    let nothing_guarded = !reaches.iter().any(|reach| reach.guarded);
    for reach in reaches.iter().filter(|reach| !reach.guarded) {
        if let Some(cluster) = reach.clusters.iter().find(|cluster| guarded.contains(*cluster)) {
            if !reach.local {
                report.add(checks::WAY_AROUND, &reach.at, format!("it leads to the cluster {cluster}"));
            }
        } else if nothing_guarded && reach.http && !reach.clusters.is_empty() {
            report.add(checks::FILTER_MISSING, &reach.at, "none of its http_filters is Tollgate");
        }
    }
}

fn judge_admin(admin: &Node<'_>, report: &mut Report) {
    let Some(address) = admin.at("address.socket_address") else { return };
    if !is_loopback(&address) {
        let listens = address.text("address").unwrap_or("every address");
        report.add(checks::ADMIN_EXPOSED, &address, format!("it listens on {listens}"));
    }
}

/// Whether a `SocketAddress` can only be reached from the machine (or the pod) itself.
pub(crate) fn is_loopback(address: &Node<'_>) -> bool {
    let text = address.text("address").unwrap_or_default();
    text == "localhost" || text.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
