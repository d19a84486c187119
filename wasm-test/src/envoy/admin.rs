//! Envoy's admin interface.

use super::ASKING_INTERVAL;
use crate::client::{self, PATIENCE};
use crate::message::{Request, Response};
use std::io;
use std::net::SocketAddr;
use tokio::time::{interval, timeout};

/// The admin interface of a running Envoy.
#[derive(Clone, Copy, Debug)]
pub struct Admin {
    address: SocketAddr,
}

impl Admin {
    /// At this address.
    pub fn at(address: SocketAddr) -> Self {
        Self { address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether Envoy serves.
    pub async fn is_ready(&self) -> bool {
        self.get("/ready").await.is_ok_and(|answer| answer.status == 200)
    }

    /// A counter or gauge of that name; 0 where there is none yet.
    pub async fn stat(&self, name: &str) -> u64 {
        self.stats(name).await.into_iter().find(|(known, _)| known == name).map_or(0, |(_, value)| value)
    }

    /// All counters and gauges whose name has this in it.
    pub async fn stats(&self, part: &str) -> Vec<(String, u64)> {
        let answer = self.must("GET", &format!("/stats?filter={part}")).await;
        let stat = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        answer.text().lines().filter_map(stat).collect()
    }

    /// Waits until a counter is at least `value`.
    ///
    /// # Panics
    /// When it is not in time.
    pub async fn reached(&self, name: &str, value: u64) {
        let reached = async {
            let mut asking = interval(ASKING_INTERVAL);
            while self.stat(name).await < value {
                asking.tick().await;
            }
        };
        timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{name} did not reach {value}"));
    }

    /// What it answers to a GET, as text.
    ///
    /// # Panics
    /// When it does not answer 200.
    pub async fn text(&self, path: &str) -> String {
        self.must("GET", path).await.text()
    }

    /// Listeners by name, each with its first address.
    pub async fn listeners(&self) -> Vec<(String, SocketAddr)> {
        let answer = self.must("GET", "/listeners?format=json").await;
        let document: serde_json::Value =
            serde_json::from_slice(&answer.body).expect("the admin answers JSON");
        let address = |status: &serde_json::Value| {
            let socket = &status["local_address"]["socket_address"];
            let ip = socket["address"].as_str()?.parse().ok()?;
            let port = socket["port_value"].as_u64()?.try_into().ok()?;
            Some((status["name"].as_str()?.to_owned(), SocketAddr::new(ip, port)))
        };
        document["listener_statuses"].as_array().into_iter().flatten().filter_map(address).collect()
    }

    /// Sets the level of a logger: `wasm` to `debug`, say.
    pub async fn set_log_level(&self, logger: &str, level: &str) {
        self.must("POST", &format!("/logging?{logger}={level}")).await;
    }

    /// Release and state, as `/server_info` gives them.
    pub async fn server_info(&self) -> serde_json::Value {
        let answer = self.must("GET", "/server_info").await;
        serde_json::from_slice(&answer.body).expect("the admin answers JSON")
    }

    async fn get(&self, path: &str) -> io::Result<Response> {
        client::send(self.address, &Request::new("GET", path)).await
    }

    async fn must(&self, method: &str, path: &str) -> Response {
        let answer = client::send(self.address, &Request::new(method, path)).await;
        let answer = answer.unwrap_or_else(|error| panic!("admin {path}: {error}"));
        assert_eq!(answer.status, 200, "admin {path}: {}", answer.text());
        answer
    }
}
