//! A server that withstands whoever connects.

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

/// The limits of a server.
#[derive(Debug, Clone, Copy)]
pub struct ServerSettings {
    /// How many connections are open at once; others wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub head_within: Duration,
    /// How long the head of a request may be, in bytes, at least 8 KiB.
    pub longest_head: usize,
    /// How many headers a request may have.
    pub headers: usize,
    /// How long requests that are under way may take when the server stops.
    pub stop_within: Duration,
}

impl Default for ServerSettings {
    /// 10,000 connections, 10 s for a head of at most 32 KiB and 100 headers, 10 s to stop.
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_within: Duration::from_secs(10),
            longest_head: 32 << 10,
            headers: 100,
            stop_within: Duration::from_secs(10),
        }
    }
}

/// Serves an application over HTTP/1.1, until it is told to stop and what is under way has ended.
///
/// For whoever has no server of their own; TLS is for a proxy before it. Who sends no whole head in time is hung up on, and a
/// head that is too long or has too many headers is answered 431. A client can use its connection again after each response,
/// even one to a request that the application did not read to the end, unless the response says `Connection: close`.
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
        .header_read_timeout(settings.head_within)
        .max_buf_size(settings.longest_head.max(8 << 10))
        .max_headers(settings.headers);
    let room = Arc::new(Semaphore::new(settings.connections.max(1)));
    let graceful = GracefulShutdown::new();
    let accept = async {
        loop {
            let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Of a connection that is gone already, or for want of file descriptors: a pause lets some be closed.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            // Answers are small, and somebody waits for each.
            drop(stream.set_nodelay(true));
            let connection =
                graceful.watch(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app.clone())));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection broke");
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
    if timeout(settings.stop_within, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped, though not everything that was under way has ended");
    }
}
