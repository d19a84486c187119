//! The part of WASI preview 1 that every supported Envoy offers, and no more: a module that needs more would not load
//! in the oldest one.

use super::guest::Guest;
use super::host::Host;
use wasmtime::{Caller, Error, Linker, Result};

const MODULE: &str = "wasi_snapshot_preview1";
const SUCCESS: i32 = 0;
const BAD_DESCRIPTOR: i32 = 8;
const INVALID: i32 = 28;

/// Adds WASI to the imports on offer.
pub(crate) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "environ_sizes_get", environ_sizes_get)?;
    linker.func_wrap(MODULE, "environ_get", environ_get)?;
    linker.func_wrap(MODULE, "clock_time_get", clock_time_get)?;
    linker.func_wrap(MODULE, "random_get", random_get)?;
    linker.func_wrap(MODULE, "fd_write", fd_write)?;
    linker.func_wrap(MODULE, "proc_exit", proc_exit)?;
    Ok(())
}

fn environ_sizes_get(caller: Caller<'_, Host>, count_out: i32, size_out: i32) -> Result<i32> {
    let mut guest = Guest::enter_anytime(caller, "environ_sizes_get")?;
    let lines = environment_lines(guest.host());
    guest.write_u32(count_out, u32::try_from(lines.len())?)?;
    guest.write_u32(size_out, u32::try_from(lines.iter().map(Vec::len).sum::<usize>())?)?;
    Ok(SUCCESS)
}

fn environ_get(caller: Caller<'_, Host>, mut pointers_out: i32, mut bytes_out: i32) -> Result<i32> {
    let mut guest = Guest::enter_anytime(caller, "environ_get")?;
    for line in environment_lines(guest.host()) {
        guest.write_u32(pointers_out, bytes_out.cast_unsigned())?;
        guest.write(bytes_out, &line)?;
        pointers_out += 4;
        bytes_out += i32::try_from(line.len())?;
    }
    Ok(SUCCESS)
}

/// `NAME=value` lines, each closed by a zero byte.
fn environment_lines(host: &Host) -> Vec<Vec<u8>> {
    host.world.environment().iter().map(|(name, value)| format!("{name}={value}\0").into_bytes()).collect()
}

fn clock_time_get(caller: Caller<'_, Host>, clock: i32, _precision: i64, time_out: i32) -> Result<i32> {
    let mut guest = Guest::enter_anytime(caller, "clock_time_get")?;
    let time = match clock {
        0 => guest.host().world.wall_ns(),
        1 => guest.host().world.monotonic_ns(),
        _ => return Ok(INVALID),
    };
    guest.write(time_out, &time.to_le_bytes())?;
    Ok(SUCCESS)
}

fn random_get(caller: Caller<'_, Host>, bytes_out: i32, length: i32) -> Result<i32> {
    let mut guest = Guest::enter_anytime(caller, "random_get")?;
    let mut bytes = vec![0; length.cast_unsigned() as usize];
    guest.host().world.random(&mut bytes);
    guest.write(bytes_out, &bytes)?;
    Ok(SUCCESS)
}

/// Standard output is logged as info, standard error as error, as Envoy does.
fn fd_write(
    caller: Caller<'_, Host>,
    descriptor: i32,
    slices: i32,
    count: i32,
    written_out: i32,
) -> Result<i32> {
    let mut guest = Guest::enter_anytime(caller, "fd_write")?;
    let level = match descriptor {
        1 => 2,
        2 => 4,
        _ => return Ok(BAD_DESCRIPTOR),
    };
    let mut text = Vec::new();
    for index in 0..count {
        let slice = guest.read(slices + index * 8, 8)?;
        let (pointer, length) = slice.split_at(4);
        text.extend(
            guest.read(i32::from_le_bytes(pointer.try_into()?), i32::from_le_bytes(length.try_into()?))?,
        );
    }
    guest.host().world.write_log(level, &text);
    guest.write_u32(written_out, u32::try_from(text.len())?)?;
    Ok(SUCCESS)
}

fn proc_exit(_: Caller<'_, Host>, code: i32) -> Result<()> {
    Err(Error::msg(format!("proc_exit({code})")))
}
