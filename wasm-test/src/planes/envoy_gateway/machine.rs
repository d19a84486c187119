//! What a bare machine needs that a cluster has, and where the shipped manifests are edited for it.

use super::super::{Manifest, ModuleServer};
use crate::certificate::Pair;
use crate::child::free_port;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What Envoy Gateway calls the listener of the shipped Gateway: namespace, Gateway, listener.
pub(super) const LISTENER: &str = "default/edge/https";

/// Folders, ports and addresses of one run.
pub(super) struct Machine<'a> {
    folder: &'a Path,
    upstream: SocketAddr,
    certificate: Pair,
    port: u16,
}

impl<'a> Machine<'a> {
    /// Everything lies in this folder.
    pub(super) fn new(folder: &'a Path, upstream: SocketAddr, certificate: Pair) -> Self {
        Self { folder, upstream, certificate, port: free_port() }
    }

    /// Where Envoy listens for clients.
    pub(super) fn listener(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Where certificates lie.
    pub(super) fn config_home(&self) -> String {
        self.path("config").to_string_lossy().into_owned()
    }

    /// The file of Envoy Gateway's own configuration.
    pub(super) fn configuration(&self) -> String {
        self.path("envoy-gateway.yaml").to_string_lossy().into_owned()
    }

    /// Puts an Envoy where Envoy Gateway would put one that it downloaded.
    pub(super) fn install_envoy(&self, envoy: &Path, version: &str) {
        let folder = self.path("data").join("envoy-versions").join(version).join("bin");
        fs::create_dir_all(&folder).expect("the folder is ours");
        symlink(envoy, folder.join("envoy")).expect("the folder is ours");
    }

    /// Writes Envoy Gateway's own configuration and all manifests. Certificates must be there.
    pub(super) fn write(&self, module: &ModuleServer) {
        let resources = self.path("resources");
        fs::create_dir_all(&resources).expect("the folder is ours");
        let write = |file: PathBuf, text: String| fs::write(file, text).expect("the folder is ours");
        println!("shipped manifests, edited for this machine:");
        write(resources.join("gateway.yaml"), self.gateway().to_yaml());
        write(resources.join("tollgate.yaml"), tollgate(module).to_yaml());
        let added = [self.listener_secret(), self.control_plane_secret(), self.modules_from_this_machine()];
        let added = added.iter().map(|object| format!("{object}\n")).collect::<Vec<_>>();
        write(resources.join("machine.yaml"), added.join("---\n"));
        write(self.configuration().into(), self.own_configuration(&resources).to_string());
    }

    /// Where the Envoy that was started has its admin interface, once it is known.
    pub(super) fn admin_address(&self) -> Option<SocketAddr> {
        let runs = fs::read_dir(self.path("runtime")).ok()?;
        let written = |run: fs::DirEntry| fs::read_to_string(run.path().join("admin-address.txt")).ok();
        runs.flatten().find_map(|run| written(run)?.trim().parse().ok())
    }

    fn gateway(&self) -> Manifest {
        let mut gateway = Manifest::shipped("gateway/gateway.yaml");
        gateway.set("Gateway", "spec/listeners/0/port", &json!(self.port));
        let upstream = json!({"ip": {"address": self.upstream.ip(), "port": self.upstream.port()}});
        gateway.set("Backend", "spec/endpoints/0", &upstream);
        // Envoys are processes here, not pods; keys come from Envoy Gateway's own environment.
        gateway.set(
            "EnvoyProxy",
            "spec/provider",
            &json!({"type": "Host", "host": {"envoyVersion": "1.40.0"}}),
        );
        gateway
    }

    /// The certificate that the shipped Gateway names.
    fn listener_secret(&self) -> Value {
        let Pair { chain, key } = &self.certificate;
        secret("default", "api-example-com", &[("tls.crt", chain), ("tls.key", key)])
    }

    /// What an installation in a cluster makes: by this, Envoy says who it is where it fetches modules.
    fn control_plane_secret(&self) -> Value {
        let files = ["tls.crt", "tls.key", "ca.crt"].map(|file| {
            let path = self.path("config/certs/envoy").join(file);
            let text =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (file, text)
        });
        secret("envoy-gateway-system", "envoy", &files)
    }

    /// In a cluster a Service and a mounted file; here an address and the file where it lies.
    fn modules_from_this_machine(&self) -> Value {
        let socket = "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address/address";
        let trusted =
            "/transport_socket/typed_config/common_tls_context/validation_context/trusted_ca/filename";
        let patch = |path: &str, value: Value| {
            json!({
                "type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                "name": "wasm_cluster",
                "operation": {"op": "replace", "path": path, "value": value},
            })
        };
        let authority = self.path("config/certs/envoy/ca.crt");
        json!({
            "apiVersion": "gateway.envoyproxy.io/v1alpha1",
            "kind": "EnvoyPatchPolicy",
            "metadata": {"name": "modules-from-this-machine", "namespace": "default"},
            "spec": {
                "targetRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"},
                "type": "JSONPatch",
                "jsonPatches": [patch(socket, json!("127.0.0.1")), patch(trusted, json!(authority))],
            },
        })
    }

    /// What gateway.yaml asks of Envoy Gateway's own configuration, and that it stands alone.
    fn own_configuration(&self, resources: &Path) -> Value {
        let home = |name: &str| self.path(name);
        json!({
            "apiVersion": "gateway.envoyproxy.io/v1alpha1",
            "kind": "EnvoyGateway",
            "gateway": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
            "provider": {
                "type": "Custom",
                "custom": {
                    "resource": {"type": "File", "file": {"paths": [resources]}},
                    "infrastructure": {"type": "Host", "host": {
                        "configHome": home("config"),
                        "dataHome": home("data"),
                        "stateHome": home("state"),
                        "runtimeDir": home("runtime"),
                    }},
                },
            },
            "admin": {"address": {"host": "127.0.0.1", "port": free_port()}},
            "telemetry": {"metrics": {"prometheus": {"disable": true}}},
            "extensionApis": {"enableBackend": true, "enableEnvoyPatchPolicy": true},
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn tollgate(module: &ModuleServer) -> Manifest {
    let mut tollgate = Manifest::shipped("gateway/tollgate.yaml");
    tollgate.set("EnvoyExtensionPolicy", "spec/wasm/0/code/http/url", &json!(module.url()));
    tollgate.set("EnvoyExtensionPolicy", "spec/wasm/0/code/http/sha256", &json!(module.sha256()));
    tollgate
}

fn secret(namespace: &str, name: &str, files: &[(&str, impl AsRef<str>)]) -> Value {
    let data: serde_json::Map<_, _> = files
        .iter()
        .map(|(file, text)| ((*file).to_owned(), json!(STANDARD.encode(text.as_ref()))))
        .collect();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "type": "kubernetes.io/tls",
        "data": data,
    })
}
