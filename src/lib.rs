//! The policy of Tollgate, an Envoy filter that stands in front of an API.
//!
//! This crate is pure: it knows no proxy, no clock and no I/O. Bytes, the time
//! and the shared state come in as arguments, a verdict goes out.

pub mod abuse;
pub mod account;
pub mod admin;
pub mod api_key;
pub mod audit;
pub mod config;
pub mod credential;
pub mod denial;
pub mod fleet;
pub mod input;
pub mod inspection;
pub mod ip;
pub mod log_line;
pub mod path;
mod percent;
pub mod policy;
pub mod problem;
pub mod rate_limit;
pub mod redact;
pub mod request;
pub mod scan;
pub mod secret;
pub mod stats;
pub mod store;
pub mod tenant;
pub mod text;
pub mod time;
pub mod transaction;
pub mod waf;
