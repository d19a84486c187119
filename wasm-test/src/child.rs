//! Programs that tests start: ended with the test, also when it fails or is killed.

use crate::module::repository;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How the kernel counts the time of processes, in ticks a second (proc(5), sysconf `_SC_CLK_TCK`): 100 on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Runs a program and ends it when standard input closes. That happens when its starter drops it, and also when the
/// starter is killed: nothing is ever left behind.
const WATCHDOG: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
echo "$program" >"$PROCESS_FILE"
{ read -r _ <&3; kill -KILL "$program"; } &
watch=$!
exec 3<&-
wait "$program"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
"#;

/// A running program. It is killed when dropped, and when this process ends, however that comes about.
pub struct Watched {
    child: Child,
    process_file: PathBuf,
    log: PathBuf,
}

impl Watched {
    /// Starts a program. `name` names its log and what else is kept of it in `folder`; a log that is there goes on.
    ///
    /// # Panics
    /// When it cannot be started at all. A program that ends at once was started; see [`Watched::ended`].
    pub fn start(
        program: &Path,
        arguments: &[String],
        environment: &[(String, String)],
        folder: &Path,
        name: &str,
    ) -> Self {
        let process_file = folder.join(format!("{name}.pid"));
        let log = folder.join(format!("{name}.log"));
        let logging = File::options().create(true).append(true).open(&log).expect("the folder is ours");
        let child = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(program)
            .args(arguments)
            .env("PROCESS_FILE", &process_file)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(logging.try_clone().expect("a file can be opened twice"))
            .stderr(logging)
            .spawn()
            .expect("there is a shell");
        Self { child, process_file, log }
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// All it logged so far.
    pub fn log(&self) -> String {
        read_lossy(&self.log)
    }

    /// Seconds of processor time that it has used, all threads together, to a hundredth (proc(5), `stat`).
    ///
    /// # Panics
    /// Where there is no `/proc`, or the program has ended.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = self.proc("stat");
        // The name in brackets may hold blanks; utime and stime are the 12th and 13th field behind it.
        let behind = stat.rsplit_once(") ").expect("a name in brackets").1;
        let ticks = behind.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        ticks.sum::<f64>() / TICKS_PER_SECOND
    }

    /// Processor time that it has used, all threads together that live now, to the nanosecond (proc(5),
    /// `task/*/schedstat`). Of a thread that runs at the moment the last few milliseconds may be missing.
    ///
    /// # Panics
    /// Where there is no such file, or the program has ended.
    pub fn cpu_time(&self) -> Duration {
        self.threads().iter().map(|thread| thread.cpu_time).sum()
    }

    /// Its threads that live now.
    ///
    /// # Panics
    /// As above.
    pub fn threads(&self) -> Vec<Thread> {
        let tasks = PathBuf::from(format!("/proc/{}/task", read_lossy(&self.process_file).trim()));
        let listed = fs::read_dir(&tasks).unwrap_or_else(|error| panic!("{}: {error}", tasks.display()));
        // A thread may end while it is looked at; its time is then nobody's.
        listed.filter_map(|task| Thread::read(&task.ok()?.path())).collect()
    }

    /// Bytes of memory that it holds (proc(5), `VmRSS`).
    ///
    /// # Panics
    /// Where there is no `/proc`, or the program has ended.
    pub fn resident_bytes(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process has memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    fn proc(&self, file: &str) -> String {
        let process = read_lossy(&self.process_file);
        let path = format!("/proc/{}/{file}", process.trim());
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// A thread of a program.
#[derive(Clone, Debug)]
pub struct Thread {
    /// As the program calls it.
    pub name: String,
    /// Processor time that it has used.
    pub cpu_time: Duration,
}

impl Thread {
    fn read(task: &Path) -> Option<Self> {
        let name = fs::read_to_string(task.join("comm")).ok()?.trim_end().to_owned();
        let times = fs::read_to_string(task.join("schedstat")).ok()?;
        let nanoseconds = times.split(' ').next()?.parse().ok()?;
        Some(Self { name, cpu_time: Duration::from_nanos(nanoseconds) })
    }
}

impl Drop for Watched {
    /// Closes the watchdog's standard input, upon which it kills the program and ends.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// A new folder under `target/`, whose name begins so.
///
/// # Panics
/// When it cannot be made.
pub fn fresh_folder(under: &str, name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder =
        repository().join("target").join(under).join(format!("{name}-{}-{count}", std::process::id()));
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}

/// A port of 127.0.0.1 that nobody listens on now: for programs that must be told one.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// What a script of this repository prints last, called with these arguments: the path of what it found or fetched.
///
/// # Panics
/// When it fails. A part that is missing is a failure: a skipped proof would look green.
pub fn fetched_by(script: &str, arguments: &[&str]) -> PathBuf {
    let script = repository().join("scripts").join(script);
    let fetching = Command::new(&script).args(arguments).stderr(Stdio::inherit()).output();
    let fetched = fetching.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    assert!(fetched.status.success(), "{} failed; it says above what to install", script.display());
    let printed = String::from_utf8_lossy(&fetched.stdout);
    PathBuf::from(printed.lines().last().unwrap_or_default())
}

/// A file as text; nothing where there is none.
pub(crate) fn read_lossy(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
