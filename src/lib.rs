//! The policy of Tollgate, an Envoy filter that stands in front of an API.
//!
//! This crate is pure: it knows no proxy, no clock and no I/O. Bytes, the time
//! and the shared state come in as arguments, a verdict goes out.

pub mod log_line;
pub mod redact;
pub mod scan;
pub mod text;
