//! Properties: what `proxy_get_property` knows of a stream and of the plugin.
//!
//! Only what a supported Envoy really answers; the top-level names that Envoy 1.40 dropped (`route_name`,
//! `cluster_name`, ...) are not found here either.

use super::host::Host;
use super::stream::Stream;
use crate::message::Fields;

/// The value of the property at `path` (segments closed or parted by zero bytes) in its wire form.
pub(crate) fn read(host: &mut Host, path: &[u8]) -> Option<Vec<u8>> {
    let path = String::from_utf8(path.to_vec()).ok()?;
    let segments: Vec<_> = path.trim_end_matches('\0').split('\0').collect();
    of_plugin(host, &segments).or_else(|| of_stream(host.stream()?, &segments))
}

/// Stores `wasm.<name>` in filter state. Names of several segments are stored and can never be read back, as in Envoy.
pub(crate) fn write(stream: &mut Stream, path: &[u8], value: Vec<u8>) {
    let name = String::from_utf8_lossy(path).trim_end_matches('\0').to_owned();
    stream.filter_state.insert(name, value);
}

fn of_plugin(host: &mut Host, segments: &[&str]) -> Option<Vec<u8>> {
    let plugin = &host.root()?.plugin;
    match segments {
        ["plugin_name"] => Some(plugin.name.clone().into_bytes()),
        ["plugin_root_id"] => Some(plugin.root_id.clone().into_bytes()),
        ["plugin_vm_id"] => Some(plugin.vm_id.clone().into_bytes()),
        _ => None,
    }
}

fn of_stream(stream: &Stream, segments: &[&str]) -> Option<Vec<u8>> {
    let request = &stream.request_headers.fields;
    let path = request.text(":path").unwrap_or_default();
    match segments {
        ["source", "address"] => Some(stream.peer.to_string().into_bytes()),
        ["source", "port"] => Some(i64::from(stream.peer.port()).to_le_bytes().to_vec()),
        ["destination", "address"] => Some(b"127.0.0.1:10000".to_vec()),
        ["connection", "tls_version"] => stream.tls_version.map(|version| version.as_bytes().to_vec()),
        ["connection", "mtls"] => Some(vec![0]),
        ["request", "protocol"] => Some(stream.protocol.as_bytes().to_vec()),
        ["request", "id"] => request.text("x-request-id").map(String::into_bytes),
        ["request", "path"] => Some(path.into_bytes()),
        ["request", "url_path"] => path.split('?').next().map(|path| path.as_bytes().to_vec()),
        ["request", "query"] => Some(path.split_once('?').map_or("", |(_, query)| query).as_bytes().to_vec()),
        ["request", "host"] => request.text(":authority").map(String::into_bytes),
        ["request", "scheme"] => request.text(":scheme").map(String::into_bytes),
        ["request", "method"] => request.text(":method").map(String::into_bytes),
        ["request", "headers", name] => header(request, name),
        ["response", "code"] => {
            let status: i64 = stream.response_headers.fields.text(":status")?.parse().ok()?;
            Some(status.to_le_bytes().to_vec())
        }
        ["response", "headers", name] => header(&stream.response_headers.fields, name),
        ["filter_state", name] => stream.filter_state.get(name.strip_prefix("wasm.")?).cloned(),
        [name] => stream.filter_state.get(*name).cloned(),
        _ => None,
    }
}

/// All values of a header joined by a comma, as Envoy's expression attributes do.
fn header(fields: &Fields, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = fields.all(name).collect();
    (!values.is_empty()).then(|| values.join(&b","[..]))
}
