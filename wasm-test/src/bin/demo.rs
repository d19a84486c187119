//! `demo` plays the tour through a real Envoy and checks every answer; `demo --stay` starts the same and stays.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use wasm_test::envoy::{Listener, Release, Stage};
use wasm_test::message::{Fields, Peer, Request, Version};
use wasm_test::paint::Paint;
use wasm_test::scenario::Observation;
use wasm_test::tour::{Allowances, Keys, Report, Visit, visits};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let keys = Keys::generate();
    match arguments.as_slice() {
        [] => tour(&keys),
        ["--stay"] => stay(&keys),
        _ => {
            eprintln!("usage: demo [--stay]");
            ExitCode::from(2)
        }
    }
}

fn start(keys: &Keys, label: &str) -> Stage {
    Stage::set(Release::Newest, &[Listener::shipped()], &keys.environment(), label)
}

/// Plays the tour. Succeeds only if every answer was the expected one.
fn tour(keys: &Keys) -> ExitCode {
    let mut stage = start(keys, "demo");
    let paint = Paint::for_terminal();
    say(&format!("Envoy with two workers on {}, upstream on {}", stage.address(), stage.upstream.address()));
    let visits = visits(keys, Allowances::DEMO);
    let mut unexpected = 0;
    for (number, visit) in visits.iter().enumerate() {
        let report = visit.play(&mut stage);
        unexpected += usize::from(!report.differences.is_empty());
        say(&keys.masked(&printed(number + 1, visit, &report, &paint)));
    }
    let as_expected = visits.len() - unexpected;
    say(&format!("\n{as_expected} of {} as expected", visits.len()));
    if unexpected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Starts the same and stays until it is interrupted.
fn stay(keys: &Keys) -> ExitCode {
    let stage = start(keys, "stay");
    let gate = format!("http://{}", stage.address());
    let (acme, old, globex, admin) = (&keys.acme_2026, &keys.acme_2025, &keys.globex, &keys.admin);
    say(&format!(
        "Envoy with Tollgate on {gate}. Its upstream answers with what it saw. Some things to try:

  curl -i {gate}/v1/acme/orders
  curl -i -H 'x-api-key: {acme}' {gate}/v1/acme/orders
  curl -i -H 'authorization: Bearer {acme}' {gate}/v1/acme/orders
  curl -i '{gate}/v1/acme/orders?api_key={acme}&page=2'
  curl -i -b 'api_key={acme}; theme=dark' {gate}/v1/acme/orders
  curl -i -H 'x-api-key: {acme}' -H 'authorization: Bearer {globex}' {gate}/v1/acme/orders
  curl -i -H 'x-api-key: {old}' {gate}/v1/acme/orders
  curl -i -H 'x-api-key: {acme}' {gate}/v1/globex/orders
  curl -i -H 'x-api-key: {acme}' --path-as-is {gate}/v1/acme/../globex/orders
  curl -i -H 'x-api-key: {acme}' --interface 127.6.6.6 {gate}/v1/acme/orders
  curl -i -H 'x-api-key: {acme}' -H 'x-tollgate-tenant: globex' {gate}/v1/acme/orders
  curl -i -H 'x-api-key: {acme}' -d '{{\"item\": \"tea\"}}' {gate}/v1/acme/orders
  for i in 1 2 3 4 5 6 7; do curl -s -o /dev/null -w '%{{http_code}}\\n' -H 'x-api-key: {globex}' {gate}/v1/globex/orders; done

  curl -H 'authorization: Bearer {admin}' {gate}/tollgate/stats
  curl -H 'authorization: Bearer {admin}' '{gate}/tollgate/audit?limit=10'
  and in a browser {gate}/tollgate/ with the admin key {admin}

Ctrl-C stops all of it."
    ));
    stage.runtime.block_on(interrupted());
    ExitCode::SUCCESS
}

/// Waits for Ctrl-C, or for being told to end.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate()).expect("signals can be waited for");
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended.expect("signals can be waited for"),
        _ = terminated.recv() => {}
    }
}

/// One stop of the tour, as people read it.
fn printed(number: usize, visit: &Visit, report: &Report, paint: &Paint) -> String {
    let mut text = format!("\n{number:2}  {}\n", paint.bold(visit.title));
    let mut line = |name: &str, value: &str| {
        writeln!(text, "    {name:<9} {value}").expect("a string takes all that is written");
    };
    line("request", &request_line(report));
    if let Some(observed) = &report.observation {
        line("answer", answer_line(observed, paint).trim_end());
        if let Some(limit) = limit_line(&observed.response.fields) {
            line("limit", &limit);
        }
        line("upstream", &upstream_line(observed));
    }
    for difference in &report.differences {
        line("NOT AS EXPECTED", &paint.red(difference));
    }
    text.trim_end().to_owned()
}

/// Fields that no reader of the tour misses.
const NOT_SHOWN: [&str; 2] = ["access-control-request-headers", "access-control-request-method"];

fn request_line(report: &Report) -> String {
    let Request { version, method, target, peer, .. } = &report.request;
    let mut line = format!("{method} {target}");
    if *version == Version::Http2 {
        line.push_str("  (HTTP/2)");
    }
    let fields = report.request.fields.iter().filter(|(name, _)| !NOT_SHOWN.contains(name));
    for (name, value) in fields {
        write!(line, "  {name}: {}", String::from_utf8_lossy(value)).expect("a string");
    }
    let body = report.request.body_bytes();
    if !body.is_empty() {
        write!(line, "  {}", String::from_utf8_lossy(&body)).expect("a string");
    }
    match peer {
        Peer::Direct(address) if address.to_string() != "127.0.0.1" => write!(line, "  from {address}"),
        Peer::Direct(_) | Peer::Forwarded(_) => Ok(()),
    }
    .expect("a string");
    if report.requests > 1 {
        write!(line, "  ({} times)", report.requests).expect("a string");
    }
    line
}

fn answer_line(observed: &Observation, paint: &Paint) -> String {
    let response = &observed.response;
    let status = if response.status < 400 {
        paint.green(&response.status.to_string())
    } else {
        paint.yellow(&response.status.to_string())
    };
    let told = ["retry-after", "deprecation", "sunset"].into_iter().filter_map(|name| {
        let value = response.fields.text(name)?;
        Some(format!("  {name}: {value}"))
    });
    format!("{status} {}{}", response.problem().unwrap_or_default(), told.collect::<String>())
}

fn limit_line(fields: &Fields) -> Option<String> {
    let limit = fields.text("ratelimit")?;
    Some(format!("RateLimit: {limit}  RateLimit-Policy: {}", fields.text("ratelimit-policy")?))
}

fn upstream_line(observed: &Observation) -> String {
    let [seen] = observed.upstream.as_slice() else {
        return match observed.upstream_bytes {
            0 => "saw nothing, not a byte".to_owned(),
            bytes => format!("saw {bytes} bytes in {} requests", observed.upstream.len()),
        };
    };
    let identity = ["x-tollgate-tenant", "x-tollgate-key-id", "x-api-key", "authorization", "cookie"];
    let fields =
        identity.into_iter().filter_map(|name| Some(format!("  {name}: {}", seen.fields.text(name)?)));
    let mut line = format!("saw {} {}{}", seen.method, seen.path, fields.collect::<String>());
    if !seen.body.is_empty() {
        write!(line, "  {}", String::from_utf8_lossy(&seen.body)).expect("a string");
    }
    line
}

/// Writes a line. When nobody reads it any more, the tour is over.
fn say(line: &str) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(1);
    }
}
