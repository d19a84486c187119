//! Control planes: the manifests that are shipped for them, and the real programs that make Envoy's configuration of
//! these.
//!
//! The shipped manifests are edited only where one machine differs from a cluster, one value at a time, and every edit
//! is printed. On whatever Envoy is then configured so, the same steps are played: [`steps`].

#[cfg(feature = "tls")]
mod envoy_gateway;
mod filter;
mod istioctl;
mod manifest;
mod module_server;
mod secrets;
mod steps;

#[cfg(feature = "tls")]
pub use envoy_gateway::EnvoyGateway;
pub use filter::{BehindTlsProxy, set_stage};
pub use istioctl::Istioctl;
pub use manifest::Manifest;
pub use module_server::ModuleServer;
pub use secrets::{environment, fixed_key};
pub use steps::{Held, Named, differences, preflight, steps};
