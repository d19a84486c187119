//! Reading and writing the module's memory during a hostcall.

use super::abi::Status;
use super::host::{Host, Stage};
use wasmtime::{Caller, Error, Memory, Result};

/// A hostcall in progress: the host's data and the module's memory.
pub(crate) struct Guest<'a> {
    caller: Caller<'a, Host>,
    memory: Memory,
}

impl<'a> Guest<'a> {
    /// Takes up a hostcall that is forbidden in `_initialize`, as all but logging and WASI are.
    pub(crate) fn enter(caller: Caller<'a, Host>, name: &'static str) -> Result<Self> {
        if caller.data().stage == Stage::Initializing {
            return Err(Error::msg(format!("restricted_callback: {name} in _initialize")));
        }
        Self::enter_anytime(caller, name)
    }

    /// Takes up a hostcall that may be made at any time.
    pub(crate) fn enter_anytime(mut caller: Caller<'a, Host>, name: &'static str) -> Result<Self> {
        caller.data_mut().count(name);
        let memory = caller
            .get_export("memory")
            .and_then(wasmtime::Extern::into_memory)
            .ok_or_else(|| Error::msg("the module exports no memory"))?;
        Ok(Self { caller, memory })
    }

    /// The host's side.
    pub(crate) fn host(&mut self) -> &mut Host {
        self.caller.data_mut()
    }

    /// Bytes the module points at.
    pub(crate) fn read(&self, pointer: i32, length: i32) -> Result<Vec<u8>> {
        let start = pointer.cast_unsigned() as usize;
        let end = start.saturating_add(length.cast_unsigned() as usize);
        let bytes = self.memory.data(&self.caller).get(start..end);
        bytes.map(<[u8]>::to_vec).ok_or_else(|| Error::msg(format!("read outside memory: {start}..{end}")))
    }

    /// A name the module points at. Envoy takes any bytes; ours are text, and bytes that are not are a mistake.
    pub(crate) fn read_text(&self, pointer: i32, length: i32) -> Result<String> {
        String::from_utf8(self.read(pointer, length)?).map_err(|_| Error::msg("a name is not UTF-8"))
    }

    /// Writes where the module points.
    pub(crate) fn write(&mut self, pointer: i32, bytes: &[u8]) -> Result<()> {
        let start = pointer.cast_unsigned() as usize;
        self.memory
            .write(&mut self.caller, start, bytes)
            .map_err(|_| Error::msg(format!("write outside memory: {} bytes at {start}", bytes.len())))
    }

    /// Writes a number where the module points.
    pub(crate) fn write_u32(&mut self, pointer: i32, number: u32) -> Result<()> {
        self.write(pointer, &number.to_le_bytes())
    }

    /// Hands bytes over: allocates in the module, as Envoy does, and writes where they are.
    pub(crate) fn give(&mut self, bytes: &[u8], pointer_out: i32, length_out: i32) -> Result<i32> {
        let length = u32::try_from(bytes.len()).map_err(|_| Error::msg("more than 4 GiB for the module"))?;
        let pointer = if bytes.is_empty() { 0 } else { self.allocate(length)? };
        self.write(pointer, bytes)?;
        self.write_u32(pointer_out, pointer.cast_unsigned())?;
        self.write_u32(length_out, length)?;
        Ok(Status::Ok as i32)
    }

    fn allocate(&mut self, length: u32) -> Result<i32> {
        let export = ["proxy_on_memory_allocate", "malloc"]
            .into_iter()
            .find_map(|name| self.caller.get_export(name)?.into_func())
            .ok_or_else(|| Error::msg("the module exports no allocator"))?;
        export.typed::<u32, i32>(&self.caller)?.call(&mut self.caller, length)
    }
}
