//! Load on both Envoys: as much as they answer, or at a pace.

use super::clock::Clock;
use super::connection::Connection;
use super::seconds::Seconds;
use crate::client::PATIENCE;
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

/// How fast is asked.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// On each connection the next request follows the answer.
    AsFastAsAnswered {
        /// Over both Envoys.
        connections: usize,
    },
    /// So many requests a second, evenly spread; each takes the next connection that is free.
    PerSecond {
        /// Over both Envoys.
        requests: f64,
        /// Over both Envoys. More than are ever waited for at once.
        connections: usize,
    },
}

/// What is asked, in turn.
#[derive(Clone, Debug)]
pub struct Requests(Arc<[Bytes]>);

/// One request and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Which Envoy was asked.
    pub gate: usize,
    /// When it was sent, since 1970.
    pub sent: Duration,
    /// From the sending to the whole answer.
    pub latency: Duration,
    /// The status, or what kept it from coming.
    pub outcome: Outcome,
    /// When Envoy took the request and when it gave the answer, since 1970.
    pub judged: Option<(Duration, Duration)>,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with this status.
    Answered(u16),
    /// The connection broke.
    Broke,
    /// Nothing for [`PATIENCE`].
    Hung,
}

/// Load that is under way. It ends when dropped.
pub struct Load {
    clock: Clock,
    schedule: Arc<Schedule>,
    attempts: Arc<Mutex<Vec<Attempt>>>,
    clients: Vec<JoinHandle<()>>,
}

impl Attempt {
    /// Whether it was let through.
    pub fn is_admitted(&self) -> bool {
        self.outcome == Outcome::Answered(200)
    }
}

impl Requests {
    /// A GET with each of these keys.
    pub fn with_keys<K: AsRef<str>>(path: &str, keys: impl IntoIterator<Item = K>) -> Self {
        let request = |key: K| {
            let key = key.as_ref();
            Bytes::from(format!("GET {path} HTTP/1.1\r\nhost: api.example.com\r\nx-api-key: {key}\r\n\r\n"))
        };
        Self(keys.into_iter().map(request).collect())
    }
}

impl Load {
    /// Begins at once, and lasts so long. Must be called within a runtime.
    pub fn begin(
        clock: Clock,
        gates: [SocketAddr; 2],
        requests: &Requests,
        pace: Pace,
        time: Duration,
    ) -> Self {
        let attempts = Arc::new(Mutex::new(Vec::new()));
        let start = Instant::now();
        let (next, stopped) = (AtomicU64::new(0), AtomicBool::new(false));
        let schedule = Arc::new(Schedule { clock, start, end: start + time, pace, next, stopped });
        let connections = match pace {
            Pace::AsFastAsAnswered { connections } | Pace::PerSecond { connections, .. } => connections,
        };
        let client = |number: usize| {
            let gate = number % gates.len();
            let client = Client { gate, connection: Connection::to(gates[gate]), attempts: attempts.clone() };
            tokio::spawn(client.ask(schedule.clone(), requests.clone()))
        };
        let clients = (0..connections).map(client).collect();
        Self { clock, schedule, attempts, clients }
    }

    /// What was counted in each second so far.
    pub fn seconds(&self) -> Seconds {
        Seconds::of(&lock(&self.attempts))
    }

    /// The clock it runs by.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Asks nothing more, and waits for the answers that are still to come; all that was asked.
    ///
    /// # Panics
    /// When a client does.
    pub async fn stop(self) -> Vec<Attempt> {
        self.schedule.stopped.store(true, Ordering::Relaxed);
        self.finish().await
    }

    /// Waits for the end; all that was asked.
    ///
    /// # Panics
    /// When a client does.
    pub async fn finish(mut self) -> Vec<Attempt> {
        for client in self.clients.drain(..) {
            client.await.expect("no client fails");
        }
        std::mem::take(&mut lock(&self.attempts))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.clients.iter().for_each(JoinHandle::abort);
    }
}

/// Who asks what and when.
struct Schedule {
    clock: Clock,
    start: Instant,
    end: Instant,
    pace: Pace,
    next: AtomicU64,
    stopped: AtomicBool,
}

impl Schedule {
    /// Waits until the next request is due; its number, while there are any.
    async fn next(&self) -> Option<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if let Pace::PerSecond { requests, .. } = self.pace {
            let due = self.start + Duration::from_secs_f64(number as f64 / requests);
            if due >= self.end {
                return None;
            }
            sleep_until(due).await;
        }
        (Instant::now() < self.end && !self.stopped.load(Ordering::Relaxed)).then_some(number)
    }
}

struct Client {
    gate: usize,
    connection: Connection,
    attempts: Arc<Mutex<Vec<Attempt>>>,
}

impl Client {
    async fn ask(mut self, schedule: Arc<Schedule>, requests: Requests) {
        let count = requests.0.len() as u64;
        while let Some(number) = schedule.next().await {
            let request = &requests.0[(number % count) as usize];
            let sent = Instant::now();
            let answer = timeout(PATIENCE, self.connection.ask(request)).await;
            let outcome = match &answer {
                Ok(Ok(answer)) => Outcome::Answered(answer.status),
                Ok(Err(_)) => Outcome::Broke,
                Err(_) => Outcome::Hung,
            };
            let judged = answer.ok().and_then(Result::ok).and_then(|answer| answer.judged);
            let (gate, latency) = (self.gate, sent.elapsed());
            lock(&self.attempts).push(Attempt {
                gate,
                sent: schedule.clock.at(sent),
                latency,
                outcome,
                judged,
            });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no client panics")
}
