//! The proof: runs the built module on an emulated host and in a real Envoy.
