//! Buffers: bodies, and the plugin's configuration.

use super::MODULE;
use crate::emulated::abi::{BufferKind, Status};
use crate::emulated::guest::Guest;
use crate::emulated::host::{Host, Stage};
use wasmtime::{Caller, Linker, Result};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "proxy_get_buffer_bytes", bytes)?;
    linker.func_wrap(MODULE, "proxy_set_buffer_bytes", set_bytes)?;
    Ok(())
}

/// A part of a buffer; over-long lengths are clipped, and a buffer that is not there is empty.
fn bytes(
    caller: Caller<'_, Host>,
    buffer: i32,
    start: i32,
    length: i32,
    bytes_out: i32,
    length_out: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_buffer_bytes")?;
    let Some(kind) = BufferKind::of(buffer) else { return Ok(Status::BadArgument as i32) };
    let buffer = contents(guest.host(), kind);
    let start = (start.cast_unsigned() as usize).min(buffer.len());
    let end = start.saturating_add(length.cast_unsigned() as usize).min(buffer.len());
    guest.give(&buffer[start..end], bytes_out, length_out)
}

fn contents(host: &mut Host, kind: BufferKind) -> Vec<u8> {
    match kind {
        BufferKind::PluginConfiguration if host.stage == Stage::Configuring => {
            host.root().map(|root| root.plugin.configuration.clone().into_bytes()).unwrap_or_default()
        }
        BufferKind::RequestBody | BufferKind::ResponseBody => host
            .stream()
            .and_then(|stream| stream.buffer(kind))
            .map(|buffer| buffer.clone())
            .unwrap_or_default(),
        BufferKind::PluginConfiguration | BufferKind::VmConfiguration | BufferKind::Other => Vec::new(),
    }
}

/// (0, 0) prepends, (0, n) replaces the first n bytes, a start at or after the end appends; a start in the middle is an
/// error (Envoy, Buffer::copyFrom).
fn set_bytes(
    caller: Caller<'_, Host>,
    buffer: i32,
    start: i32,
    length: i32,
    bytes: i32,
    bytes_length: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_set_buffer_bytes")?;
    let bytes = guest.read(bytes, bytes_length)?;
    let Some(kind) = BufferKind::of(buffer) else { return Ok(Status::BadArgument as i32) };
    let Some(buffer) = guest.host().stream().and_then(|stream| stream.buffer(kind)) else {
        return Ok(Status::NotFound as i32);
    };
    let start = start.cast_unsigned() as usize;
    if start == 0 {
        let end = (length.cast_unsigned() as usize).min(buffer.len());
        buffer.splice(..end, bytes);
    } else if start >= buffer.len() {
        buffer.extend(bytes);
    } else {
        return Ok(Status::BadArgument as i32);
    }
    Ok(Status::Ok as i32)
}
