//! The real `envoyproxy/ratelimit`.

use super::{AfterOverLimit, gate::own_limits, until_ready};
use crate::child::{Watched, fetched_by, free_port};
use crate::client;
use crate::message::Request;
use crate::module::repository;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// A rate limit service on the loopback. It ends when dropped.
pub struct Service {
    program: PathBuf,
    environment: Vec<(String, String)>,
    grpc: SocketAddr,
    http: SocketAddr,
    folder: PathBuf,
    running: Option<Watched>,
}

impl Service {
    /// Starts one on free ports that counts in this Redis, with the shipped configuration and the limits that Envoy's own filter is measured by.
    ///
    /// # Panics
    /// When there is none to be had, or it does not start.
    pub async fn start(redis: SocketAddr, after_over_limit: AfterOverLimit, folder: &Path) -> Self {
        let [grpc, http, debug] = [(); 3].map(|()| SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())));
        let root = folder.join("ratelimit");
        write_configuration(&root.join("config"));
        let stop = after_over_limit == AfterOverLimit::CountNoOthers;
        let environment = [
            ("LOG_LEVEL", "warn".to_owned()),
            ("USE_STATSD", "false".to_owned()),
            ("DISABLE_STATS", "true".to_owned()),
            ("REDIS_SOCKET_TYPE", "tcp".to_owned()),
            ("REDIS_URL", redis.to_string()),
            ("STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT", stop.to_string()),
            ("RUNTIME_ROOT", root.to_string_lossy().into_owned()),
            ("RUNTIME_SUBDIRECTORY", String::new()),
            ("RUNTIME_WATCH_ROOT", "false".to_owned()),
            ("HOST", http.ip().to_string()),
            ("PORT", http.port().to_string()),
            ("GRPC_HOST", grpc.ip().to_string()),
            ("GRPC_PORT", grpc.port().to_string()),
            ("DEBUG_HOST", debug.ip().to_string()),
            ("DEBUG_PORT", debug.port().to_string()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let program = fetched_by("fetch-ratelimit", &[]);
        let mut service = Self { program, environment, grpc, http, folder: folder.to_owned(), running: None };
        service.start_again().await;
        service
    }

    /// Where it takes calls.
    pub fn address(&self) -> SocketAddr {
        self.grpc
    }

    /// Where it takes calls as JSON, for people and for this harness.
    pub fn http_address(&self) -> SocketAddr {
        self.http
    }

    /// Ends it at once. What it counted lies in Redis.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts it where it was.
    ///
    /// # Panics
    /// When it does not start: it needs its Redis then.
    pub async fn start_again(&mut self) {
        let running = Watched::start(&self.program, &[], &self.environment, &self.folder, "ratelimit");
        let health = Request::new("GET", "/healthcheck");
        let is_ready =
            async || client::send(self.http, &health).await.is_ok_and(|answer| answer.status == 200);
        until_ready("the rate limit service", is_ready, || running.log()).await;
        self.running = Some(running);
    }

    /// How long calls take that an Envoy might make: so many, one after another, at this interval.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn round_trips(&self, calls: usize, interval: Duration) -> Vec<Duration> {
        super::call::round_trips(self.grpc, calls, interval).await.expect("the service answers")
    }

    /// Waits until it answers calls at once; the moment.
    pub fn answers_again(&self) -> impl Future<Output = Instant> + use<> {
        super::call::answers_again(self.grpc)
    }

    /// Seconds of processor time that it has used.
    ///
    /// # Panics
    /// When it does not run.
    pub fn cpu_seconds(&self) -> f64 {
        self.running.as_ref().expect("it runs").cpu_seconds()
    }
}

fn write_configuration(folder: &Path) {
    fs::create_dir_all(folder).expect("the folder is ours");
    let shipped = repository().join("envoy/demo/ratelimit/config/tollgate.yaml");
    fs::copy(&shipped, folder.join("tollgate.yaml"))
        .unwrap_or_else(|error| panic!("{}: {error}", shipped.display()));
    fs::write(folder.join("own.yaml"), own_limits()).expect("the folder is ours");
}
