//! The shipped Envoy between the service and Redis.

use super::until_ready;
use crate::child::{Watched, free_port};
use crate::envoy::Release;
use crate::module::repository;
use serde_norway::Value;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tokio::net::TcpStream;

/// An Envoy of `envoy/demo/redis-proxy.yaml`. It ends when dropped.
pub struct RedisProxy {
    address: SocketAddr,
    _running: Watched,
}

impl RedisProxy {
    /// Starts one on a free port before this Redis.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(redis: SocketAddr, folder: &Path) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let configuration = folder.join("redis-proxy.yaml");
        fs::write(&configuration, bootstrap(address, redis)).expect("the folder is ours");
        let arguments =
            ["-c", &configuration.to_string_lossy(), "--concurrency", "1", "--disable-hot-restart"];
        let binary = Release::Newest.binary();
        let running = Watched::start(&binary, &arguments.map(str::to_owned), &[], folder, "redis-proxy");
        let listens = async || TcpStream::connect(address).await.is_ok();
        until_ready("the Envoy before Redis", listens, || running.log()).await;
        Self { address, _running: running }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The shipped file on this address, before this Redis.
fn bootstrap(address: SocketAddr, redis: SocketAddr) -> String {
    let path = repository().join("envoy/demo/redis-proxy.yaml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut document: Value = serde_norway::from_str(&text).expect("it is YAML");
    let parts = &mut document["static_resources"];
    parts["listeners"][0]["address"]["socket_address"]["port_value"] = Value::from(address.port());
    let endpoint = &mut parts["clusters"][0]["load_assignment"]["endpoints"][0]["lb_endpoints"][0];
    endpoint["endpoint"]["address"]["socket_address"]["port_value"] = Value::from(redis.port());
    serde_norway::to_string(&document).expect("a YAML document can be written")
}
