//! The address of a server, and the signals that stop it.

use std::io;
use std::net::SocketAddr;

use call_engine::call_transport::BoxError;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit;

/// Listens on an address.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, BoxError> {
    TcpListener::bind(address).await.map_err(|error| {
        const REMEDIES: [(io::ErrorKind, &str); 3] = [
            (io::ErrorKind::AddrInUse, "stop the program that uses it, or choose another address with --listen"),
            (io::ErrorKind::PermissionDenied, "choose a port from 1024 on with --listen, or grant the permission"),
            (io::ErrorKind::AddrNotAvailable, "choose an address of this machine with --listen"),
        ];
        let known = REMEDIES.into_iter().find(|(kind, _)| *kind == error.kind());
        let remedy = known.map_or("choose another address with --listen", |(_, remedy)| remedy);
        format!("cannot listen on {address}: {error}; {remedy}").into()
    })
}

/// SIGTERM or Ctrl-C. The first one stops the server, and a second one ends the process at once.
pub(crate) struct StopSignal {
    #[cfg(unix)]
    terminated: Signal,
}

impl StopSignal {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminated: signal(SignalKind::terminate())?,
        })
    }

    /// Completes when the server must stop.
    pub(crate) async fn received(mut self) {
        self.next().await;
        tracing::info!("stopping; a second signal ends the process at once");
        tokio::spawn(async move {
            self.next().await;
            tracing::warn!("ended by a second signal; everything that was acknowledged is in the journal");
            std::process::exit(exit::KILLED.into());
        });
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminated.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
