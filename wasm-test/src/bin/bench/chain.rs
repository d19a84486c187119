//! The filters of each contender: the same clients, the same limits, and as far as it can the same work.

use crate::contender::Contender;
use serde_json::{Value, json};
use std::fmt::Write;
use wasm_test::envoy::{Bootstrap, Chain, Listener};
use wasm_test::module::repository;
use wasm_test::workload::{
    CLIENTS, DENIED_NETWORKS, Work, client, client_of, configuration, key_of, limit_of, namespace,
};

/// Where `ext_authz` asks.
pub(crate) const AUTHZ_CLUSTER: &str = "authz";

/// What the client is called upstream by all contenders but Tollgate, which has names of its own.
pub(crate) const CLIENT_HEADER: &str = "x-client-id";

/// A path that goes to the recording upstream, where it is seen what a contender did to a request.
pub(crate) const PROOF_PATH: &str = "/v1/client-00/proof";

/// Bytes of a body that are kept until it is whole: what Tollgate allows by default.
const BUFFER_BYTES: usize = 65_536;

/// The listener on which a contender does this work for so many keys.
pub(crate) fn chain(contender: Contender, work: Work, keys: usize) -> Chain {
    Chain {
        name: listener(contender, work),
        filters: filters(contender, work, keys),
        routes: vec![proof_route(), answer_route(work)],
        trusted_hops: 1,
    }
}

/// Its name: kinds of work that need the same filters and get the same answer share one.
pub(crate) fn listener(contender: Contender, work: Work) -> String {
    let kind = match work {
        Work::Get | Work::NoKey | Work::WrongKey | Work::Limited => "get",
        Work::GetRecorded => "recorded",
        Work::PostClean | Work::PostEntities => "post",
        Work::LargeAnswer => "large",
    };
    format!("{}-{kind}", contender.name())
}

fn proof_route() -> Value {
    json!({"match": {"path": PROOF_PATH}, "route": {"cluster": "upstream"}})
}

/// Envoy answers itself: an upstream would cost as much as all that is to be compared.
fn answer_route(work: Work) -> Value {
    let answer = work.answer();
    json!({
        "match": {"prefix": "/"},
        "direct_response": {"status": answer.status, "body": {"inline_string": answer.text()}},
        "response_headers_to_add": [{
            "header": {"key": "content-type", "value": answer.fields.text("content-type")},
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        }],
    })
}

fn filters(contender: Contender, work: Work, keys: usize) -> Vec<Value> {
    let mut filters = match contender {
        Contender::Bare => Vec::new(),
        Contender::Noop => vec![noop()],
        Contender::Tollgate => vec![tollgate(work, keys)],
        Contender::Native => vec![rbac(), api_key_auth(keys), local_rate_limit()],
        Contender::Lua => vec![lua(keys)],
        Contender::ExtAuthz => vec![ext_authz()],
    };
    // A direct response comes before the body where nobody waits for it. Tollgate does, the native chain has the filter
    // for that anyway, and the others get it where there is a body.
    let has_body = matches!(work, Work::PostClean | Work::PostEntities);
    if contender == Contender::Native || (has_body && contender != Contender::Tollgate) {
        filters.push(filter("buffer", "buffer.v3.Buffer", json!({"max_request_bytes": BUFFER_BYTES})));
    }
    filters
}

fn filter(name: &str, kind: &str, configuration: Value) -> Value {
    let mut configuration = configuration;
    configuration["@type"] = json!(format!("type.googleapis.com/envoy.extensions.filters.http.{kind}"));
    json!({"name": format!("envoy.filters.http.{name}"), "typed_config": configuration})
}

/// As shipped, with the capabilities it needs and no others.
fn tollgate(work: Work, keys: usize) -> Value {
    Bootstrap::filter_of(&Listener::new(&listener(Contender::Tollgate, work), &configuration(work, keys)))
}

/// `wasm-test/noop`: the stock SDK, and on it callbacks that do nothing.
fn noop() -> Value {
    let module = repository().join("target/bench/noop.wasm");
    assert!(module.is_file(), "no module at {}: `make bench` builds it", module.display());
    filter(
        "wasm",
        "wasm.v3.Wasm",
        json!({"config": {
            "name": "noop",
            "root_id": "noop",
            "vm_config": {
                "runtime": "envoy.wasm.runtime.v8",
                "vm_id": "noop",
                "code": {"local": {"filename": module}},
            },
        }}),
    )
}

