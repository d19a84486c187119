//! The tour, through a published port.

use super::Judge;
use super::containers::Containers;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::runtime::Runtime;
use wasm_test::client;
use wasm_test::message::{Peer, Request, Response};
use wasm_test::scenario::{Backend, Observation};
use wasm_test::tour::{Allowances, Keys, Report, visits};
use wasm_test::upstream::{Mark, Record, RemoteUpstream};

/// Both gates, and the upstream behind them.
pub(crate) struct ComposedGate {
    /// Where sockets live.
    pub(crate) runtime: Runtime,
    /// Where clients come in.
    pub(crate) gates: [SocketAddr; 2],
    upstream: RemoteUpstream,
    mark: Mark,
}

impl ComposedGate {
    pub(crate) fn of(runtime: Runtime, containers: &Containers) -> Result<Self, String> {
        let upstream = RemoteUpstream::at(containers.recorder()?);
        let mut gate = Self { runtime, gates: containers.gates()?, upstream, mark: Mark::default() };
        gate.reached_upstream()?;
        Ok(gate)
    }

    /// Plays every stop that can be played here. One comes from another address, which a published port does not show.
    pub(crate) fn tour(&mut self, keys: &Keys, judge: &mut Judge) {
        let here = |request: &Request| request.peer == Peer::Direct(IpAddr::V4(Ipv4Addr::LOCALHOST));
        for visit in visits(keys, Allowances::COMPOSE) {
            if here(visit.request()) {
                let Report { observation, differences, .. } = visit.play(self);
                let status = observation.map_or("none".to_owned(), |seen| seen.response.status.to_string());
                judge.all(&format!("{status:<4} {}", visit.title), &differences);
            }
        }
        let late = self.reached_upstream().map_or_else(|error| vec![error], |record| late(&record));
        judge.all("nothing reached the upstream after its answer", &late);
    }

    /// What reached the upstream since this was asked last.
    pub(crate) fn reached_upstream(&mut self) -> Result<Record, String> {
        let record =
            self.runtime.block_on(self.upstream.since(self.mark)).map_err(|error| error.to_string())?;
        self.mark = self.mark.after(&record);
        Ok(record)
    }
}

impl Backend for ComposedGate {
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String> {
        let told = self.runtime.block_on(self.upstream.answer_with(answer));
        told.map_err(|error| error.to_string())?;
        let response = self.runtime.block_on(client::send(self.gates[0], request));
        let record = self.reached_upstream()?;
        let response = response.map_err(|error| error.to_string())?;
        Ok(Observation { response, upstream: record.requests, upstream_bytes: record.bytes })
    }
}

fn late(record: &Record) -> Vec<String> {
    let Record { requests, bytes } = record;
    match bytes {
        0 => Vec::new(),
        _ => vec![format!("{bytes} bytes in {} requests", requests.len())],
    }
}
