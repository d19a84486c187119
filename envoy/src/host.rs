//! Every hostcall the filter makes. Byte forms only: a header value is not UTF-8 just
//! because it should be, and the SDK panics on strings that are not.

use std::ops::Range;
use std::time::{Duration, UNIX_EPOCH};

use log::warn;
use proxy_wasm::hostcalls;
use proxy_wasm::types::{BufferType, MapType, MetricType, Status};
use tollgate::fleet::Service;
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

/// A range of the plugin's configuration, as far as it is there; only while it is being
/// configured. It must not begin behind the end.
pub(crate) fn plugin_configuration(range: Range<usize>) -> Vec<u8> {
    body(BufferType::PluginConfiguration, range)
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

/// A range of the request's body, as far as the host has it.
pub(crate) fn request_body(range: Range<usize>) -> Vec<u8> {
    body(BufferType::HttpRequestBody, range)
}

/// All the host has of the response's body.
pub(crate) fn response_body() -> Vec<u8> {
    body(BufferType::HttpResponseBody, 0..usize::MAX)
}

fn body(buffer: BufferType, range: Range<usize>) -> Vec<u8> {
    hostcalls::get_buffer(buffer, range.start, range.len()).ok().flatten().unwrap_or_default()
}

/// Puts bytes in place of all the host has of the request's body.
pub(crate) fn replace_request_body(bytes: &[u8]) {
    set_body(BufferType::HttpRequestBody, 0, bytes);
}

/// Puts bytes in place of all the host has of the response's body.
pub(crate) fn replace_response_body(bytes: &[u8]) {
    set_body(BufferType::HttpResponseBody, 0, bytes);
}

/// Appends to what the host holds of the response's body.
pub(crate) fn append_response_body(bytes: &[u8]) {
    // A start at or behind the end appends.
    set_body(BufferType::HttpResponseBody, usize::MAX, bytes);
}

/// To be called only while the host has such a body: in its callback, or in that of the
/// trailers after a part of it was held. The SDK panics on any refusal.
fn set_body(buffer: BufferType, start: usize, bytes: &[u8]) {
    if let Err(status) = hostcalls::set_buffer(buffer, start, usize::MAX, bytes) {
        warn!("the host refused to change a body: {status:?}");
    }
}

/// Ends the response where it is: the client sees that it is not whole.
pub(crate) fn reset_response() {
    if let Err(status) = hostcalls::reset_http_response() {
        warn!("the host refused to reset a response: {status:?}");
    }
}

/// Answers in place of the upstream. Must be called at most once a stream, and never after
/// the stream was logged.
pub(crate) fn respond(reply: &Reply) {
    let headers = reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if let Err(status) = hostcalls::send_http_response(u32::from(reply.status), headers, Some(&reply.body)) {
        warn!("the host refused an answer: {status:?}");
    }
}

/// The status of the answer the client was given, once there is one.
pub(crate) fn response_status() -> Option<u16> {
    let code = hostcalls::get_property(vec!["response", "code"]).ok().flatten()?;
    u16::try_from(i64::from_le_bytes(*code.first_chunk()?)).ok()
}

/// Lets access logs read a text as filter state `wasm.<name>`. To be called in streams only:
/// the root has none, and the SDK panics.
pub(crate) fn set_filter_state(name: &str, text: &str) {
    if let Err(status) = hostcalls::set_property(vec![name], Some(text.as_bytes())) {
        warn!("the host refused to keep a record: {status:?}");
    }
}

/// The id of a metric; a new one for every call.
pub(crate) fn define_metric(kind: MetricType, name: &str) -> Option<u32> {
    let id = hostcalls::define_metric(kind, name);
    id.inspect_err(|status| warn!("the host refused to define a metric: {status:?}")).ok()
}

/// Adds to a counter.
pub(crate) fn add_to_counter(id: u32, by: u64) {
    let by = i64::try_from(by).unwrap_or(i64::MAX);
    if let Err(status) = hostcalls::increment_metric(id, by) {
        warn!("the host refused to count: {status:?}");
    }
}

/// Sets a gauge.
pub(crate) fn set_gauge(id: u32, value: u64) {
    if let Err(status) = hostcalls::record_metric(id, value) {
        warn!("the host refused to set a gauge: {status:?}");
    }
}

/// The value of a metric, over all workers.
pub(crate) fn metric(id: u32) -> Option<u64> {
    hostcalls::get_metric(id).ok()
}

/// Calls a Rate Limit Service; the token of the call, or `None` where it cannot be made. The
/// answer comes to the context that was called last: callers see to it that it is the root.
pub(crate) fn call_rate_limit_service(service: &Service, message: &[u8]) -> Option<u32> {
    let (name, method) = Service::METHOD;
    let timeout = Duration::from_nanos(service.timeout_nanos);
    let cluster = service.to_grpc_service();
    hostcalls::dispatch_grpc_call(&cluster, name, method, Vec::new(), Some(message), timeout).ok()
}

/// The answer to a call; only while it is being handed over.
pub(crate) fn grpc_answer(bytes: usize) -> Option<Vec<u8>> {
    hostcalls::get_buffer(BufferType::GrpcReceiveBuffer, 0, bytes).ok().map(Option::unwrap_or_default)
}

/// Lets the calls that follow concern this context; `false` where it is gone.
pub(crate) fn enter_context(id: u32) -> bool {
    hostcalls::set_effective_context(id).is_ok()
}

/// Lets a request go on that was told to pause.
pub(crate) fn resume_request() {
    if let Err(status) = hostcalls::resume_http_request() {
        warn!("the host refused to resume a request: {status:?}");
    }
}

/// Asks for `on_tick` at this interval.
pub(crate) fn set_tick_period(period: Duration) {
    if let Err(status) = hostcalls::set_tick_period(period) {
        warn!("the host refused to tick: {status:?}");
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

    fn put(&self, cell: &str, bytes: &[u8]) {
        if let Err(status) = hostcalls::set_shared_data(cell, Some(bytes), None) {
            warn!("the host refused to keep shared state: {status:?}");
        }
    }
}
