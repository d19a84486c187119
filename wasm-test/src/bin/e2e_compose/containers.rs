//! The containers of the project, as the engine and the kernel know them.

use serde_json::Value;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;
use wasm_test::tour::Keys;

/// The services whose port is published.
const GATES: [&str; 2] = ["envoy-a", "envoy-b"];

/// Where they listen in their containers.
const GATE_PORT: &str = "10000/tcp";

/// Envoy's admin interface.
const ADMIN_PORT: u16 = 9901;

/// How long a connection that nobody takes is waited for.
const CONNECT_MAX: Duration = Duration::from_secs(1);

/// All containers.
pub(crate) struct Containers(Vec<Container>);

/// One container.
pub(crate) struct Container {
    service: String,
    known: Value,
}

impl Containers {
    /// Those of the Compose file that `COMPOSE_FILE` names.
    pub(crate) fn of_compose() -> Result<Self, String> {
        let ids = docker(&["compose", "ps", "--all", "--quiet"])?;
        let ids: Vec<_> = ids.lines().collect();
        if ids.is_empty() {
            return Err("no container is up".to_owned());
        }
        let known = docker(&[&["inspect"], ids.as_slice()].concat())?;
        let known: Vec<Value> = serde_json::from_str(&known).map_err(|error| error.to_string())?;
        let container = |known: Value| {
            let service = known["Config"]["Labels"]["com.docker.compose.service"].as_str();
            Container { service: service.unwrap_or_default().to_owned(), known }
        };
        let mut containers: Vec<_> = known.into_iter().map(container).collect();
        containers.sort_by(|one, other| one.service.cmp(&other.service));
        Ok(Self(containers))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Container> {
        self.0.iter()
    }

    fn of(&self, service: &str) -> Result<&Container, String> {
        self.iter().find(|known| known.service == service).ok_or_else(|| format!("there is no {service}"))
    }

    /// Where the two gates are published.
    pub(crate) fn gates(&self) -> Result<[SocketAddr; 2], String> {
        let [a, b] = GATES.map(|service| self.of(service)?.published());
        Ok([a?, b?])
    }

    /// Where the upstream tells what it saw: in a network that only this machine and the gates reach.
    pub(crate) fn recorder(&self) -> Result<SocketAddr, String> {
        const RECORDER_PORT: u16 = 8081;
        let addresses = self.of("upstream")?.addresses();
        let address = addresses.first().ok_or("upstream has no address")?;
        Ok(SocketAddr::new(*address, RECORDER_PORT))
    }

    /// What can be reached that should not be.
    pub(crate) fn wrongly_reachable(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for container in self.iter() {
            for (port, binding) in container.bindings() {
                let address = binding["HostIp"].as_str().unwrap_or_default();
                if !GATES.contains(&container.service.as_str()) || port != GATE_PORT || address != "127.0.0.1"
                {
                    wrong.push(format!("{} publishes {port} on {address:?}", container.service));
                }
            }
            for address in container.addresses() {
                let admin = SocketAddr::new(address, ADMIN_PORT);
                if TcpStream::connect_timeout(&admin, CONNECT_MAX).is_ok() {
                    wrong.push(format!("{} answers on its admin port {ADMIN_PORT}", container.service));
                }
            }
        }
        wrong
    }

    /// Lines of logs in which a key stands.
    pub(crate) fn keys_logged(&self, keys: &Keys) -> Result<Vec<String>, String> {
        let logs = docker(&["compose", "logs", "--no-color"])?;
        let leaking = logs.lines().filter(|line| keys.masked(line) != **line);
        Ok(leaking.map(|line| keys.masked(line)).collect())
    }
}

impl Container {
    /// What it is, in a line.
    pub(crate) fn summary(&self) -> String {
        let Self { service, known } = self;
        let image = known["Config"]["Image"].as_str().unwrap_or_default();
        let user = known["Config"]["User"].as_str().unwrap_or_default();
        format!("{service:<12} of {image}: healthy, user {user}, read-only, no capability, bounded")
    }

    /// In what it is less confined than the file promises: by what the engine was told, and by what the kernel says of
    /// the first process.
    pub(crate) fn weaknesses(&self) -> Vec<String> {
        let host = &self.known["HostConfig"];
        let holds = [
            ("it is not healthy", self.known["State"]["Health"]["Status"] == "healthy"),
            ("its root file system can be written to", host["ReadonlyRootfs"] == true),
            ("it is privileged", host["Privileged"] == false),
            ("it has no end to its memory", host["Memory"].as_u64().is_some_and(|bytes| bytes > 0)),
            ("it has no end to its processes", host["PidsLimit"].as_u64().is_some_and(|number| number > 0)),
            (
                "it is started with nothing mounted from this machine",
                host["Binds"].as_array().is_none_or(Vec::is_empty),
            ),
        ];
        let mut weak: Vec<_> =
            holds.into_iter().filter(|(_, holds)| !holds).map(|(what, _)| what.to_owned()).collect();
        let process = self.known["State"]["Pid"].as_u64().unwrap_or_default();
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if line("Uid:").is_none_or(|ids| ids.split_whitespace().any(|id| id == "0")) {
            weak.push(format!("its process runs as root: {:?}", line("Uid:")));
        }
        if line("CapEff:").is_none_or(|set| set.bytes().any(|digit| digit != b'0')) {
            weak.push(format!("its process has capabilities: {:?}", line("CapEff:")));
        }
        if line("NoNewPrivs:") != Some("1") {
            weak.push("its process may gain privileges".to_owned());
        }
        let mounts = fs::read_to_string(format!("/proc/{process}/mountinfo")).unwrap_or_default();
        let root = mounts.lines().find(|line| line.split(' ').nth(4) == Some("/"));
        if root.and_then(|line| line.split(' ').nth(5)).is_none_or(|options| !options.starts_with("ro")) {
            weak.push("the kernel has its root file system writable".to_owned());
        }
        weak
    }

    /// Its addresses in the project's networks.
    fn addresses(&self) -> Vec<IpAddr> {
        let networks = self.known["NetworkSettings"]["Networks"].as_object().into_iter().flatten();
        networks.filter_map(|(_, network)| network["IPAddress"].as_str()?.parse().ok()).collect()
    }

    /// The ports it publishes, each with the address and port of this machine.
    fn bindings(&self) -> Vec<(&str, &Value)> {
        let ports = self.known["NetworkSettings"]["Ports"].as_object().into_iter().flatten();
        ports
            .flat_map(|(port, bindings)| {
                bindings.as_array().into_iter().flatten().map(move |binding| (port.as_str(), binding))
            })
            .collect()
    }

    fn published(&self) -> Result<SocketAddr, String> {
        let bindings = self.bindings();
        let port = bindings.iter().find(|(port, _)| *port == GATE_PORT);
        let port = port.and_then(|(_, binding)| binding["HostPort"].as_str()?.parse().ok());
        let port: u16 = port.ok_or_else(|| format!("{} publishes no {GATE_PORT}", self.service))?;
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }
}

/// What `docker` prints.
pub(crate) fn docker(arguments: &[&str]) -> Result<String, String> {
    let what = || format!("docker {}", arguments.join(" "));
    let output = Command::new("docker").args(arguments).output();
    let output = output.map_err(|error| format!("{}: {error}", what()))?;
    if !output.status.success() {
        return Err(format!("{}: {}", what(), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
