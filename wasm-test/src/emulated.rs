//! A proxy-wasm 0.2.1 host on wasmtime, as exact as the policy can notice.
//!
//! A [`World`] is what all workers of one Envoy share: clocks, shared data, environment, log, metrics. Any number of
//! [`Vm`]s live in it, each its own instance of the module, as each Envoy worker has one. The test owns the clock.
//!
//! What it copies from Envoy, with the reason in each file: which header map can be read in which callback, that a
//! `Pause` on headers holds them while body and trailers still arrive (`allow_on_headers_stop_iteration`), that a held
//! body is cumulative, that a local reply passes the filter's own response callbacks, and that a trap kills the VM. A
//! trap or a request that never ends is an [`Ending`] of its own; nothing is smoothed over.

mod abi;
mod exchange;
mod front;
mod guest;
mod host;
mod hostcalls;
mod metrics;
mod play;
mod property;
mod shared_data;
mod stream;
mod vm;
mod wasi;
mod world;

pub use exchange::{Ending, Outcome};
pub use metrics::Metrics;
pub use play::Emulated;
pub use shared_data::{SharedData, WriteRefused};
pub use stream::Hosting;
pub use vm::{Plugin, PluginId, Refused, Vm, WasmModule};
pub use world::{LogLine, World};
