//! The way from Envoy to the API: over TLS, to nobody but the API.

use crate::gate::{Gate, by_acme};
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use wasm_test::certificate::{Authority, Pair};
use wasm_test::child::fresh_folder;
use wasm_test::upstream::Upstream;

#[test]
fn the_api_is_asked_over_tls_if_it_is_the_api() {
    let runtime = Runtime::new().expect("a runtime");
    let folder = fresh_folder("production", "upstream");
    let (known, unknown) = (Authority::new(), Authority::new());
    let trusted = folder.join("authority.pem");
    fs::write(&trusted, known.pem()).expect("the folder is ours");
    let plays = |server: &Pair, label: &str| {
        let upstream = runtime.block_on(Upstream::start()).expect("a free port");
        let port = runtime.block_on(behind_tls(upstream.address(), server)).port().to_string();
        let settings = [
            ("UPSTREAM_PORT", port.as_str()),
            ("UPSTREAM_SCHEME", "https"),
            ("UPSTREAM_CA_FILE", &trusted.to_string_lossy()),
        ];
        let status = Gate::open(label, &settings).send(&by_acme("GET", "/v1/acme/x")).status;
        (status, upstream.record().requests.len())
    };
    assert_eq!(plays(&known.issue(&["localhost"]), "api"), (200, 1));
    assert_eq!(plays(&known.issue(&["another.example"]), "another"), (503, 0));
    assert_eq!(plays(&unknown.issue(&["localhost"]), "forged"), (503, 0));
    fs::remove_dir_all(folder).expect("the folder is ours");
}

/// Listens with this certificate, and passes on to an upstream what comes.
async fn behind_tls(upstream: SocketAddr, server: &Pair) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_slice(server.chain.as_bytes()).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(server.key.as_bytes()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("ring has them").with_no_client_auth();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).expect("the key fits")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(socket).await {
                    let mut api = TcpStream::connect(upstream).await?;
                    copy_bidirectional(&mut stream, &mut api).await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    address
}
