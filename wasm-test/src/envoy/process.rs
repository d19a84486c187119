//! One running Envoy.

use super::ASKING_INTERVAL;
use super::admin::Admin;
use super::binary::Release;
use super::bootstrap::Bootstrap;
use crate::child::{Thread, Watched, fresh_folder, read_lossy};
use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, interval};

/// How long Envoy may take to be ready. It compiles the module once for each plugin, on a machine that may be busy.
const START_MAX: Duration = Duration::from_secs(120);

/// Worker threads where nothing else is asked for: two, so that state that lives in one worker only is found out.
pub(super) const WORKERS: usize = 2;

/// A running Envoy. It ends when dropped, and when this process ends, however that comes about.
pub struct Envoy {
    child: Watched,
    folder: PathBuf,
    admin: Admin,
    workers: usize,
}

/// Envoy did not come up.
pub struct NotStarted {
    /// Why.
    pub reason: String,
    /// All it logged.
    pub log: String,
}

impl Envoy {
    /// Starts Envoy and waits until it is ready.
    ///
    /// `label` names its folder under `target/envoy`, where configuration and logs are while it runs, and stay if the
    /// test fails. `environment` is added to Envoy's own.
    ///
    /// # Errors
    /// When Envoy ends instead, or is not ready in time.
    pub async fn start(
        release: Release,
        bootstrap: &Bootstrap,
        environment: &[(String, String)],
        label: &str,
        workers: usize,
    ) -> Result<Self, NotStarted> {
        let folder = fresh_folder("envoy", &format!("{label}-{}", release.number()));
        let configuration = folder.join("envoy.yaml");
        fs::write(&configuration, bootstrap.logging_to(&folder.join(ACCESS_LOG)).to_yaml())
            .expect("the folder is ours");
        Self::launch(release, folder, &configuration, environment, workers).await
    }

    /// Starts Envoy with a file as it is, access log and all, and waits until it is ready.
    ///
    /// # Errors
    /// When Envoy ends instead, or is not ready in time.
    pub async fn start_file(
        release: Release,
        configuration: &Path,
        environment: &[(String, String)],
        label: &str,
    ) -> Result<Self, NotStarted> {
        let folder = fresh_folder("envoy", &format!("{label}-{}", release.number()));
        Self::launch(release, folder, configuration, environment, WORKERS).await
    }

    async fn launch(
        release: Release,
        folder: PathBuf,
        configuration: &Path,
        environment: &[(String, String)],
        workers: usize,
    ) -> Result<Self, NotStarted> {
        let arguments = [
            "-c".to_owned(),
            configuration.to_string_lossy().into_owned(),
            "--concurrency".to_owned(),
            workers.to_string(),
            "--disable-hot-restart".to_owned(),
            "--admin-address-path".to_owned(),
            folder.join(ADMIN_ADDRESS).to_string_lossy().into_owned(),
            "--file-flush-interval-msec".to_owned(),
            "50".to_owned(),
        ];
        let child = Watched::start(&release.binary(), &arguments, environment, &folder, "envoy");
        let mut started = Starting { child: Some(child), folder };
        let admin = started.ready().await?;
        Ok(started.finish(admin, workers))
    }

    /// Its admin interface.
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Where a listener of that name listens.
    ///
    /// # Panics
    /// When there is none.
    pub async fn listener(&self, name: &str) -> SocketAddr {
        let listeners = self.admin.listeners().await;
        let found = listeners.into_iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("no listener {name}")).1
    }

    /// How many connections each worker has taken, over all listeners.
    pub async fn connections_by_worker(&self) -> Vec<u64> {
        let stats = self.admin.stats("worker_.*downstream_cx_total").await;
        let of = |worker: usize| {
            let part = format!("worker_{worker}.");
            // Listeners only: the admin interface is served by the main thread.
            stats
                .iter()
                .filter(|(name, _)| name.starts_with("listener.") && name.contains(&part))
                .map(|(_, count)| count)
                .sum()
        };
        (0..self.workers).map(of).collect()
    }

    /// Seconds of processor time that it has used, all threads together, to a hundredth.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn cpu_seconds(&self) -> f64 {
        self.child.cpu_seconds()
    }

    /// Its threads, each with the processor time that it has used, to the nanosecond. Workers are called `wrk:worker_0`
    /// and so on.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn threads(&self) -> Vec<Thread> {
        self.child.threads()
    }

    /// Processor time that it has used, all threads together, to the nanosecond.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn cpu_time(&self) -> Duration {
        self.child.cpu_time()
    }

    /// Bytes of memory that it holds.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn resident_bytes(&self) -> u64 {
        self.child.resident_bytes()
    }

    /// All it logged so far.
    pub fn log(&self) -> String {
        self.child.log()
    }

    /// All of the access log so far.
    pub fn access_log(&self) -> String {
        read_lossy(&self.folder.join(ACCESS_LOG))
    }
}

impl Drop for Envoy {
    /// What it wrote stays if the test fails. (On Unix a file that is still written to can be removed.)
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

impl fmt::Debug for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LINES_SHOWN: usize = 30;
        let lines: Vec<_> = self.log.lines().collect();
        let last = lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n");
        write!(f, "Envoy did not start: {}\n{last}", self.reason)
    }
}

/// A process that is not ready yet. Dropped, it is ended; what it logged is in the error.
struct Starting {
    child: Option<Watched>,
    folder: PathBuf,
}

impl Starting {
    /// Waits for readiness by asking for it.
    async fn ready(&mut self) -> Result<Admin, NotStarted> {
        let deadline = Instant::now() + START_MAX;
        let mut asking = interval(ASKING_INTERVAL);
        while Instant::now() < deadline {
            asking.tick().await;
            if let Some(status) = self.child.as_mut().and_then(Watched::ended) {
                return Err(self.failed(format!("it ended with {status}")));
            }
            // Envoy writes the address once it listens; until it has written all of it, it does not parse.
            let written = fs::read_to_string(self.folder.join(ADMIN_ADDRESS)).unwrap_or_default();
            if let Ok(address) = written.trim().parse() {
                let admin = Admin::at(address);
                if admin.is_ready().await {
                    return Ok(admin);
                }
            }
        }
        Err(self.failed(format!("it was not ready within {START_MAX:?}")))
    }

    fn failed(&self, reason: String) -> NotStarted {
        NotStarted { reason, log: self.child.as_ref().map(Watched::log).unwrap_or_default() }
    }

    fn finish(mut self, admin: Admin, workers: usize) -> Envoy {
        let child = self.child.take().expect("it is there until it is finished");
        Envoy { child, folder: self.folder.clone(), admin, workers }
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if self.child.take().is_some() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

const ACCESS_LOG: &str = "access.log";
const ADMIN_ADDRESS: &str = "admin-address.txt";
