//! Routes: where requests go, and whether the filter is switched off for some of them.

use super::checks;
use super::envoy::Envoy;
use super::node::Node;
use super::report::Report;

/// What decides where requests go: a network filter's own configuration, and routes from
/// elsewhere that it names.
pub(crate) fn all<'d>(config: &Node<'d>, envoy: &Envoy<'d>) -> Vec<Node<'d>> {
    let mut routes = vec![config.clone()];
    if let Some(name) = config.text("rds.route_config_name") {
        routes.extend(envoy.routes.iter().filter(|routes| routes.text("name") == Some(name)).cloned());
    }
    routes
}

/// The clusters that requests can get to from here.
pub(crate) fn clusters<'d>(routes: &Node<'d>) -> Vec<&'d str> {
    let mut names = Vec::new();
    routes.walk(&mut |node| {
        names.extend(node.text("cluster"));
        names.extend(
            node.list("weighted_clusters.clusters").iter().filter_map(|cluster| cluster.text("name")),
        );
    });
    names
}

/// Judges whether an HTTP filter is on for every route that leads somewhere, and whether Envoy
/// starts without it.
pub(crate) fn judge_switch(http_filter: &Node<'_>, routes: &[Node<'_>], report: &mut Report) {
    if http_filter.is_true("is_optional") {
        let saw = "is_optional lets an Envoy without Wasm start without the filter";
        report.add(checks::FAIL_OPEN, http_filter, saw);
    }
    let name = http_filter.text("name").unwrap_or_default();
    let off = http_filter.is_true("disabled");
    let mut seen = false;
    for routes in routes {
        let routes = routes.field("route_config").unwrap_or_else(|| routes.clone());
        let off = is_off(&routes, name).unwrap_or(off);
        for host in routes.list("virtual_hosts") {
            seen = true;
            let off = is_off(&host, name).unwrap_or(off);
            host.list("routes").iter().for_each(|route| judge_route(route, name, off, report));
        }
    }
    if off && !seen {
        report.add(checks::NOT_SEEN, http_filter, "disabled is true, and routes that enable it are not here");
    }
}

fn judge_route(route: &Node<'_>, name: &str, off: bool, report: &mut Report) {
    let off = is_off(route, name).unwrap_or(off);
    let leads = !clusters(route).is_empty();
    let parts = route.list("route.weighted_clusters.clusters");
    if (off && leads) || parts.iter().any(|part| is_off(part, name) == Some(true)) {
        report.add(checks::FILTER_DISABLED, route, format!("{name} is off for this route"));
    }
}

/// Whether a filter is off at one level of the routes; `None` where the level says nothing.
fn is_off(level: &Node<'_>, name: &str) -> Option<bool> {
    let own = level.field("typed_per_filter_config")?.field(name)?;
    Some(own.is_true("disabled"))
}
