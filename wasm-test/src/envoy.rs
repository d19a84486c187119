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
pub(crate) use bootstrap::at;
pub use bootstrap::{Bootstrap, Chain, Listener};
pub use listener_file::ListenerFile;
pub use play::{Stage, play_all};
pub use process::{Envoy, NotStarted};

use std::time::Duration;

/// How often what will come about is asked for: readiness, a counter.
const ASKING_INTERVAL: Duration = Duration::from_millis(20);
