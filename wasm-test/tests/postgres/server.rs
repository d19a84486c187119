//! A real PostgreSQL that keeps nothing.

use crate::psql::Query;
use crate::unprivileged::Unprivileged;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::{interval, timeout};
use wasm_test::certificate::Pair;
use wasm_test::child::{Watched, fetched_by, free_port, fresh_folder};
use wasm_test::fixture::key;

/// The only user, and whose password it has.
pub(crate) const USER: &str = "app";
pub(crate) const PASSWORD_OF: &str = "app";

/// How long it may take to start or stop, on a machine that may be busy.
const START_MAX: Duration = Duration::from_secs(60);
const ASKING_INTERVAL: Duration = Duration::from_millis(20);

/// What the database asks of those who connect.
pub(crate) enum Encryption {
    /// TLS, with this certificate.
    Required(Pair),
    /// None: it cannot speak TLS.
    Off,
}

/// A server on the loopback. It ends when dropped.
pub(crate) struct Server {
    port: u16,
    running: Watched,
    logs: PathBuf,
    // Dropped last: it holds the data.
    user: Unprivileged,
}

impl Server {
    /// Makes a database and starts a server on a free port.
    pub(crate) fn start(encryption: &Encryption, label: &str) -> Self {
        let user = Unprivileged::new(&format!("postgres-{label}"));
        let programs = user.reachable(programs());
        make_database(&user, &programs);
        let mut settings = vec![
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "shared_buffers=1MB",
            "dynamic_shared_memory_type=mmap", // in the data folder, so nothing stays in /dev/shm
        ];
        let access = match encryption {
            Encryption::Required(pair) => {
                user.write("data/server.crt", &pair.chain);
                user.write("data/server.key", &pair.key);
                settings.push("ssl=on");
                "hostssl"
            }
            Encryption::Off => "host",
        };
        user.write("data/pg_hba.conf", &format!("{access} all all 127.0.0.1/32 scram-sha-256\n"));
        let port = free_port();
        let (program, mut arguments) = user.words(&programs.join("postgres"));
        arguments.extend(["-D".to_owned(), user.folder().join("data").to_string_lossy().into_owned()]);
        arguments.extend(["-p".to_owned(), port.to_string()]);
        arguments.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting.to_owned()]));
        let logs = fresh_folder("postgres", label);
        let running = Watched::start(&program, &arguments, &[], &logs, "postgres");
        let mut server = Self { port, running, logs, user };
        server.wait_until_it_answers(encryption);
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn wait_until_it_answers(&mut self, encryption: &Encryption) {
        let query = match encryption {
            Encryption::Required(_) => Query::at(self.port).option("sslmode=require"),
            Encryption::Off => Query::at(self.port).option("sslmode=disable"),
        };
        let answers = until(|| {
            assert!(self.running.ended().is_none(), "PostgreSQL ended: {}", self.running.log());
            query.ask("select 1").is_ok()
        });
        assert!(answers, "PostgreSQL does not answer: {}", self.running.log());
    }
}

impl Drop for Server {
    /// As its own `pg_ctl stop --mode=fast` would: killed outright, it would leave its shared memory behind.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.logs));
        }
        let lock_file = fs::read_to_string(self.user.folder().join("data/postmaster.pid"));
        let Some(process) = lock_file.ok().and_then(|text| text.lines().next().map(str::to_owned)) else {
            return;
        };
        drop(Command::new("kill").args(["-INT", &process]).status());
        until(|| self.running.ended().is_some());
    }
}

/// Asks until it is so; whether it was in time.
fn until(mut is_so: impl FnMut() -> bool) -> bool {
    let asking = async {
        let mut asking = interval(ASKING_INTERVAL);
        while !is_so() {
            asking.tick().await;
        }
    };
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async { timeout(START_MAX, asking).await.is_ok() })
}

fn make_database(user: &Unprivileged, programs: &Path) {
    let password = user.write("password", &key(PASSWORD_OF));
    let made = user
        .command(&programs.join("initdb"))
        .args(["--pgdata", "data", "--username", USER, "--auth", "scram-sha-256", "--no-sync"])
        .args(["--encoding", "UTF8", "--no-locale", "--pwfile"])
        .arg(password)
        .output()
        .expect("initdb runs: fetch-postgres tried it");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
}

/// The folder of PostgreSQL's programs.
pub(crate) fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| fetched_by("fetch-postgres", &[]))
}
