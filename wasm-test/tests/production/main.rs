//! `envoy/production`, rendered by the real command and run by real Envoys: what a client may do there, and may not.

mod cors;
mod file;
mod gate;
mod hello;
mod hops;
mod hsts;
mod limits;
mod reach;
mod secrets;
mod tls;
mod upstream;
