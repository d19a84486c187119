//! The shipped file on a free port, before one server.

use crate::server::Server;
use std::fs;
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;
use wasm_test::certificate::Authority;
use wasm_test::child::fresh_folder;
use wasm_test::envoy::{Envoy, Release};
use wasm_test::module::repository;
use wasm_test::rendered::render;

/// A running Envoy of `envoy/postgres/envoy.yaml`.
pub(crate) struct Gate {
    runtime: Runtime,
    envoy: Envoy,
    folder: PathBuf,
}

impl Gate {
    /// Before this server, which `database_root` (in PEM) vouches for.
    pub(crate) fn open(server: &Server, database_root: &str, label: &str) -> Self {
        let folder = fresh_folder("postgres", &format!("gate-{label}"));
        let rendered = lay_out(&folder, "envoy.yaml", database_root, server.port());
        let runtime = Runtime::new().expect("a runtime");
        let started = runtime.block_on(Envoy::start_file(
            Release::Newest,
            &rendered,
            &[],
            &format!("postgres-{label}"),
        ));
        let envoy = started.unwrap_or_else(|failure| panic!("{failure:?}"));
        Self { runtime, envoy, folder }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.runtime.block_on(self.envoy.listener("postgres")).port()
    }

    /// Who vouches for Envoy's own certificate: a file.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// A counter.
    pub(crate) fn stat(&self, name: &str) -> u64 {
        self.runtime.block_on(self.envoy.admin().stat(name))
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// Renders a shipped template into a folder, with all the files it names; where the result is.
pub(crate) fn lay_out(folder: &Path, template: &str, database_root: &str, database_port: u16) -> PathBuf {
    let certificates = folder.join("tls");
    fs::create_dir(&certificates).expect("the folder is ours");
    let authority = Authority::new();
    authority.issue(&["localhost"]).put_into(&certificates);
    fs::write(folder.join("root.pem"), authority.pem()).expect("the folder is ours");
    fs::write(folder.join("database.pem"), database_root).expect("the folder is ours");
    let shipped = repository().join("envoy/production/certificate.yaml");
    let certificate = fs::read_to_string(shipped).expect("it is shipped");
    let certificate = certificate.replace("/etc/tollgate/tls", &certificates.to_string_lossy());
    fs::write(folder.join("certificate.yaml"), certificate).expect("the folder is ours");
    let path = |file: &str| folder.join(file).to_string_lossy().into_owned();
    let variables = [
        ("POSTGRES_HOST", "localhost".to_owned()),
        ("POSTGRES_PORT", database_port.to_string()),
        ("POSTGRES_CA_FILE", path("database.pem")),
        ("CERTIFICATE_FILE", path("certificate.yaml")),
        ("LISTEN_ADDRESS", "127.0.0.1".to_owned()),
        ("LISTEN_PORT", "0".to_owned()),
        ("ADMIN_PORT", "0".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let rendered = folder.join("envoy.yaml");
    let template = repository().join("envoy/postgres").join(template);
    render(&template, &rendered, &variables).unwrap_or_else(|said| panic!("{said}"));
    rendered
}
