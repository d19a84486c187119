//! Header maps: which can be touched depends on the callback (see [`Stream::readable`](super::super::stream::Stream)).

use super::MODULE;
use crate::emulated::abi::{MapKind, Status, decode_pairs, encode_pairs};
use crate::emulated::guest::Guest;
use crate::emulated::host::Host;
use crate::message::Fields;
use wasmtime::{Caller, Linker, Result};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "proxy_get_header_map_pairs", pairs)?;
    linker.func_wrap(MODULE, "proxy_set_header_map_pairs", set_pairs)?;
    linker.func_wrap(MODULE, "proxy_get_header_map_value", value)?;
    linker.func_wrap(MODULE, "proxy_add_header_map_value", add)?;
    linker.func_wrap(MODULE, "proxy_replace_header_map_value", replace)?;
    linker.func_wrap(MODULE, "proxy_remove_header_map_value", remove)?;
    Ok(())
}

/// A map that is closed reads as empty rather than as an error: that is what Envoy does, and a trap for filters.
fn pairs(caller: Caller<'_, Host>, map: i32, pairs_out: i32, length_out: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_header_map_pairs")?;
    let Some(kind) = MapKind::of(map) else { return Ok(Status::BadArgument as i32) };
    let fields = guest.host().stream().and_then(|stream| stream.readable(kind).ok());
    let bytes = fields.filter(|fields| !fields.is_empty()).map(encode_pairs).unwrap_or_default();
    guest.give(&bytes, pairs_out, length_out)
}

fn set_pairs(caller: Caller<'_, Host>, map: i32, pairs: i32, length: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_set_header_map_pairs")?;
    let Some(fields) = decode_pairs(&guest.read(pairs, length)?) else {
        return Ok(Status::ParseFailure as i32);
    };
    Ok(change(&mut guest, map, |map| *map = fields))
}

/// The first value only, also of a repeated header, as in Envoy.
fn value(
    caller: Caller<'_, Host>,
    map: i32,
    name: i32,
    name_length: i32,
    value_out: i32,
    length_out: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_header_map_value")?;
    let name = guest.read_text(name, name_length)?;
    let Some(kind) = MapKind::of(map) else { return Ok(Status::BadArgument as i32) };
    let Some(stream) = guest.host().stream() else { return Ok(Status::BadArgument as i32) };
    match stream.readable(kind).map(|fields| fields.first(&name).map(<[u8]>::to_vec)) {
        Ok(Some(value)) => guest.give(&value, value_out, length_out),
        Ok(None) => Ok(Status::NotFound as i32),
        Err(status) => Ok(status as i32),
    }
}

fn add(
    caller: Caller<'_, Host>,
    map: i32,
    name: i32,
    name_length: i32,
    value: i32,
    length: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_add_header_map_value")?;
    let (name, value) = (guest.read_text(name, name_length)?, guest.read(value, length)?);
    Ok(change(&mut guest, map, |map| map.push(&name, value)))
}

fn replace(
    caller: Caller<'_, Host>,
    map: i32,
    name: i32,
    name_length: i32,
    value: i32,
    length: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_replace_header_map_value")?;
    let (name, value) = (guest.read_text(name, name_length)?, guest.read(value, length)?);
    Ok(change(&mut guest, map, |map| map.set(&name, value)))
}

fn remove(caller: Caller<'_, Host>, map: i32, name: i32, name_length: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_remove_header_map_value")?;
    let name = guest.read_text(name, name_length)?;
    Ok(change(&mut guest, map, |map| map.remove(&name)))
}

fn change(guest: &mut Guest<'_>, map: i32, change: impl FnOnce(&mut Fields)) -> i32 {
    let Some(kind) = MapKind::of(map) else { return Status::BadArgument as i32 };
    let writable = guest.host().stream().ok_or(Status::BadArgument).and_then(|stream| stream.writable(kind));
    match writable {
        Ok(fields) => {
            change(fields);
            Status::Ok as i32
        }
        Err(status) => status as i32,
    }
}
