//! Real Envoys: found or fetched, started on free ports with the shipped configuration, ended with the test.

mod admin;
mod binary;
mod bootstrap;
mod listener_file;
mod play;
mod process;
pub mod proof;

pub use admin::Admin;
pub use binary::Release;
pub use bootstrap::{Bootstrap, Listener};
pub use play::{Stage, play_all};
pub use process::{Envoy, NotStarted};
