//! A listener in a file that Envoy watches, so that it can be changed while traffic flows.

use super::Release;
use super::bootstrap::{Bootstrap, Listener};
use crate::module::repository;
use std::fs;
use std::path::{Path, PathBuf};

/// A file with one listener. It is removed when dropped.
pub struct ListenerFile {
    path: PathBuf,
    shipped: fn() -> Bootstrap,
}

impl ListenerFile {
    /// Writes a listener into a new file.
    pub fn new(release: Release, listener: &Listener) -> Self {
        Self::of(Bootstrap::shipped, release, listener)
    }

    /// The same, as it is in one of many Envoys.
    pub fn of_fleet(release: Release, listener: &Listener) -> Self {
        Self::of(Bootstrap::shipped_distributed, release, listener)
    }

    fn of(shipped: fn() -> Bootstrap, release: Release, listener: &Listener) -> Self {
        let folder = repository().join("target/envoy");
        fs::create_dir_all(&folder).expect("target is ours");
        let path = folder.join(format!("{}-{}-{}.yaml", listener.name, release.number(), std::process::id()));
        let file = Self { path, shipped };
        file.put(listener);
        file
    }

    /// Puts another listener in its place, in one step: Envoy takes it up when a file is moved there.
    pub fn put(&self, listener: &Listener) {
        let draft = self.path.with_extension("draft");
        fs::write(&draft, (self.shipped)().discovery_response(listener)).expect("target is ours");
        fs::rename(&draft, &self.path).expect("target is ours");
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ListenerFile {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.path));
    }
}
