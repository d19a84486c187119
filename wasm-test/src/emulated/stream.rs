//! One HTTP stream as its context in the module sees it: which maps and buffers are open in which callback.

use super::abi::{BufferKind, MapKind, Status};
use crate::message::{Fields, Response};
use std::collections::HashMap;
use std::net::SocketAddr;

/// How the filter chain hosts the module.
#[derive(Clone, Copy, Debug)]
pub struct Hosting {
    /// `allow_on_headers_stop_iteration`: a `Pause` on headers holds them, and body and trailers still arrive.
    pub hold_headers: bool,
    /// `per_connection_buffer_limit_bytes`: a held body larger than this is answered 413 by Envoy itself.
    pub buffer_bytes_max: usize,
}

impl Default for Hosting {
    fn default() -> Self {
        Self { hold_headers: true, buffer_bytes_max: 1 << 20 }
    }
}

/// A header map and whether a hostcall may touch it now.
#[derive(Default)]
pub(crate) struct Map {
    pub(crate) fields: Fields,
    pub(crate) open: bool,
}

/// A body on its way through the filter.
#[derive(Default)]
pub(crate) struct Body {
    /// What the module can read now: all that is held, or the current piece only.
    pub(crate) visible: Vec<u8>,
    /// What went on.
    pub(crate) forwarded: Vec<u8>,
    pub(crate) open: bool,
}

impl Body {
    /// What the module saw goes on.
    pub(crate) fn release(&mut self) {
        self.forwarded.append(&mut self.visible);
    }
}

/// The state behind one HTTP context.
pub(crate) struct Stream {
    pub(crate) root: u32,
    pub(crate) peer: SocketAddr,
    pub(crate) protocol: &'static str,
    pub(crate) tls_version: Option<&'static str>,
    pub(crate) request_headers: Map,
    pub(crate) request_body: Body,
    pub(crate) request_trailers: Map,
    pub(crate) response_headers: Map,
    pub(crate) response_body: Body,
    pub(crate) response_trailers: Map,
    /// In `on_log`, where both header maps can be read and nothing can be written.
    pub(crate) logging: bool,
    /// A local reply asked for in the current callback; it is sent when the callback has returned.
    pub(crate) reply: Option<LocalReply>,
    /// `proxy_continue_stream` was called.
    pub(crate) resumed: bool,
    /// What `set_property` stored: filter state `wasm.<name>`.
    pub(crate) filter_state: HashMap<String, Vec<u8>>,
}

/// An answer of the filter's own.
#[derive(Clone, Debug)]
pub(crate) struct LocalReply {
    pub(crate) answer: Response,
    /// The gRPC status to use, where the module named one.
    pub(crate) grpc_status: Option<i32>,
}

impl Stream {
    pub(crate) fn new(root: u32, peer: SocketAddr, protocol: &'static str) -> Self {
        Self {
            root,
            peer,
            protocol,
            tls_version: None,
            request_headers: Map::default(),
            request_body: Body::default(),
            request_trailers: Map::default(),
            response_headers: Map::default(),
            response_body: Body::default(),
            response_trailers: Map::default(),
            logging: false,
            reply: None,
            resumed: false,
            filter_state: HashMap::new(),
        }
    }

    /// A map for reading. In `on_log` the header maps are readable whatever happened before.
    pub(crate) fn readable(&self, kind: MapKind) -> Result<&Fields, Status> {
        let map = match kind {
            MapKind::RequestHeaders => &self.request_headers,
            MapKind::RequestTrailers => &self.request_trailers,
            MapKind::ResponseHeaders => &self.response_headers,
            MapKind::ResponseTrailers => &self.response_trailers,
            MapKind::Callout => return Err(Status::BadArgument),
        };
        let headers = matches!(kind, MapKind::RequestHeaders | MapKind::ResponseHeaders);
        if map.open || (self.logging && headers) { Ok(&map.fields) } else { Err(Status::BadArgument) }
    }

    /// A map for writing.
    pub(crate) fn writable(&mut self, kind: MapKind) -> Result<&mut Fields, Status> {
        let map = match kind {
            MapKind::RequestHeaders => &mut self.request_headers,
            MapKind::RequestTrailers => &mut self.request_trailers,
            MapKind::ResponseHeaders => &mut self.response_headers,
            MapKind::ResponseTrailers => &mut self.response_trailers,
            MapKind::Callout => return Err(Status::BadArgument),
        };
        if map.open { Ok(&mut map.fields) } else { Err(Status::BadArgument) }
    }

    /// A body buffer, in the callbacks that have one.
    pub(crate) fn buffer(&mut self, kind: BufferKind) -> Option<&mut Vec<u8>> {
        let body = match kind {
            BufferKind::RequestBody => &mut self.request_body,
            BufferKind::ResponseBody => &mut self.response_body,
            BufferKind::VmConfiguration | BufferKind::PluginConfiguration | BufferKind::Other => return None,
        };
        body.open.then_some(&mut body.visible)
    }
}
