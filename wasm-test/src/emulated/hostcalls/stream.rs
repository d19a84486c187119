//! Acting on a stream: replies, resuming, properties.

use super::MODULE;
use crate::emulated::abi::{Status, decode_pairs};
use crate::emulated::guest::Guest;
use crate::emulated::host::Host;
use crate::emulated::property;
use crate::emulated::stream::LocalReply;
use crate::message::Response;
use wasmtime::{Caller, Error, Linker, Result};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "proxy_send_local_response", send_local_response)?;
    linker.func_wrap(MODULE, "proxy_continue_stream", continue_stream)?;
    linker.func_wrap(MODULE, "proxy_close_stream", close_stream)?;
    linker.func_wrap(MODULE, "proxy_done", done)?;
    linker.func_wrap(MODULE, "proxy_get_property", get_property)?;
    linker.func_wrap(MODULE, "proxy_set_property", set_property)?;
    Ok(())
}

/// Kept until the callback has returned, then sent. In `on_log` it kills Envoy, so here it is an error of the module.
#[expect(clippy::too_many_arguments, reason = "the ABI has them")]
fn send_local_response(
    caller: Caller<'_, Host>,
    status: i32,
    _details: i32,
    _details_length: i32,
    body: i32,
    body_length: i32,
    headers: i32,
    headers_length: i32,
    grpc_status: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_send_local_response")?;
    let body = guest.read(body, body_length)?;
    let Some(fields) = decode_pairs(&guest.read(headers, headers_length)?) else {
        return Ok(Status::BadArgument as i32);
    };
    let status = u16::try_from(status).map_err(|_| Error::msg(format!("status {status} is not one")))?;
    let Some(stream) = guest.host().stream() else { return Ok(Status::Ok as i32) };
    if stream.logging {
        return Err(Error::msg("proxy_send_local_response after the stream ended kills Envoy"));
    }
    let answer = Response { fields, body, ..Response::new(status) };
    stream.reply.get_or_insert(LocalReply { answer, grpc_status: (grpc_status >= 0).then_some(grpc_status) });
    Ok(Status::Ok as i32)
}

fn continue_stream(caller: Caller<'_, Host>, _kind: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_continue_stream")?;
    if let Some(stream) = guest.host().stream() {
        stream.resumed = true;
    }
    Ok(Status::Ok as i32)
}

/// Two of these, or one with a reply, kill Envoy; the module has no reason to call it.
fn close_stream(caller: Caller<'_, Host>, _kind: i32) -> Result<i32> {
    Guest::enter(caller, "proxy_close_stream")?;
    Err(Error::msg("proxy_close_stream is not for a filter that answers"))
}

/// A context that is done when it says so; none of ours waits.
fn done(caller: Caller<'_, Host>) -> Result<i32> {
    Guest::enter(caller, "proxy_done")?;
    Ok(Status::NotFound as i32)
}

fn get_property(
    caller: Caller<'_, Host>,
    path: i32,
    length: i32,
    value_out: i32,
    length_out: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_property")?;
    let path = guest.read(path, length)?;
    match property::read(guest.host(), &path) {
        Some(value) => guest.give(&value, value_out, length_out),
        None => Ok(Status::NotFound as i32),
    }
}

fn set_property(
    caller: Caller<'_, Host>,
    path: i32,
    length: i32,
    value: i32,
    value_length: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_set_property")?;
    let (path, value) = (guest.read(path, length)?, guest.read(value, value_length)?);
    let Some(stream) = guest.host().stream() else { return Ok(Status::NotFound as i32) };
    property::write(stream, &path, value);
    Ok(Status::Ok as i32)
}
