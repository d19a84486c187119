//! The shipped files on free ports, with a certificate and keys of their own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;
use wasm_test::certificate::Authority;
use wasm_test::child::fresh_folder;
use wasm_test::client::Tls;
use wasm_test::envoy::{Envoy, NotStarted, Release};
use wasm_test::fixture::key;
use wasm_test::message::{Request, Response};
use wasm_test::module;
use wasm_test::rendered::render;
use wasm_test::upstream::Upstream;

/// What the certificate says.
pub(crate) const NAME: &str = "api.example.com";

/// A running Envoy of `envoy/production`.
pub(crate) struct Gate {
    pub(crate) runtime: Runtime,
    pub(crate) upstream: Upstream,
    pub(crate) envoy: Envoy,
    pub(crate) address: SocketAddr,
    pub(crate) authority: Authority,
    pub(crate) files: Files,
}

/// What an operator lays out for Envoy. It is removed when dropped, unless the test failed.
pub(crate) struct Files {
    pub(crate) folder: PathBuf,
}

impl Gate {
    /// On the newest Envoy, with these variables besides those that a test must choose.
    pub(crate) fn open(label: &str, settings: &[(&str, &str)]) -> Self {
        Self::on(Release::Newest, label, settings)
    }

    pub(crate) fn on(release: Release, label: &str, settings: &[(&str, &str)]) -> Self {
        Self::of(release, label, settings, |rendered| rendered)
    }

    /// The same with the rendered file changed: to show what the shipped one forbids.
    pub(crate) fn of(
        release: Release,
        label: &str,
        settings: &[(&str, &str)],
        change: fn(String) -> String,
    ) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let upstream = runtime.block_on(Upstream::start()).expect("a free port");
        let files = Files::lay_out(label);
        let authority = Authority::new();
        authority.issue(&[NAME]).put_into(&files.certificates());
        let port = upstream.address().port().to_string();
        let plain = [("UPSTREAM_HOST", "localhost"), ("UPSTREAM_PORT", &port), ("UPSTREAM_SCHEME", "http")];
        let rendered = files.render(&[&plain, settings].concat()).unwrap_or_else(|said| panic!("{said}"));
        let text = fs::read_to_string(&rendered).expect("it was rendered");
        fs::write(&rendered, change(text)).expect("the folder is ours");
        let started = runtime.block_on(Envoy::start_file(release, &rendered, &keys(), label));
        let envoy = started.unwrap_or_else(|failure| panic!("{failure:?}"));
        let address = runtime.block_on(envoy.listener("tollgate"));
        Self { runtime, upstream, envoy, address, authority, files }
    }

    /// A client that knows the gate by its name.
    pub(crate) fn client(&self) -> Tls {
        Tls::new(&self.authority.pem(), NAME)
    }

    /// One request over TLS.
    pub(crate) fn send(&self, request: &Request) -> Response {
        let sending = self.runtime.block_on(self.client().send(self.reachable(), request));
        sending.unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.target))
    }

    /// The address to connect to, where it listens on all of them.
    fn reachable(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.address.port()))
    }
}

impl Files {
    /// A folder with `certificate.yaml` in it, whose certificate is not there yet.
    pub(crate) fn lay_out(label: &str) -> Self {
        let files = Self { folder: fresh_folder("production", label) };
        fs::create_dir(files.certificates()).expect("the folder is ours");
        let shipped = fs::read_to_string(shipped("certificate.yaml")).expect("it is shipped");
        let here = shipped.replace("/etc/tollgate/tls", &files.certificates().to_string_lossy());
        fs::write(files.folder.join("certificate.yaml"), here).expect("the folder is ours");
        files
    }

    /// Where `tls.crt` and `tls.key` lie.
    pub(crate) fn certificates(&self) -> PathBuf {
        self.folder.join("tls")
    }

    /// Renders the shipped template with these variables; where the result is, or what the command said.
    pub(crate) fn render(&self, settings: &[(&str, &str)]) -> Result<PathBuf, String> {
        let path = |file: &str| self.folder.join(file).to_string_lossy().into_owned();
        let module = module::path().to_string_lossy().into_owned();
        let mut variables = vec![
            ("LISTEN_ADDRESS".to_owned(), "127.0.0.1".to_owned()),
            ("LISTEN_PORT".to_owned(), "0".to_owned()),
            ("ADMIN_PORT".to_owned(), "0".to_owned()),
            ("MODULE_FILE".to_owned(), module),
            ("CERTIFICATE_FILE".to_owned(), path("certificate.yaml")),
        ];
        for (name, value) in settings {
            variables.retain(|(known, _)| known != name);
            variables.push(((*name).to_owned(), (*value).to_owned()));
        }
        let rendered = self.folder.join("envoy.yaml");
        render(&shipped("envoy.yaml"), &rendered, &variables).map(|()| rendered)
    }

    /// Starts Envoy on what was rendered, with an environment.
    pub(crate) fn start(
        &self,
        runtime: &Runtime,
        environment: &[(String, String)],
        label: &str,
    ) -> Result<Envoy, NotStarted> {
        let rendered = self.folder.join("envoy.yaml");
        runtime.block_on(Envoy::start_file(Release::Newest, &rendered, environment, label))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// The environment that the shipped `tollgate.json` asks for.
pub(crate) fn keys() -> Vec<(String, String)> {
    [("ACME_KEY", key("acme")), ("ADMIN_KEY", key("admin"))]
        .map(|(name, key)| (name.to_owned(), key))
        .to_vec()
}

/// A request of acme's, with its key.
pub(crate) fn by_acme(method: &str, target: &str) -> Request {
    Request::new(method, target).field("x-api-key", key("acme"))
}

/// A file of `envoy/production`.
pub(crate) fn shipped(file: &str) -> PathBuf {
    Path::new(module::repository()).join("envoy/production").join(file)
}
