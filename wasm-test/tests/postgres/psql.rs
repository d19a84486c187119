//! psql, as an application would call it.

use crate::server::{PASSWORD_OF, USER, programs};
use std::process::Command;
use wasm_test::fixture::key;

/// A connection to be made, and a question to be asked on it.
#[derive(Clone)]
pub(crate) struct Query {
    connection: String,
}

impl Query {
    /// To 127.0.0.1, called localhost, at this port. psql gives up after 20 s.
    pub(crate) fn at(port: u16) -> Self {
        let connection = format!(
            "host=localhost hostaddr=127.0.0.1 port={port} user={USER} dbname=postgres connect_timeout=20"
        );
        Self { connection }
    }

    /// With one more connection parameter (or several), as libpq spells them.
    pub(crate) fn option(mut self, option: &str) -> Self {
        self.connection.push(' ');
        self.connection.push_str(option);
        self
    }

    /// What is answered, or what psql says instead.
    pub(crate) fn ask(&self, question: &str) -> Result<String, String> {
        let asking = Command::new(programs().join("psql"))
            .args(["--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--command", question])
            .arg(&self.connection)
            .env("PGPASSWORD", key(PASSWORD_OF))
            .env("LC_ALL", "C")
            .output()
            .expect("psql runs: fetch-postgres tried it");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        match asking.status.success() {
            true => Ok(text(&asking.stdout)),
            false => Err(text(&asking.stderr)),
        }
    }
}

/// What psql says of a connection that must not come about.
pub(crate) fn refused(query: &Query) -> String {
    match query.ask("select 1") {
        Err(said) if said.contains("connection to server") => said,
        other => panic!("{}: {other:?}", query.connection),
    }
}
