//! `tollgate explain`.

use std::path::PathBuf;
use std::process::ExitCode;

use tollgate::denial::Denial;
use tollgate::fleet::{Desk, Patience};
use tollgate::policy::{Downstream, Policy, Surroundings};
use tollgate::problem::{self, Reply};
use tollgate::request::{Edit, Field, Head};
use tollgate::stats::Meters;
use tollgate::store::{Conflict, Snapshot, Store, Version};
use tollgate::time::{UnixNanos, UnixSeconds};
use tollgate::transaction::{Step, Transaction};
use tollgate::waf::TextCounts;

use crate::{ConfigFile, Outcome, keys, read};

#[derive(clap::Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    config: ConfigFile,
    /// The request as HTTP/1.1 text: request line, headers, an empty line, the body; `-`
    /// reads standard input.
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// The client's address.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    from: String,
    /// The time of the request, RFC 3339; default: now.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<UnixSeconds>,
    /// Take the connection as plain HTTP; default: TLS.
    #[arg(long)]
    plain_http: bool,
}

impl Explain {
    pub(crate) fn run(&self) -> Outcome {
        let policy = Policy::load(&self.config.text()?, &|name| self.config.environ(name))
            .map_err(|problems| format!("the configuration is wrong:\n{problems}"))?;
        let request = Request::parse(&read(&self.request)?)?;
        let now = UnixNanos::from_seconds(self.at.unwrap_or_else(keys::now).0);
        let around = Surroundings {
            store: &Unused,
            downstream: self,
            meters: &Unused,
            desk: &Desk::new(0),
            patience: Patience::GaveUp,
            now,
        };

        let mut transaction = Transaction::default();
        let ends = request.body.is_empty();
        let (edits, mut step) =
            transaction.request_headers(&policy, Head::new(&request.fields), ends, &around);
        if !ends && !matches!(step, Step::Respond(_)) {
            // All of it is there at once, and asked for once.
            let body = |_| request.body.clone();
            step = transaction.request_body(&policy, request.body.len(), true, &body, &around);
        }
        for denial in &transaction.trail().shadowed {
            println!("shadow   would have been refused: {}", denial.name());
        }
        if let Step::Respond(reply) = step {
            print_refusal(&reply, transaction.refused());
            print_text(transaction.trail().counts);
            let refused = transaction.refused().is_some();
            return Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
        println!("verdict  allowed");
        print_text(transaction.trail().counts);
        edits.iter().for_each(print_edit);
        if let Step::ReplaceBody { body, .. } = step {
            println!("upstream gets the body {}", String::from_utf8_lossy(&body));
        }
        for edit in transaction.response_headers(&policy, &[], true).0 {
            if let Edit::Set(name, value) = edit {
                println!("answer   {name}: {}", String::from_utf8_lossy(&value));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Downstream for Explain {
    fn source_address(&self) -> Option<Vec<u8>> {
        Some(self.from.clone().into_bytes())
    }

    fn is_tls(&self) -> bool {
        !self.plain_http
    }
}

/// One request needs no memory of others.
struct Unused;

impl Store for Unused {
    fn read(&self, _: &str) -> Option<Snapshot> {
        None
    }

    fn write(&self, _: &str, _: &[u8], _: Option<Version>) -> Result<(), Conflict> {
        Ok(())
    }

    fn put(&self, _: &str, _: &[u8]) {}
}

impl Meters for Unused {
    fn add(&self, _: usize, _: &dyn Fn() -> String, _: u64) {}

    fn read(&self, _: usize, _: &dyn Fn() -> String) -> u64 {
        0
    }
}

struct Request {
    fields: Vec<Field>,
    body: Vec<u8>,
}

impl Request {
    fn parse(text: &[u8]) -> Result<Self, String> {
        const HEADERS_MAX: usize = 100;
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut parsed = httparse::Request::new(&mut headers);
        let length = match parsed.parse(text) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => {
                return Err("the request has no empty line after its headers".into());
            }
            Err(error) => return Err(format!("the request is not HTTP/1.1 text: {error}")),
        };
        let pseudo = [(":method", parsed.method), (":path", parsed.path)];
        let pseudo = pseudo.into_iter().filter_map(|(name, value)| Some((name.into(), value?.into())));
        let fields = parsed.headers.iter().map(|h| (h.name.to_ascii_lowercase(), h.value.to_vec()));
        let body = text.get(length..).unwrap_or_default().to_vec();
        Ok(Self { fields: pseudo.chain(fields).collect(), body })
    }
}

/// What the text holds, where any was read.
fn print_text(counts: TextCounts) {
    if counts == TextCounts::default() {
        return;
    }
    let TextCounts { chars, urls, phones, emails, credit_cards } = counts;
    println!(
        "text     {chars} characters, {urls} URLs, {phones} phones, {emails} emails, {credit_cards} cards"
    );
}

fn print_refusal(reply: &Reply, why: Option<Denial>) {
    match why {
        Some(denial) => {
            println!("verdict  refused, {} {}", reply.status, denial.name());
            println!("why      {}", problem::detail(denial));
        }
        None => println!("verdict  answered by the filter itself, {}", reply.status),
    }
    for (name, value) in &reply.headers {
        println!("answer   {name}: {value}");
    }
    println!("answer   {}", String::from_utf8_lossy(&reply.body));
}

fn print_edit(edit: &Edit) {
    match edit {
        Edit::Remove(name) => println!("upstream without {name}"),
        Edit::Set(name, value) => println!("upstream {name}: {}", String::from_utf8_lossy(value)),
    }
}

fn parse_time(text: &str) -> Result<UnixSeconds, String> {
    UnixSeconds::from_rfc3339(text).ok_or_else(|| "not an RFC 3339 time such as 2026-11-01T00:00:00Z".into())
}
