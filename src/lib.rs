//! The policy of Tollgate, an Envoy filter that stands in front of an API.
//!
//! This crate is pure: it knows no proxy, no clock and no I/O. Bytes, the time
//! and the shared state come in as arguments, a verdict goes out.

pub mod config;
pub mod ip;
pub mod rate_limit;
pub mod secret;
pub mod store;
pub mod time;
