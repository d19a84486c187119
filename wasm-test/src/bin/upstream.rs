//! `upstream ADDRESS` is the API of the Compose file: it answers with what it saw, and keeps none of it. With
//! `--recorder ADDRESS` it keeps all, tells it there and answers as it is told to.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use wasm_test::upstream::{Upstream, serve_record};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let addresses = match arguments.as_slice() {
        [address] => address.parse().map(|address| (address, None)),
        [address, "--recorder", recorder] => {
            address.parse().and_then(|address| Ok((address, Some(recorder.parse()?))))
        }
        _ => {
            eprintln!("usage: upstream ADDRESS [--recorder ADDRESS]");
            return ExitCode::from(2);
        }
    };
    let served = match addresses {
        Ok((address, recorder)) => serve(address, recorder).await,
        Err(error) => Err(std::io::Error::other(error)),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("upstream: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until it is told to end, which the first process of a container must listen for itself.
async fn serve(address: SocketAddr, recorder: Option<SocketAddr>) -> std::io::Result<()> {
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let ended = async {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    };
    match recorder {
        None => {
            let _upstream = Upstream::start_forgetful_at(address).await?;
            ended.await;
        }
        Some(recorder) => {
            let listener = TcpListener::bind(recorder).await?;
            let upstream = Arc::new(Upstream::start_at(address).await?);
            tokio::select! {
                () = ended => {}
                () = serve_record(upstream, listener) => {}
            }
        }
    }
    Ok(())
}
