//! The real Envoy Gateway, standing alone: it reads the shipped manifests from a folder and starts an Envoy.
//!
//! Where a bare machine differs from a cluster, the manifests are edited, a value at a time, and objects are added that
//! a cluster would have: [`machine`] makes them.

mod machine;

use super::ModuleServer;
use crate::certificate::Authority;
use crate::child::{Watched, fetched_by, fresh_folder};
use crate::client::Tls;
use crate::envoy::{Admin, Release};
use crate::message::{Request, Response};
use crate::scenario::{Backend, Observation, get};
use crate::upstream::Upstream;
use machine::Machine;
use serde_json::Value;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::{Instant, interval};

/// How long it may take until the first request is judged: the gateway starts, fetches the module, starts Envoy, which
/// fetches the module from the gateway and compiles it.
const START_MAX: Duration = Duration::from_secs(180);

/// How long a line may take to be in the log: Envoy writes its access log every ten seconds.
const LOGGED_MAX: Duration = Duration::from_secs(30);

/// How often what will come about is asked for.
const ASKING_INTERVAL: Duration = Duration::from_millis(50);

/// The host of the shipped Gateway.
const HOST: &str = "api.example.com";

/// Ports that no setting of Envoy Gateway changes: for xDS, for modules, and for the readiness of its Envoy.
const FIXED_PORTS: [u16; 3] = [18000, 18002, 19003];

/// A running Envoy Gateway with the Envoy it started, and an upstream behind that. All end when it is dropped.
pub struct EnvoyGateway {
    runtime: Runtime,
    upstream: Upstream,
    admin: Admin,
    gate: SocketAddr,
    client: Tls,
    running: Watched,
    folder: PathBuf,
    _module: ModuleServer,
}

impl EnvoyGateway {
    /// Starts it with the shipped manifests, and this environment for the Envoy it starts. `label` names the folder of
    /// its files, which stays if the test fails.
    ///
    /// # Panics
    /// When it is not to be had, a port of its is taken, or the first request is not judged in time.
    pub fn start(environment: &[(String, String)], label: &str) -> Self {
        let program = fetched_by("fetch-control-plane", &["envoy-gateway"]);
        for port in FIXED_PORTS {
            let free = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port));
            free.unwrap_or_else(|error| {
                panic!("Envoy Gateway needs port {port}, whatever it is told: {error}")
            });
        }
        let runtime = Runtime::new().expect("a runtime");
        let folder = fresh_folder("planes", label);
        let (upstream, module) = runtime
            .block_on(async { (Upstream::start().await.expect("a free port"), ModuleServer::start().await) });
        let authority = Authority::new();
        let machine = Machine::new(&folder, upstream.address(), authority.issue(&[HOST]));
        machine.install_envoy(&Release::Newest.binary(), Release::Newest.number());
        run(&program, &["certgen", "--local", "--config-home", &machine.config_home()]);
        machine.write(&module);
        let arguments = ["server", "--config-path", &machine.configuration()].map(str::to_owned);
        let mut running = Watched::start(&program, &arguments, environment, &folder, "envoy-gateway");
        let (client, gate) = (Tls::new(&authority.pem(), HOST), machine.listener());
        let admin = runtime.block_on(async {
            let admin = admin(&machine, &mut running).await;
            until_judged(&client, gate, &running).await;
            admin
        });
        Self { runtime, upstream, admin, gate, client, running, folder, _module: module }
    }

    /// The filter's `config`, as Envoy says that it has it.
    ///
    /// # Panics
    /// When Envoy has no filter with the `root_id` of Tollgate.
    pub fn filter_config(&self) -> Value {
        let dump = self.runtime.block_on(self.admin.text("/config_dump?resource=dynamic_listeners"));
        let dump = serde_json::from_str(&dump).expect("the admin answers JSON");
        find(&dump, &|value| value["root_id"] == "tollgate").expect("Envoy has the filter").clone()
    }

    /// The listener, as Envoy says that it has it.
    ///
    /// # Panics
    /// When Envoy has none.
    pub fn listener_config(&self) -> Value {
        let dump = self.runtime.block_on(self.admin.text("/config_dump?resource=dynamic_listeners"));
        let dump = serde_json::from_str(&dump).expect("the admin answers JSON");
        let is_ours = |value: &Value| value["name"] == machine::LISTENER && value["filter_chains"].is_array();
        find(&dump, &is_ours).expect("Envoy has the listener").clone()
    }

    /// All that Envoy Gateway and its Envoy logged, access log and audit records too, once all of that is there; or what
    /// is there in the end.
    pub fn log_once(&self, all_is_there: impl Fn(&str) -> bool) -> String {
        self.runtime.block_on(async {
            let deadline = Instant::now() + LOGGED_MAX;
            let mut asking = interval(ASKING_INTERVAL);
            loop {
                let log = self.running.log();
                if all_is_there(&log) || Instant::now() >= deadline {
                    return log;
                }
                asking.tick().await;
            }
        })
    }
}

impl Backend for EnvoyGateway {
    fn exchange(&mut self, request: &Request, answer: &Response) -> Result<Observation, String> {
        self.upstream.answer_with(answer.clone());
        let mark = self.upstream.mark();
        let response = self.runtime.block_on(self.client.send(self.gate, request));
        let record = self.upstream.since(mark);
        let response = response.map_err(|error| error.to_string())?;
        Ok(Observation { response, upstream: record.requests, upstream_bytes: record.bytes })
    }
}

impl Drop for EnvoyGateway {
    /// What it wrote stays if the test fails.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

fn run(program: &std::path::Path, arguments: &[&str]) {
    let ran = Command::new(program).args(arguments).output();
    let ran = ran.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{} {arguments:?} failed: {said}", program.display());
}

/// The admin interface of the Envoy that the gateway starts.
async fn admin(machine: &Machine<'_>, running: &mut Watched) -> Admin {
    let deadline = Instant::now() + START_MAX;
    let mut asking = interval(ASKING_INTERVAL);
    loop {
        if let Some(address) = machine.admin_address() {
            let admin = Admin::at(address);
            if admin.is_ready().await {
                return admin;
            }
        }
        let ended = running.ended();
        assert!(ended.is_none(), "Envoy Gateway ended with {ended:?}\n{}", running.log());
        assert!(Instant::now() < deadline, "no Envoy within {START_MAX:?}\n{}", running.log());
        asking.tick().await;
    }
}

/// Waits until a request without a key is refused by the filter.
async fn until_judged(client: &Tls, gate: SocketAddr, running: &Watched) {
    let deadline = Instant::now() + START_MAX;
    let mut asking = interval(ASKING_INTERVAL);
    let without_key = get("/v1/acme/orders");
    loop {
        let answer = client.send(gate, &without_key).await;
        if answer.as_ref().is_ok_and(|answer| answer.problem().as_deref() == Some("missing-api-key")) {
            return;
        }
        assert!(Instant::now() < deadline, "not judged within {START_MAX:?}: {answer:?}\n{}", running.log());
        asking.tick().await;
    }
}

/// The first object that is what is looked for, at any depth.
fn find<'a>(value: &'a Value, is_it: &dyn Fn(&Value) -> bool) -> Option<&'a Value> {
    if value.is_object() && is_it(value) {
        return Some(value);
    }
    match value {
        Value::Object(fields) => fields.values().find_map(|value| find(value, is_it)),
        Value::Array(items) => items.iter().find_map(|value| find(value, is_it)),
        _ => None,
    }
}
