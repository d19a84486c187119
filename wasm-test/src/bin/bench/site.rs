//! A running Envoy with one worker, and a listener for each set of filters that is measured in it.

use crate::cell::Cell;
use crate::chain::{authz_cluster, chain, listener};
use crate::cores::Cores;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use wasm_test::child::Thread;
use wasm_test::envoy::{Bootstrap, Envoy, Release};
use wasm_test::upstream::Upstream;

/// One Envoy.
pub(crate) struct Site {
    /// How many keys its filters know.
    pub(crate) keys: usize,
    envoy: Envoy,
    listeners: BTreeMap<String, SocketAddr>,
    /// Sees what contenders do to a request.
    pub(crate) upstream: Upstream,
    /// Processor time that its worker used until it was ready: for a VM of each plugin, and its configuration.
    pub(crate) worker_start: Duration,
}

impl Site {
    /// Starts one for these cells, all for the same keys, on Envoy's core.
    pub(crate) async fn start(cells: &[Cell], keys: usize, authz_port: Option<u16>, cores: Cores) -> Self {
        let mut chains = BTreeMap::new();
        for cell in cells.iter().filter(|cell| cell.keys == keys) {
            let name = listener(cell.contender, cell.work);
            chains.entry(name).or_insert_with(|| chain(cell.contender, cell.work, keys));
        }
        let chains: Vec<_> = chains.into_values().collect();
        let upstream = Upstream::start().await.expect("a free port");
        let clusters: Vec<_> = authz_port.map(authz_cluster).into_iter().collect();
        let bootstrap = Bootstrap::of_chains(&chains, &clusters, upstream.address());
        Cores::keep_to(cores.envoy);
        let started = Envoy::start(Release::Newest, &bootstrap, &[], &format!("bench-{keys}"), 1).await;
        let envoy = started.unwrap_or_else(|failure| panic!("{failure:?}"));
        Cores::keep_to(cores.load);
        let listeners = envoy.admin().listeners().await.into_iter().collect();
        let worker_start = worker(&envoy);
        Self { keys, envoy, listeners, upstream, worker_start }
    }

    /// Where a cell is measured.
    pub(crate) fn address(&self, cell: Cell) -> SocketAddr {
        self.listeners[&listener(cell.contender, cell.work)]
    }

    /// Processor time that Envoy has used, all its threads together.
    pub(crate) fn cpu_time(&self) -> Duration {
        self.envoy.cpu_time()
    }

    /// Bytes of memory that it holds.
    pub(crate) fn resident_bytes(&self) -> u64 {
        self.envoy.resident_bytes()
    }
}

fn worker(envoy: &Envoy) -> Duration {
    let threads: Vec<Thread> = envoy.threads();
    threads.iter().filter(|thread| thread.name.starts_with("wrk:")).map(|thread| thread.cpu_time).sum()
}
