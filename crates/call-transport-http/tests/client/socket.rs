//! A socket that sends any bytes, HTTP or not.

use std::sync::{Arc, Mutex};

use call_transport_http::ServiceUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The reaction of the socket to a request.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Sends these bytes and keeps the connection open.
    Says(String),
    /// Sends these bytes and closes the connection.
    SaysAndHangsUp(String),
    /// Sends nothing.
    Nothing,
}

/// A socket that reacts to each request in turn. The last reaction repeats.
pub(crate) struct Socket {
    pub(crate) address: std::net::SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    requests: Vec<String>,
    connections: usize,
    script: Vec<Does>,
}

impl Socket {
    pub(crate) async fn that(script: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { script, ..State::default() }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> ServiceUrl {
        ServiceUrl::new(&format!("http://{}/v1.0", self.address)).unwrap()
    }

    /// Returns the received requests, with head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

/// Formats a response with a body.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> Does {
    Does::Says(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()))
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    while let Some(request) = read(&mut stream).await {
        let does = {
            let mut state = state.lock().unwrap();
            state.requests.push(request);
            if state.script.len() > 1 { state.script.remove(0) } else { state.script[0].clone() }
        };
        match does {
            Does::Says(text) => stream.write_all(text.as_bytes()).await.unwrap(),
            Does::SaysAndHangsUp(text) => {
                stream.write_all(text.as_bytes()).await.unwrap();
                return;
            }
            Does::Nothing => std::future::pending().await,
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        if stream.read_buf(&mut received).await.ok()? == 0 {
            return None;
        }
    }
}
