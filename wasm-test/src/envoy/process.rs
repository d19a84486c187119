//! One running Envoy.

use super::ASKING_INTERVAL;
use super::admin::Admin;
use super::binary::Release;
use super::bootstrap::Bootstrap;
use crate::module::repository;
use std::fmt;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::{Instant, interval};

/// How long Envoy may take to be ready. It compiles the module once for each plugin, on a machine that may be busy.
const START_MAX: Duration = Duration::from_secs(120);

/// Worker threads where nothing else is asked for: two, so that state that lives in one worker only is found out.
pub(super) const WORKERS: usize = 2;

/// How the kernel counts the time of processes, in ticks a second (proc(5), sysconf `_SC_CLK_TCK`): 100 on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Runs Envoy and ends it when standard input closes. That happens when its starter drops it, and also when the
/// starter is killed: an Envoy is never left behind.
const WATCHDOG: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
envoy=$!
echo "$envoy" >"$PROCESS_FILE"
{ read -r _ <&3; kill -KILL "$envoy"; } &
watch=$!
exec 3<&-
wait "$envoy"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
"#;

/// A running Envoy. It ends when dropped, and when this process ends, however that comes about.
pub struct Envoy {
    child: Child,
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
        let folder = fresh_folder(label, release);
        let configuration = folder.join("envoy.yaml");
        fs::write(&configuration, bootstrap.logging_to(&folder.join(ACCESS_LOG)).to_yaml())
            .expect("the folder is ours");
        let log = File::create(folder.join(LOG)).expect("the folder is ours");
        let child = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(release.binary())
            .arg("-c")
            .arg(&configuration)
            .args(["--concurrency", &workers.to_string(), "--disable-hot-restart"])
            .arg("--admin-address-path")
            .arg(folder.join(ADMIN_ADDRESS))
            .args(["--file-flush-interval-msec", "50"])
            .env("PROCESS_FILE", folder.join(PROCESS))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a file can be opened twice"))
            .stderr(log)
            .spawn()
            .expect("there is a shell");
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

    /// Seconds of processor time that it has used, all threads together, to a hundredth (proc(5), `stat`).
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = self.proc("stat");
        // The name in brackets may hold blanks; utime and stime are the 12th and 13th field behind it.
        let behind = stat.rsplit_once(") ").expect("a name in brackets").1;
        let ticks = behind.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        ticks.sum::<f64>() / TICKS_PER_SECOND
    }

    /// Bytes of memory that it holds (proc(5), `VmRSS`).
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn resident_bytes(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    fn proc(&self, file: &str) -> String {
        let process = read_lossy(&self.folder.join(PROCESS));
        let path = format!("/proc/{}/{file}", process.trim());
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// All it logged so far.
    pub fn log(&self) -> String {
        read_lossy(&self.folder.join(LOG))
    }

    /// All of the access log so far.
    pub fn access_log(&self) -> String {
        read_lossy(&self.folder.join(ACCESS_LOG))
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        end(&mut self.child);
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
    child: Option<Child>,
    folder: PathBuf,
}

impl Starting {
    /// Waits for readiness by asking for it.
    async fn ready(&mut self) -> Result<Admin, NotStarted> {
        let deadline = Instant::now() + START_MAX;
        let mut asking = interval(ASKING_INTERVAL);
        while Instant::now() < deadline {
            asking.tick().await;
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten()) {
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
        NotStarted { reason, log: read_lossy(&self.folder.join(LOG)) }
    }

    fn finish(mut self, admin: Admin, workers: usize) -> Envoy {
        let child = self.child.take().expect("it is there until it is finished");
        Envoy { child, folder: self.folder.clone(), admin, workers }
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            end(child);
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

const PROCESS: &str = "pid.txt";
const LOG: &str = "envoy.log";
const ACCESS_LOG: &str = "access.log";
const ADMIN_ADDRESS: &str = "admin-address.txt";

/// Closes the watchdog's standard input, upon which it kills Envoy and ends.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    drop(child.wait());
}

fn fresh_folder(label: &str, release: Release) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{label}-{}-{}-{count}", release.number(), std::process::id());
    let folder = repository().join("target/envoy").join(name);
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}

fn read_lossy(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
