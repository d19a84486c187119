//! The policy of Tollgate, an Envoy filter that stands in front of an API.
//!
//! This crate is pure: it knows no proxy, no clock and no I/O. Bytes, the time
//! and the shared state come in as arguments, a verdict goes out.

pub mod abuse;
pub mod account;
pub mod api_key;
pub mod config;
pub mod credential;
pub mod denial;
pub mod input;
pub mod ip;
pub mod path;
mod percent;
pub mod policy;
pub mod problem;
pub mod rate_limit;
pub mod request;
pub mod secret;
pub mod store;
pub mod tenant;
pub mod time;
pub mod transaction;
