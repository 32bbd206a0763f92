//! The server under the webhook, against hostile connections.

use std::sync::Arc;
use std::time::Duration;

use call_transport::IntakeAnswer;
use call_transport_http::{Authentication, ServerSettings, Webhook, WebhookSettings, serve};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::recorder::Recorder;

struct Rig {
    address: std::net::SocketAddr,
    recorder: Arc<Recorder>,
    stop: oneshot::Sender<()>,
    stopped: tokio::task::JoinHandle<()>,
}

async fn rig(settings: ServerSettings) -> Rig {
    let recorder = Recorder::that_answers(IntakeAnswer::Accepted);
    let webhook = Webhook::new(Arc::clone(&recorder) as _, Authentication::None, WebhookSettings::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopping = async move { drop(stopped.await) };
    let stopped = tokio::spawn(serve(listener, webhook.router(), settings, stopping));
    Rig { address, recorder, stop, stopped }
}

/// Sends bytes, and returns everything that is received until the server closes the connection.
async fn said(rig: &Rig, bytes: &str) -> String {
    let mut stream = TcpStream::connect(rig.address).await.unwrap();
    // The server may close the connection before it has read everything.
    drop(stream.write_all(bytes.as_bytes()).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}

const POST: &str =
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn a_flood_of_headers_is_answered_431() {
    let rig = rig(ServerSettings::default()).await;
    let many = "a: b\r\n".repeat(1_000);
    let answer = said(&rig, &format!("POST / HTTP/1.1\r\n{many}content-length: 2\r\n\r\n{{}}")).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let long = format!("POST / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(1 << 20));
    let answer = said(&rig, &long).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(rig.recorder.posts().is_empty());
}

#[tokio::test]
async fn a_connection_without_http_is_closed() {
    let rig = rig(ServerSettings::default()).await;
    for bytes in ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let answer = said(&rig, bytes).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    assert!(said(&rig, POST).await.starts_with("HTTP/1.1 202 "));
}

#[tokio::test]
async fn two_content_lengths_are_refused() {
    let rig = rig(ServerSettings::default()).await;
    let smuggled = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\n{}";
    let answer = said(&rig, smuggled).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(rig.recorder.posts().is_empty());
}

/// Reads the head of one response, and its body if the head gives the length.
async fn response(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await.expect("the server closed the connection"));
    }
    let head = String::from_utf8(read).unwrap();
    assert!(head.contains("content-length: 0\r\n"), "{head}");
    head
}

#[tokio::test]
async fn a_refused_body_leaves_the_connection_usable() {
    let rig = rig(ServerSettings::default()).await;
    let mut stream = TcpStream::connect(rig.address).await.unwrap();
    let (mut reads, mut writes) = stream.split();
    // Far more than the socket buffers hold, so the client is still sending when the server refuses.
    let body = "x".repeat(6 << 20);
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (head, body) in [
        (format!("PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len()), body.as_str()),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
                .to_owned(),
            chunk.as_str(),
        ),
    ] {
        let send = async {
            writes.write_all(head.as_bytes()).await.unwrap();
            writes.write_all(body.as_bytes()).await.unwrap();
        };
        let ((), refused) = tokio::join!(send, response(&mut reads));
        assert!(refused.starts_with("HTTP/1.1 4") && !refused.contains("connection"), "{refused}");
    }
    writes.write_all(POST.as_bytes()).await.unwrap();
    assert!(response(&mut reads).await.starts_with("HTTP/1.1 202 "));
}

#[tokio::test]
async fn an_unread_body_announces_connection_close() {
    let rig = rig(ServerSettings::default()).await;
    let long = format!("content-length: {}", 1_u64 << 40);
    for rest in [long.as_str(), "expect: 100-continue\r\ncontent-length: 4000000"] {
        let answer = said(&rig, &format!("PUT / HTTP/1.1\r\nhost: a\r\n{rest}\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 405 ") && answer.contains("connection: close\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn idle_connections_do_not_block_deliveries() {
    // Both ends of each connection are open in this process.
    assert!(rlimit::increase_nofile_limit(10_000).unwrap() >= 10_000, "the system allows too few open files");
    let rig = rig(ServerSettings::default()).await;
    let mut idle = Vec::new();
    for number in 0..4_000 {
        let mut stream = TcpStream::connect(rig.address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(b"POST / HTTP/1.1\r\n").await.unwrap();
        }
        idle.push(stream);
    }
    assert!(said(&rig, POST).await.starts_with("HTTP/1.1 202 "));
}

#[tokio::test]
async fn silent_connections_time_out() {
    let settings =
        ServerSettings { max_connections: 10, head_timeout: Duration::from_millis(200), ..ServerSettings::default() };
    let rig = rig(settings).await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(rig.address).await.unwrap();
        stream.write_all(b"POST / HTTP/1.1\r\n").await.unwrap();
        idle.push(stream);
    }
    // The connection is accepted only after the server has closed the fifty before it.
    assert!(said(&rig, POST).await.starts_with("HTTP/1.1 202 "));
}

#[tokio::test]
async fn shutdown_finishes_requests_in_flight() {
    let rig = rig(ServerSettings::default()).await;
    let mut under_way = TcpStream::connect(rig.address).await.unwrap();
    under_way
        .write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n")
        .await
        .unwrap();
    let mut idle = TcpStream::connect(rig.address).await.unwrap();
    // The server has read the head once it has answered a later request.
    assert!(said(&rig, POST).await.starts_with("HTTP/1.1 202 "));
    rig.stop.send(()).unwrap();
    let mut nothing = Vec::new();
    assert_eq!(idle.read_to_end(&mut nothing).await.unwrap(), 0, "an idle connection is closed");
    under_way.write_all(b"{}").await.unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    rig.stopped.await.unwrap();
    assert!(TcpStream::connect(rig.address).await.is_err());
}
