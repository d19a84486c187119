//! The Envoy filter: all that knows proxy-wasm.
