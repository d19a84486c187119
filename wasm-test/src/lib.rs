//! The proof: plays requests against the built module, on an emulated host and in a real Envoy.
//!
//! A [`scenario::Scenario`] is data: a plugin configuration, requests, and for each what the client and the upstream
//! must see. One set of them ([`scenarios`]) is played on every backend, so a claim is made once and shown wherever the
//! module runs:
//!
//! | backend | what is real | what it can do that others cannot |
//! |---|---|---|
//! | [`emulated`] | the module | move the clock, run many VMs over one shared data, lose a compare-and-swap on purpose |
//! | [`envoy`] | the module, Envoy 1.40.0 or 1.36.4, sockets | everything between two sockets |
//!
//! [`upstream`] records what came through; [`client`] sends what a polite library would refuse to send.
//! [`workload`] is what cost is measured by. [`browser`] shows the admin page as an operator sees it. [`rendered`] makes
//! configurations of shipped templates, and `certificate` what they need to speak TLS. [`planes`] has the shipped manifests
//! taken by the control planes they are for.

pub mod browser;
#[cfg(feature = "tls")]
pub mod certificate;
pub mod child;
pub mod client;
#[cfg(feature = "emulated")]
pub mod emulated;
pub mod envoy;
pub mod fixture;
pub mod fleet;
pub mod message;
pub mod module;
pub mod paint;
pub mod planes;
pub mod protobuf;
pub mod rendered;
pub mod scenario;
pub mod scenarios;
pub mod tour;
pub mod upstream;
pub mod workload;
