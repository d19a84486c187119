//! Every hostcall the filter makes. Byte forms only: a header value is not UTF-8 just
//! because it should be, and the SDK panics on strings that are not.

use std::time::UNIX_EPOCH;

use log::warn;
use proxy_wasm::hostcalls;
use proxy_wasm::types::{BufferType, MapType, Status};
use tollgate::policy::Downstream;
use tollgate::problem::Reply;
use tollgate::request::{Edit, Field};
use tollgate::store::{Conflict, Snapshot, Store, Version};
use tollgate::time::UnixNanos;

/// The host's wall clock.
pub(crate) fn now() -> UnixNanos {
    let now = hostcalls::get_current_time().unwrap_or(UNIX_EPOCH);
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

/// The plugin's configuration; only while it is being configured.
pub(crate) fn plugin_configuration(bytes: usize) -> Option<Vec<u8>> {
    hostcalls::get_buffer(BufferType::PluginConfiguration, 0, bytes).ok().flatten()
}

/// The head of the request, while it may still be read.
pub(crate) fn request_headers() -> Vec<Field> {
    hostcalls::get_map_bytes(MapType::HttpRequestHeaders).unwrap_or_default()
}

/// The head of the response, while it may still be read.
pub(crate) fn response_headers() -> Vec<Field> {
    hostcalls::get_map_bytes(MapType::HttpResponseHeaders).unwrap_or_default()
}

/// Changes the head of the request; `false` when the host refused a change, and then the
/// request must not go on.
pub(crate) fn edit_request(edits: &[Edit]) -> bool {
    edit(MapType::HttpRequestHeaders, edits)
}

/// Changes the head of the response.
pub(crate) fn edit_response(edits: &[Edit]) -> bool {
    edit(MapType::HttpResponseHeaders, edits)
}

fn edit(map: MapType, edits: &[Edit]) -> bool {
    let apply = |edit: &Edit| match edit {
        Edit::Remove(name) => hostcalls::remove_map_value(map, name),
        Edit::Set(name, value) => hostcalls::set_map_value_bytes(map, name, Some(value)),
    };
    let refused = edits.iter().find_map(|edit| apply(edit).err());
    if let Some(status) = refused {
        warn!("the host refused to change a header: {status:?}");
    }
    refused.is_none()
}

/// Answers in place of the upstream. Must be called at most once a stream, and never after
/// the stream was logged.
pub(crate) fn respond(reply: &Reply) {
    let headers = reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if let Err(status) = hostcalls::send_http_response(u32::from(reply.status), headers, Some(&reply.body)) {
        warn!("the host refused an answer: {status:?}");
    }
}

/// The connection of the current stream.
pub(crate) struct Connection;

impl Downstream for Connection {
    fn source_address(&self) -> Option<Vec<u8>> {
        hostcalls::get_property(vec!["source", "address"]).ok().flatten()
    }

    fn is_tls(&self) -> bool {
        let version = hostcalls::get_property(vec!["connection", "tls_version"]);
        version.ok().flatten().is_some_and(|version| !version.is_empty())
    }
}

/// Envoy's shared data: one map for all workers, under the filter's own `vm_id`.
pub(crate) struct SharedData;

/// A version that no write ever gets: the host counts up from 1. Setting a cell with it
/// creates the cell if it does not exist, and conflicts if another worker was faster, which
/// setting it without a version would silently overwrite.
const NO_VERSION: u32 = u32::MAX;

impl Store for SharedData {
    fn read(&self, cell: &str) -> Option<Snapshot> {
        let (bytes, version) = hostcalls::get_shared_data(cell).ok()?;
        Some(Snapshot { bytes: bytes.unwrap_or_default(), version: Version(version?) })
    }

    fn write(&self, cell: &str, bytes: &[u8], seen: Option<Version>) -> Result<(), Conflict> {
        let version = seen.map_or(NO_VERSION, |version| version.0);
        match hostcalls::set_shared_data(cell, Some(bytes), Some(version)) {
            Ok(()) => Ok(()),
            Err(Status::CasMismatch) => Err(Conflict),
            Err(status) => {
                warn!("the host refused to keep shared state: {status:?}");
                Err(Conflict)
            }
        }
    }
}
