//! What one VM's store holds: its world, its contexts, and the callback that runs now.

use super::stream::Stream;
use super::vm::Plugin;
use super::world::World;
use std::collections::{BTreeMap, HashMap};

/// The data of one VM's store.
pub(crate) struct Host {
    pub(crate) world: World,
    /// Root contexts by id.
    pub(crate) roots: HashMap<u32, Root>,
    /// HTTP contexts by id.
    pub(crate) streams: HashMap<u32, Stream>,
    /// The context whose callback runs, or that the module chose by `proxy_set_effective_context`.
    pub(crate) effective: u32,
    /// What may be called now.
    pub(crate) stage: Stage,
    /// How often each hostcall and each callback was made.
    pub(crate) calls: BTreeMap<&'static str, u64>,
}

/// A plugin and what its root context asked of the host.
pub(crate) struct Root {
    pub(crate) plugin: Plugin,
    /// The period set by `proxy_set_tick_period_milliseconds`; 0 is off.
    pub(crate) tick_ms: u32,
}

/// How far the life of the VM has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// `_initialize` runs: only `proxy_log` and WASI may be called, all else traps in Envoy.
    Initializing,
    /// `on_configure` runs: only here can the plugin configuration be read.
    Configuring,
    /// Traffic.
    Serving,
}

impl Host {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            roots: HashMap::new(),
            streams: HashMap::new(),
            effective: 0,
            stage: Stage::Initializing,
            calls: BTreeMap::new(),
        }
    }

    /// One more call of that name.
    pub(crate) fn count(&mut self, name: &'static str) {
        *self.calls.entry(name).or_default() += 1;
    }

    /// The stream of the effective context; root contexts have none.
    pub(crate) fn stream(&mut self) -> Option<&mut Stream> {
        self.streams.get_mut(&self.effective)
    }

    /// The plugin of the effective context.
    pub(crate) fn root(&mut self) -> Option<&mut Root> {
        let id = self.streams.get(&self.effective).map_or(self.effective, |stream| stream.root);
        self.roots.get_mut(&id)
    }
}
