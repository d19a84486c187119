//! What all workers share: data and metrics. Shared queues there are none.

use super::MODULE;
use crate::emulated::abi::Status;
use crate::emulated::guest::Guest;
use crate::emulated::host::Host;
use wasmtime::{Caller, Error, Linker, Result};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<()> {
    linker.func_wrap(MODULE, "proxy_get_shared_data", read)?;
    linker.func_wrap(MODULE, "proxy_set_shared_data", write)?;
    linker.func_wrap(MODULE, "proxy_register_shared_queue", register_queue)?;
    linker.func_wrap(MODULE, "proxy_resolve_shared_queue", resolve_queue)?;
    linker.func_wrap(MODULE, "proxy_enqueue_shared_queue", enqueue)?;
    linker.func_wrap(MODULE, "proxy_dequeue_shared_queue", dequeue)?;
    linker.func_wrap(MODULE, "proxy_define_metric", define_metric)?;
    linker.func_wrap(MODULE, "proxy_increment_metric", increment_metric)?;
    linker.func_wrap(MODULE, "proxy_record_metric", record_metric)?;
    linker.func_wrap(MODULE, "proxy_get_metric", metric)?;
    Ok(())
}

fn read(
    caller: Caller<'_, Host>,
    key: i32,
    key_length: i32,
    value_out: i32,
    length_out: i32,
    number_out: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_shared_data")?;
    let key = guest.read(key, key_length)?;
    let world = guest.host().world.clone();
    match world.shared_data(|cells| cells.read(&key).map(|(value, number)| (value.to_vec(), number))) {
        Some((value, number)) => {
            guest.write_u32(number_out, number)?;
            guest.give(&value, value_out, length_out)
        }
        None => Ok(Status::NotFound as i32),
    }
}

fn write(
    caller: Caller<'_, Host>,
    key: i32,
    key_length: i32,
    value: i32,
    value_length: i32,
    number: i32,
) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_set_shared_data")?;
    let (key, value) = (guest.read(key, key_length)?, guest.read(value, value_length)?);
    let world = guest.host().world.clone();
    Ok(match world.shared_data(|cells| cells.write(&key, &value, number.cast_unsigned())) {
        Ok(()) => Status::Ok as i32,
        Err(_) => Status::CasMismatch as i32,
    })
}

/// The filter has no use for queues. The SDK imports them, so they must be there; one that is called is a mistake.
fn register_queue(caller: Caller<'_, Host>, _name: i32, _length: i32, _queue_out: i32) -> Result<i32> {
    Guest::enter(caller, "proxy_register_shared_queue")?;
    Err(Error::msg("proxy_register_shared_queue: no queues here"))
}

fn resolve_queue(
    caller: Caller<'_, Host>,
    _vm_id: i32,
    _vm_id_length: i32,
    _name: i32,
    _name_length: i32,
    _queue_out: i32,
) -> Result<i32> {
    Guest::enter(caller, "proxy_resolve_shared_queue")?;
    Ok(Status::NotFound as i32)
}

fn enqueue(caller: Caller<'_, Host>, _queue: i32, _value: i32, _length: i32) -> Result<i32> {
    Guest::enter(caller, "proxy_enqueue_shared_queue")?;
    Ok(Status::NotFound as i32)
}

fn dequeue(caller: Caller<'_, Host>, _queue: i32, _value_out: i32, _length_out: i32) -> Result<i32> {
    Guest::enter(caller, "proxy_dequeue_shared_queue")?;
    Ok(Status::NotFound as i32)
}

fn define_metric(caller: Caller<'_, Host>, kind: i32, name: i32, length: i32, id_out: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_define_metric")?;
    let name = guest.read_text(name, length)?;
    let world = guest.host().world.clone();
    match world.metrics(|metrics| metrics.define(kind, &name)) {
        Ok(id) => {
            guest.write_u32(id_out, id)?;
            Ok(Status::Ok as i32)
        }
        Err(status) => Ok(status as i32),
    }
}

fn increment_metric(caller: Caller<'_, Host>, id: i32, offset: i64) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_increment_metric")?;
    Ok(guest.host().world.metrics(|metrics| metrics.increment(id.cast_unsigned(), offset)) as i32)
}

fn record_metric(caller: Caller<'_, Host>, id: i32, value: i64) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_record_metric")?;
    Ok(guest.host().world.metrics(|metrics| metrics.record(id.cast_unsigned(), value.cast_unsigned())) as i32)
}

fn metric(caller: Caller<'_, Host>, id: i32, value_out: i32) -> Result<i32> {
    let mut guest = Guest::enter(caller, "proxy_get_metric")?;
    match guest.host().world.metrics(|metrics| metrics.get(id.cast_unsigned())) {
        Ok(value) => {
            guest.write(value_out, &value.to_le_bytes())?;
            Ok(Status::Ok as i32)
        }
        Err(status) => Ok(status as i32),
    }
}
