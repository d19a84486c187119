//! Callouts: there is no cluster to go to, so each fails as it does in Envoy for a cluster it does not know.

use super::MODULE;
use crate::emulated::abi::Status;
use crate::emulated::guest::Guest;
use crate::emulated::host::Host;
use wasmtime::{Caller, Linker, Result};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "proxy_http_call", http_call)?;
    linker.func_wrap(MODULE, "proxy_grpc_call", grpc_call)?;
    linker.func_wrap(MODULE, "proxy_grpc_stream", grpc_stream)?;
    linker.func_wrap(MODULE, "proxy_grpc_send", grpc_send)?;
    linker.func_wrap(MODULE, "proxy_grpc_cancel", |caller: Caller<'_, Host>, _token: i32| {
        no_callout(caller, "proxy_grpc_cancel")
    })?;
    linker.func_wrap(MODULE, "proxy_grpc_close", |caller: Caller<'_, Host>, _token: i32| {
        no_callout(caller, "proxy_grpc_close")
    })?;
    linker.func_wrap(MODULE, "proxy_get_status", status)?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the ABI has them")]
fn http_call(
    caller: Caller<'_, Host>,
    _upstream: i32,
    _upstream_length: i32,
    _headers: i32,
    _headers_length: i32,
    _body: i32,
    _body_length: i32,
    _trailers: i32,
    _trailers_length: i32,
    _timeout_ms: i32,
    _token_out: i32,
) -> Result<i32> {
    Guest::enter(caller, "proxy_http_call")?;
    Ok(Status::BadArgument as i32)
}

#[expect(clippy::too_many_arguments, reason = "the ABI has them")]
fn grpc_call(
    caller: Caller<'_, Host>,
    _upstream: i32,
    _upstream_length: i32,
    _service: i32,
    _service_length: i32,
    _method: i32,
    _method_length: i32,
    _metadata: i32,
    _metadata_length: i32,
    _message: i32,
    _message_length: i32,
    _timeout_ms: i32,
    _token_out: i32,
) -> Result<i32> {
    Guest::enter(caller, "proxy_grpc_call")?;
    Ok(Status::ParseFailure as i32)
}

#[expect(clippy::too_many_arguments, reason = "the ABI has them")]
fn grpc_stream(
    caller: Caller<'_, Host>,
    _upstream: i32,
    _upstream_length: i32,
    _service: i32,
    _service_length: i32,
    _method: i32,
    _method_length: i32,
    _metadata: i32,
    _metadata_length: i32,
    _token_out: i32,
) -> Result<i32> {
    Guest::enter(caller, "proxy_grpc_stream")?;
    Ok(Status::ParseFailure as i32)
}

fn grpc_send(caller: Caller<'_, Host>, _token: i32, _message: i32, _length: i32, _end: i32) -> Result<i32> {
    no_callout(caller, "proxy_grpc_send")
}

/// The status of the last callout: there was none.
fn status(caller: Caller<'_, Host>, code_out: i32, message_out: i32, length_out: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_status")?;
    guest.write_u32(code_out, 0)?;
    guest.give(&[], message_out, length_out)
}

/// No callout of that number is open.
fn no_callout(caller: Caller<'_, Host>, name: &'static str) -> Result<i32> {
    Guest::enter(caller, name)?;
    Ok(Status::NotFound as i32)
}
