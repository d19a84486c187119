//! The hostcalls of proxy-wasm 0.2.1, module `env`.

mod body;
mod callout;
mod headers;
mod shared;
mod stream;

use super::abi::Status;
use super::guest::Guest;
use super::host::Host;
use wasmtime::{Caller, Linker, Result};

const MODULE: &str = "env";

/// Adds the hostcalls to the imports on offer. A module that imports anything else does not start, as in Envoy.
pub(crate) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "proxy_log", log)?;
    linker.func_wrap(MODULE, "proxy_get_log_level", log_level)?;
    linker.func_wrap(MODULE, "proxy_get_current_time_nanoseconds", current_time)?;
    linker.func_wrap(MODULE, "proxy_set_tick_period_milliseconds", set_tick_period)?;
    linker.func_wrap(MODULE, "proxy_set_effective_context", set_effective_context)?;
    linker.func_wrap(MODULE, "proxy_call_foreign_function", call_foreign_function)?;
    headers::link(linker)?;
    body::link(linker)?;
    shared::link(linker)?;
    stream::link(linker)?;
    callout::link(linker)
}

/// Allowed in `_initialize` too, so that a panic there can be read.
fn log(caller: Caller<'_, Host>, level: i32, text: i32, length: i32) -> Result<i32> {
    let mut guest = Guest::enter_anytime(caller, "proxy_log")?;
    let text = guest.read(text, length)?;
    guest.host().world.write_log(level, &text);
    Ok(Status::Ok as i32)
}

/// Always trace: a line that would leak must not hide behind a level.
fn log_level(caller: Caller<'_, Host>, level_out: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_log_level")?;
    guest.write_u32(level_out, 0)?;
    Ok(Status::Ok as i32)
}

fn current_time(caller: Caller<'_, Host>, time_out: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_current_time_nanoseconds")?;
    let now = guest.host().world.wall_ns();
    guest.write(time_out, &now.to_le_bytes())?;
    Ok(Status::Ok as i32)
}

fn set_tick_period(caller: Caller<'_, Host>, period_ms: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_set_tick_period_milliseconds")?;
    if let Some(root) = guest.host().root() {
        root.tick_ms = period_ms.cast_unsigned();
    }
    Ok(Status::Ok as i32)
}

fn set_effective_context(caller: Caller<'_, Host>, id: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_set_effective_context")?;
    let host = guest.host();
    let id = id.cast_unsigned();
    if !host.streams.contains_key(&id) && !host.roots.contains_key(&id) {
        return Ok(Status::BadArgument as i32);
    }
    host.effective = id;
    Ok(Status::Ok as i32)
}

/// No foreign function is known, which is what Envoy says of names it does not have.
fn call_foreign_function(
    caller: Caller<'_, Host>,
    _name: i32,
    _name_length: i32,
    _arguments: i32,
    _arguments_length: i32,
    _result_out: i32,
    _result_length_out: i32,
) -> Result<i32> {
    Guest::enter(caller, "proxy_call_foreign_function")?;
    Ok(Status::NotFound as i32)
}
