//! A real Redis, which keeps nothing on disk.

use super::until_ready;
use crate::child::{Watched, fetched_by, free_port};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A Redis on the loopback. It ends when dropped.
pub struct Redis {
    program: PathBuf,
    address: SocketAddr,
    folder: PathBuf,
    running: Option<Watched>,
}

/// Commands that say nothing of counting: this harness's own, and those with which connections begin.
const NOT_COUNTED: [&str; 6] = ["info", "ping", "auth", "hello", "client", "select"];

impl Redis {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// When there is none to be had, or it does not start.
    pub async fn start(folder: &Path) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let program = fetched_by("fetch-redis", &[]);
        let mut redis = Self { program, address, folder: folder.to_owned(), running: None };
        redis.start_again().await;
        redis
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it at once. What it held is gone.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts it where it was, with nothing in it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_again(&mut self) {
        let port = self.address.port().to_string();
        let arguments = ["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"];
        let arguments = arguments.map(str::to_owned);
        let running = Watched::start(&self.program, &arguments, &[], &self.folder, "redis");
        until_ready("Redis", async || self.ask("PING").await.is_ok(), || running.log()).await;
        self.running = Some(running);
    }

    /// How many commands it has carried out for the service since it started.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn operations(&self) -> u64 {
        let statistics = self.ask("INFO commandstats").await.expect("Redis answers");
        // cmdstat_incrby:calls=12,usec=34,...
        let calls = |line: &str| {
            let (name, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            let counted = !NOT_COUNTED.iter().any(|other| name.split('|').next() == Some(other));
            figures.split(',').next()?.parse::<u64>().ok().filter(|_| counted)
        };
        statistics.lines().filter_map(calls).sum()
    }

    /// Seconds of processor time that it has used.
    ///
    /// # Panics
    /// When it does not run.
    pub fn cpu_seconds(&self) -> f64 {
        self.running.as_ref().expect("it runs").cpu_seconds()
    }

    /// One command on a connection of its own, and what it answers (RESP: a line, or a text whose length it gives).
    async fn ask(&self, command: &str) -> io::Result<String> {
        let mut stream = BufReader::new(TcpStream::connect(self.address).await?);
        stream.write_all(format!("{command}\r\n").as_bytes()).await?;
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some(length) = line.strip_prefix('$') else { return Ok(line) };
        let length = length.trim_end().parse().map_err(io::Error::other)?;
        let mut text = vec![0; length];
        stream.read_exact(&mut text).await?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
