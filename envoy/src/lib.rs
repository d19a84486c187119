//! The Envoy filter: all that knows proxy-wasm.
//!
//! [`root`] holds the configuration, [`stream`] one request, [`errands`] the calls to other
//! services, [`meters`] the ids of counters; [`host`] makes every hostcall.
//! What needs a unit test belongs in the crate `tollgate`.

#![expect(missing_docs, reason = "the SDK's macro exports a function that cannot carry documentation")]

mod errands;
mod host;
mod meters;
mod root;
mod stream;

use proxy_wasm::types::LogLevel;

proxy_wasm::main! {{
    // Also installs the SDK's panic hook, so that a trap leaves a message behind.
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|id| Box::new(root::Root::new(id)));
}}
