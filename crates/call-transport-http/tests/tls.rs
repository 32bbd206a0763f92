//! TLS: which certificates the client trusts. Only on Linux can a file determine the trusted authorities of a process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::env::var;
use std::process::Command;
use std::sync::Arc;

use call_msgraph::Request;
use call_transport::{SendError, Transport as _};
use call_transport_http::{FixedToken, HttpTransport, ServiceUrl, Timeouts};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate authority.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// Issues a certificate for a server name.
    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Starts a server that answers every request 200, and returns its address.
async fn served(acceptor: TlsAcceptor) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust this server closes the connection.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        }
    });
    format!("https://localhost:{port}/v1.0")
}

/// Sends a request from a separate process that trusts only this authority. Returns whether a response was received.
async fn is_believed(service: String, trusted: &Authority) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trusted.pem");
    std::fs::write(&file, &trusted.certificate).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "client"]).env("SERVICE", service).env("SSL_CERT_FILE", file);
    let output =
        tokio::task::spawn_blocking(move || command.env_remove("SSL_CERT_DIR").output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("1 passed") || text.contains("NOT SENT"), "{text}");
    output.status.success()
}

/// The body of the process that [`is_believed`] starts.
#[tokio::test]
#[ignore = "other tests start it, with an address and an authority to trust"]
async fn client() {
    let service = ServiceUrl::new(&var("SERVICE").unwrap()).unwrap();
    let transport = HttpTransport::new(service, Arc::new(FixedToken::new("any")), Timeouts::default()).unwrap();
    match transport.send(&Request::keep_alive("c1".into())).await {
        Ok(_) => {}
        Err(SendError::NotSent(error)) => panic!("NOT SENT {error:?}"),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_trusted_certificate_is_accepted() {
    let authority = Authority::new();
    assert!(is_believed(served(authority.acceptor("localhost")).await, &authority).await);
}

#[tokio::test]
async fn an_untrusted_certificate_prevents_sending() {
    let (authority, other) = (Authority::new(), Authority::new());
    assert!(!is_believed(served(other.acceptor("localhost")).await, &authority).await, "another authority");
    assert!(!is_believed(served(authority.acceptor("contoso.com")).await, &authority).await, "another name");
}
