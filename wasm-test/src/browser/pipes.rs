//! The process, and the two pipes of its protocol: JSON, each message ended by a zero byte.

use crate::module::repository;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// How long the browser may be silent while something is awaited of it.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// How long it may take to end.
const ENDING_MAX: Duration = Duration::from_secs(10);

/// The browser reads file 3 and writes file 4; these are made of its standard input and output.
const WITH_PIPES: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >&2"#;

/// What it may not do: run in a sandbox, which containers do not allow and a page of our own does not need; fill the
/// little shared memory of a container; and look for anything but the machine itself.
const FLAGS: [&str; 10] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

pub(super) struct Pipes {
    child: Child,
    writing: Option<ChildStdin>,
    reading: Receiver<Value>,
    folder: PathBuf,
    calls: u64,
}

impl Pipes {
    /// Starts the browser with a profile of its own, in a folder under `target/page` that stays if the test fails.
    pub(super) fn open() -> Self {
        let folder = fresh_folder();
        let log = File::create(folder.join("browser.log")).expect("the folder is ours");
        let mut child = Command::new("sh")
            .args(["-c", WITH_PIPES, "browser"])
            .arg(binary())
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("there is a shell");
        let writing = child.stdin.take();
        let mut from = BufReader::new(child.stdout.take().expect("it is piped"));
        let (told, reading) = mpsc::channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while from.read_until(0, &mut message).is_ok_and(|bytes| bytes > 0) {
                message.pop();
                let value = serde_json::from_slice(&message).expect("the protocol is JSON");
                if told.send(value).is_err() {
                    return;
                }
                message.clear();
            }
        });
        Self { child, writing, reading, folder, calls: 0 }
    }

    /// Sends a call; gives the number that its answer will carry.
    pub(super) fn send(&mut self, method: &str, parameters: Value, session: Option<&str>) -> u64 {
        self.calls += 1;
        let mut message = json!({"id": self.calls, "method": method, "params": parameters});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let pipe = self.writing.as_mut().expect("it is open until this is dropped");
        let sent = pipe.write_all(format!("{message}\0").as_bytes());
        sent.unwrap_or_else(|error| panic!("{method}: {error}; {}", self.log()));
        self.calls
    }

    /// The next message: an answer or an event.
    pub(super) fn receive(&mut self) -> Value {
        let message = self.reading.recv_timeout(SILENCE_MAX);
        message.unwrap_or_else(|error| panic!("the browser says nothing more ({error}); {}", self.log()))
    }

    fn log(&self) -> String {
        let log = fs::read(self.folder.join("browser.log")).unwrap_or_default();
        format!("it logged:\n{}", String::from_utf8_lossy(&log))
    }
}

impl Drop for Pipes {
    /// The browser ends when its pipe closes, and closes the other one when it has; then nobody writes the profile.
    fn drop(&mut self) {
        drop(self.writing.take());
        while self.reading.recv_timeout(ENDING_MAX).is_ok() {}
        drop(self.child.kill());
        drop(self.child.wait());
        if !thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// What `scripts/fetch-browser` prints.
fn binary() -> PathBuf {
    let script = repository().join("scripts/fetch-browser");
    let fetching = Command::new(&script).stderr(Stdio::inherit()).output();
    let fetched = fetching.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    assert!(fetched.status.success(), "a Chromium cannot be had; CHROMIUM_BIN names one");
    let printed = String::from_utf8_lossy(&fetched.stdout);
    PathBuf::from(printed.lines().last().unwrap_or_default())
}

fn fresh_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("browser-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = repository().join("target/page").join(name);
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}
