//! Where one cell is measured, round by round.

use crate::authz;
use crate::cell::{Cell, Samples};
use crate::site::Site;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use wasm_test::client::ClosedLoop;

/// Connections of the load: enough that Envoy has something to do also where the load is held up.
pub(crate) const CONNECTIONS: usize = 16;

/// Of the answers, so many must have the expected status. Of those to limited clients, a few pass.
const EXPECTED_MIN: f64 = 0.95;

/// Where one cell is measured.
pub(crate) struct Stand<'a> {
    cell: Cell,
    site: &'a Site,
    service: Option<&'a authz::Service>,
    load: ClosedLoop,
    requests: Arc<[Bytes]>,
    samples: Samples,
}

impl<'a> Stand<'a> {
    /// Opens the connections of its load; the service is the one that Envoy asks there.
    pub(crate) async fn open(cell: Cell, site: &'a Site, service: Option<&'a authz::Service>) -> Self {
        let load = ClosedLoop::connect(site.address(cell), CONNECTIONS).await;
        let load = load.unwrap_or_else(|error| panic!("{cell}: {error}"));
        Self { cell, site, service, load, requests: cell.requests(), samples: Samples::default() }
    }

    /// One round, which counts or warms up.
    ///
    /// # Panics
    /// When answers are not those that the cell is to give.
    pub(crate) async fn play(&mut self, counts: bool) {
        let before = (self.site.cpu_time(), self.service_cpu_time());
        let trial = self.load.run(&self.requests, self.cell.round()).await;
        let trial = trial.unwrap_or_else(|error| panic!("{}: {error}", self.cell));
        let cpu = self.site.cpu_time() - before.0;
        let service_cpu = self.service_cpu_time().zip(before.1).map(|(after, before)| after - before);
        let expected = trial.statuses.get(&self.cell.work.status()).copied().unwrap_or_default();
        let enough = trial.latencies.len() as f64 * EXPECTED_MIN;
        assert!(expected as f64 >= enough, "{}: {:?}", self.cell, trial.statuses);
        if counts {
            self.samples.add(&trial, cpu, service_cpu);
        }
    }

    /// What was measured.
    pub(crate) fn close(self) -> (Cell, Samples) {
        (self.cell, self.samples)
    }

    fn service_cpu_time(&self) -> Option<Duration> {
        self.service.map(authz::Service::cpu_time)
    }
}