/// Networks that are denied, and plain HTTP.
fn rbac() -> Value {
    let denied: Vec<_> = DENIED_NETWORKS
        .iter()
        .filter_map(|network| network.split_once('/'))
        .map(|(address, bits)| {
            json!({"remote_ip": {"address_prefix": address, "prefix_len": bits.parse::<u8>().expect("a number")}})
        })
        .collect();
    let https = json!({"header": {"name": "x-forwarded-proto", "string_match": {"exact": "https"}}});
    filter(
        "rbac",
        "rbac.v3.RBAC",
        json!({"rules": {"action": "DENY", "policies": {
            "denied networks": {"permissions": [{"any": true}], "principals": denied},
            "plain HTTP": {"permissions": [{"not_rule": https}], "principals": [{"any": true}]},
        }}}),
    )
}

fn api_key_auth(keys: usize) -> Value {
    let credentials: Vec<_> =
        (0..keys).map(|key| json!({"key": key_of(key), "client": client(client_of(key))})).collect();
    filter(
        "api_key_auth",
        "api_key_auth.v3.ApiKeyAuth",
        json!({
            "credentials": credentials,
            "key_sources": [{"header": "x-api-key"}],
            "forwarding": {"header": CLIENT_HEADER, "hide_credentials": true},
        }),
    )
}

/// A bucket for each client.
fn local_rate_limit() -> Value {
    let bucket = |(requests_per_second, burst): (u32, u32)| json!({"max_tokens": burst, "tokens_per_fill": requests_per_second, "fill_interval": "1s"});
    let descriptors: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let entries = json!([{"key": "client", "value": client(number)}]);
            json!({"entries": entries, "token_bucket": bucket(limit_of(number))})
        })
        .collect();
    let all = json!({"default_value": {"numerator": 100}});
    filter(
        "local_ratelimit",
        "local_ratelimit.v3.LocalRateLimit",
        json!({
            "stat_prefix": "native",
            // For whom there is no descriptor, which is nobody.
            "token_bucket": bucket((1_000_000, 1_000_000)),
            "filter_enabled": all,
            "filter_enforced": all,
            "enable_x_ratelimit_headers": "DRAFT_VERSION_03",
            "rate_limits": [{"actions": [
                {"request_headers": {"header_name": CLIENT_HEADER, "descriptor_key": "client"}},
            ]}],
            "descriptors": descriptors,
        }),
    )
}

/// `filter.lua` behind its tables. Envoy's Lua has no SHA-256, so the keys stand there as they are.
fn lua(keys: usize) -> Value {
    let mut script = "local CLIENTS = {\n".to_owned();
    for key in 0..keys {
        let _ = writeln!(script, "  [\"{}\"] = \"{}\",", key_of(key), client(client_of(key)));
    }
    script.push_str("}\nlocal RULES = {\n");
    for number in 0..CLIENTS {
        let ((rate, burst), path) = (limit_of(number), namespace(number));
        let name = client(number);
        let _ = writeln!(script, "  [\"{name}\"] = {{ path = \"{path}\", rate = {rate}, burst = {burst} }},");
    }
    script.push_str("}\n");
    script.push_str(include_str!("filter.lua"));
    filter("lua", "lua.v3.Lua", json!({"default_source_code": {"inline_string": script}}))
}

fn ext_authz() -> Value {
    filter(
        "ext_authz",
        "ext_authz.v3.ExtAuthz",
        json!({
            "transport_api_version": "V3",
            "grpc_service": {"envoy_grpc": {"cluster_name": AUTHZ_CLUSTER}, "timeout": "1s"},
        }),
    )
}

/// What [`AUTHZ_CLUSTER`] names.
pub(crate) fn authz_cluster(port: u16) -> Value {
    let address = json!({"socket_address": {"address": "127.0.0.1", "port_value": port}});
    json!({
        "name": AUTHZ_CLUSTER,
        "type": "STATIC",
        "load_assignment": {
            "cluster_name": AUTHZ_CLUSTER,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
        },
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": {"http2_protocol_options": {}},
        }},
    })
}
