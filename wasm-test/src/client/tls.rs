//! The same over TLS.

use super::{Http1, Http2, broken, connect, in_time, source};
use crate::message::{Request, Response, Version};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion};

/// A client that believes one authority, and calls the server by one name. It does not resume sessions.
#[derive(Clone)]
pub struct Tls {
    roots: Arc<RootCertStore>,
    name: ServerName<'static>,
    versions: Vec<&'static SupportedProtocolVersion>,
}

impl Tls {
    /// Of TLS 1.2 and 1.3.
    ///
    /// # Panics
    /// When `authority` is no certificate in PEM, or `name` no name.
    pub fn new(authority: &str, name: &str) -> Self {
        let certificate = CertificateDer::from_pem_slice(authority.as_bytes()).expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(certificate).expect("an authority's certificate");
        let name = ServerName::try_from(name.to_owned()).expect("a server's name");
        Self { roots: Arc::new(roots), name, versions: DEFAULT_VERSIONS.to_vec() }
    }

    /// Of this version only.
    #[must_use]
    pub fn only(mut self, version: &'static SupportedProtocolVersion) -> Self {
        self.versions = vec![version];
        self
    }

    /// A connection on which the server was offered these protocols (ALPN).
    ///
    /// # Errors
    /// When there is none, or the server is not who it should be.
    pub async fn connect(
        &self,
        address: SocketAddr,
        source: IpAddr,
        protocols: &[&str],
    ) -> io::Result<TlsStream<TcpStream>> {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&self.versions)
            .map_err(broken)?;
        let mut config = config.with_root_certificates(self.roots.clone()).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let socket = connect(address, source).await?;
        in_time(TlsConnector::from(Arc::new(config)).connect(self.name.clone(), socket)).await
    }

    /// Sends one request on a connection of its own, in the protocol it asks for.
    ///
    /// # Errors
    /// When there is no whole answer in time.
    pub async fn send(&self, address: SocketAddr, request: &Request) -> io::Result<Response> {
        let source = source(request);
        match request.version {
            Version::Http1 => {
                let stream = self.connect(address, source, &["http/1.1"]).await?;
                Http1::over(stream).send(request).await
            }
            Version::Http2 => {
                let stream = self.connect(address, source, &["h2"]).await?;
                Http2::over(stream).await?.send(request).await
            }
        }
    }
}
