//! Listeners of other filters than the shipped one.

use super::{Bootstrap, LISTENER, Listener, MANAGER, at, listener_of, yaml};
use serde_norway::Value;
use std::net::SocketAddr;

/// How large an answer may be that Envoy gives itself. Its default is 4 096.
const ANSWER_BYTES_MAX: u32 = 65_536;

/// A listener of filters and routes of one's own, for the rest as it is shipped; it logs nothing.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Its name.
    pub name: String,
    /// Before the router.
    pub filters: Vec<serde_json::Value>,
    /// In place of the shipped one.
    pub routes: Vec<serde_json::Value>,
    /// How many proxies before Envoy are trusted to name the client in `x-forwarded-for`.
    pub trusted_hops: u32,
}

impl Chain {
    fn in_place_of(&self, template: &Value) -> Value {
        let shipped = Listener { trusted_hops: self.trusted_hops, ..Listener::shipped() };
        let mut made = listener_of(template, &Listener { name: self.name.clone(), ..shipped });
        let manager = at(&mut made, MANAGER);
        *at(manager, "access_log") = Value::Sequence(Vec::new());
        // Its connections are kept from one round of load to the next.
        *at(manager, "common_http_protocol_options/idle_timeout") = Value::from("3600s");
        let Value::Sequence(filters) = at(manager, "http_filters") else { panic!("filters are a list") };
        let router = filters.pop().expect("there are filters");
        *filters = self.filters.iter().map(yaml).collect();
        filters.push(router);
        *at(manager, "route_config/max_direct_response_body_size_bytes") = Value::from(ANSWER_BYTES_MAX);
        *at(manager, "route_config/virtual_hosts/0/routes") =
            Value::Sequence(self.routes.iter().map(yaml).collect());
        made
    }
}

impl Bootstrap {
    /// The shipped file with these listeners, which log nothing, and these clusters beside the upstream's.
    pub fn of_chains(chains: &[Chain], clusters: &[serde_json::Value], upstream: SocketAddr) -> Self {
        let mut bootstrap = Self::for_test(&[], upstream);
        let template = at(&mut Self::shipped().0, LISTENER).clone();
        let listeners = chains.iter().map(|chain| chain.in_place_of(&template)).collect();
        *at(&mut bootstrap.0, "static_resources/listeners") = Value::Sequence(listeners);
        if let Value::Sequence(known) = at(&mut bootstrap.0, "static_resources/clusters") {
            known.extend(clusters.iter().map(yaml));
        }
        bootstrap
    }

    /// The filter of this listener as it stands in its chain.
    pub fn filter_of(listener: &Listener) -> serde_json::Value {
        let mut made = listener_of(at(&mut Self::shipped().0, LISTENER), listener);
        let Value::Sequence(filters) = at(at(&mut made, MANAGER), "http_filters") else {
            panic!("filters are a list")
        };
        let ours = filters.iter().find(|filter| filter["name"] == "tollgate");
        serde_json::to_value(ours.expect("the shipped file has a filter named tollgate"))
            .expect("YAML is JSON")
    }
}
