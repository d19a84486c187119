//! `envoy/postgres`, rendered by the real command and run by real Envoys before a real PostgreSQL, asked by a real psql.

mod gate;
mod psql;
mod server;
mod starttls;
mod unprivileged;

use gate::Gate;
use psql::{Query, refused};
use server::{Encryption, Server};
use wasm_test::certificate::Authority;

/// What the database itself says of its connection.
const OWN_CONNECTION: &str = "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()";

#[test]
fn nothing_but_tls_passes() {
    let authority = Authority::new();
    let server = Server::start(&Encryption::Required(authority.issue(&["localhost"])), "tls");
    let gate = Gate::open(&server, &authority.pem(), "tls");
    let through = Query::at(gate.port()).option("channel_binding=disable");

    let passed = through.clone().option("sslmode=require sslnegotiation=direct").ask(OWN_CONNECTION);
    assert_eq!(passed.as_deref(), Ok("t|TLSv1.3"));
    let verified = format!("sslmode=verify-full sslnegotiation=direct sslrootcert={}", gate.root().display());
    assert_eq!(through.clone().option(&verified).ask("select 6 * 7").as_deref(), Ok("42"));
    let connections = gate.stat("cluster.postgres.upstream_cx_total");
    assert_eq!(connections, 2, "one a query");

    refused(&through.clone().option("sslmode=disable"));
    refused(&through.clone().option("sslmode=prefer"));
    refused(&through.option("sslmode=require sslnegotiation=postgres"));
    assert_eq!(gate.stat("cluster.postgres.upstream_cx_total"), connections, "the database was asked");

    // The database would not have taken them either: it asks for TLS itself.
    refused(&Query::at(server.port()).option("sslmode=disable"));
}

/// The client's proof of the password is bound to the certificate that it saw, which is not the database's.
#[test]
fn a_proof_bound_to_the_certificate_of_envoy_is_refused() {
    let authority = Authority::new();
    let server = Server::start(&Encryption::Required(authority.issue(&["localhost"])), "binding");
    let gate = Gate::open(&server, &authority.pem(), "binding");
    let direct = Query::at(gate.port()).option("sslmode=require sslnegotiation=direct");
    let said = refused(&direct);
    assert!(said.contains("channel binding"), "{said}");
    assert_eq!(direct.option("channel_binding=disable").ask("select 1").as_deref(), Ok("1"));
}

#[test]
fn a_database_without_tls_is_refused() {
    let authority = Authority::new();
    let server = Server::start(&Encryption::Off, "clear");
    // It answers, in clear: it is TLS alone that it lacks.
    assert_eq!(Query::at(server.port()).option("sslmode=disable").ask("select 1").as_deref(), Ok("1"));
    let gate = Gate::open(&server, &authority.pem(), "clear");
    refused(&Query::at(gate.port()).option("sslmode=require sslnegotiation=direct channel_binding=disable"));
    assert!(gate.stat("cluster.postgres.upstream_cx_connect_fail") > 0, "Envoy did not try");
    assert_eq!(gate.stat("cluster.postgres.ssl.handshake"), 0);
}

#[test]
fn another_database_is_refused() {
    let (known, unknown) = (Authority::new(), Authority::new());
    let forged = Server::start(&Encryption::Required(unknown.issue(&["localhost"])), "forged");
    let gate = Gate::open(&forged, &known.pem(), "forged");
    refused(&Query::at(gate.port()).option("sslmode=require sslnegotiation=direct channel_binding=disable"));
    assert!(gate.stat("cluster.postgres.ssl.fail_verify_error") > 0, "it was believed");
}
