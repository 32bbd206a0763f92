//! An HTTP server with limits against slow and greedy clients.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::unread::read_to_the_end;

/// Limits of a server.
#[derive(Debug, Clone, Copy)]
pub struct ServerSettings {
    /// Maximum number of open connections. Further ones wait to be accepted. Default: 10,000.
    pub max_connections: usize,
    /// Time within which the head of a request must be received, and after which an idle connection is closed. Default: 10 s.
    pub head_timeout: Duration,
    /// Maximum size of the head of a request, in bytes, at least 8 KiB. Default: 32 KiB.
    pub max_head_bytes: usize,
    /// Maximum number of headers of a request. Default: 100.
    pub max_headers: usize,
    /// Maximum time that a shutdown waits for requests in flight. Default: 10 s.
    pub shutdown_within: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            head_timeout: Duration::from_secs(10),
            max_head_bytes: 32 << 10,
            max_headers: 100,
            shutdown_within: Duration::from_secs(10),
        }
    }
}

/// Serves an application over HTTP/1.1 until `stop` completes and the requests in flight are finished.
///
/// Put a proxy in front of it for TLS. The server closes a connection that does not send a complete head in time, and responds 431 to
/// a head that is too large. A client can reuse its connection after each response, even if the application did not read the request
/// to the end, unless the response says `Connection: close`.
///
/// ```no_run
/// # async fn run(app: axum::Router) -> std::io::Result<()> {
/// use call_transport_http::{ServerSettings, serve};
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// serve(listener, app, ServerSettings::default(), std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
pub async fn serve(listener: TcpListener, app: Router, settings: ServerSettings, stop: impl Future<Output = ()>) {
    let app = app.layer(middleware::from_fn(read_to_the_end));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout)
        .max_buf_size(settings.max_head_bytes.max(8 << 10))
        .max_headers(settings.max_headers);
    let room = Arc::new(Semaphore::new(settings.max_connections.max(1)));
    let graceful = GracefulShutdown::new();
    let accept = async {
        loop {
            let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // The connection is already closed, or there are no file descriptors left. A pause lets other connections close.
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            // Responses are small, and a client waits for each.
            drop(stream.set_nodelay(true));
            let connection =
                graceful.watch(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app.clone())));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "connection failed");
                }
                drop(permit);
            });
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    if timeout(settings.shutdown_within, graceful.shutdown()).await.is_err() {
        tracing::warn!("server stopped with requests in flight");
    }
}
