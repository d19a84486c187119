//! The built module over HTTP, as a control plane fetches it.

use crate::fixture::hexadecimal;
use crate::message::Response;
use crate::module;
use crate::upstream::Upstream;
use sha2::{Digest, Sha256};
use std::fs;

/// Serves the module on the loopback. It stops when dropped.
pub struct ModuleServer {
    server: Upstream,
    sha256: String,
}

impl ModuleServer {
    /// Starts it. Must be called within a tokio runtime.
    ///
    /// # Panics
    /// When the module is not there, or there is no free port.
    pub async fn start() -> Self {
        let module = fs::read(module::path()).expect("the module can be read");
        let sha256 = hexadecimal(&Sha256::digest(&module));
        let server = Upstream::start().await.expect("a free port");
        server.answer_with(Response::new(200).field("content-type", "application/wasm").body(module));
        Self { server, sha256 }
    }

    /// Where the module is.
    pub fn url(&self) -> String {
        format!("http://{}/tollgate.wasm", self.server.address())
    }

    /// Its hash, as manifests have it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}
