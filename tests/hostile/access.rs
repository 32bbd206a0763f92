//! Who may use the API and the page.

use std::io::Read as _;
use std::process::Stdio;

use reqwest::Method;
use reqwest::header::HOST;

use crate::rig::{PUBLIC, Rig};
use crate::running::{callctl, serving};

/// A path of each kind, with its method and its status for an accepted request.
const PATHS: [(&str, &str, u16); 9] = [
    ("GET", "/", 200),
    ("GET", "/page/main.js", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/healthz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/v1/calls", 401),
    ("POST", "/v1/calls", 401),
    ("GET", "/v1/nothing", 401),
    ("DELETE", "/nothing", 404),
];

fn method(name: &str) -> Method {
    name.parse().unwrap()
}

#[tokio::test]
async fn a_generated_secret_guards_the_api() {
    let rig = Rig::start(&[]);
    let secret = rig.token();
    assert!(secret.len() == 64 && secret.bytes().all(|digit| digit.is_ascii_hexdigit()), "{secret}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(rig.token_file()), 0o600);
    }
    let calls = || rig.request(Method::GET, "/v1/calls");
    for wrong in ["", "x", &secret[1..], &format!("{secret}0"), &secret.to_uppercase().replace('0', "1")] {
        assert_eq!(rig.status(calls().bearer_auth(wrong)).await, 401, "{wrong}");
    }
    assert_eq!(rig.status(calls()).await, 401);
    assert_eq!(rig.status(rig.request(Method::GET, &format!("/v1/calls?api-token={secret}"))).await, 401);
    assert_eq!(rig.status(calls().basic_auth("any", Some(&secret))).await, 401);
    assert_eq!(rig.status(calls().bearer_auth(&secret)).await, 200);
    // It stays the same, so a bot that has read it can go on.
    let again = Rig::start_in(rig.stop(), &[]);
    assert_eq!(again.token(), secret);
    assert_eq!(again.status(again.request(Method::GET, "/v1/calls").bearer_auth(&secret)).await, 200);
}

#[test]
fn the_place_of_the_secret_is_printed() {
    let directory = tempfile::tempdir().unwrap();
    let mut started = callctl(&serving("http://127.0.0.1:9", PUBLIC, directory.path()));
    let mut process = started.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut said, mut out) = (String::new(), process.stdout.take().unwrap());
    while said.matches('\n').count() < 2 {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        said.push(byte[0].into());
    }
    process.kill().unwrap();
    let logged = String::from_utf8(process.wait_with_output().unwrap().stderr).unwrap();
    let file = directory.path().join("api-token");
    assert!(said.ends_with(&format!("the API token is in {}\n", file.display())), "{said}");
    let secret = std::fs::read_to_string(file).unwrap();
    assert!(!said.contains(secret.trim()) && !logged.contains(secret.trim()), "{said}{logged}");
}

#[tokio::test]
async fn a_foreign_host_reaches_nothing() {
    let rig = Rig::start(&["--open-api"]);
    let hosts = [
        "evil.com",
        "127.0.0.1.nip.io",
        "localhost.evil.com:80",
        "evil.com:8080",
        "10.0.0.1",
        "@127.0.0.1",
        "",
        "\u{e9}.com",
    ];
    for host in hosts {
        for (name, path, _) in PATHS {
            assert_eq!(rig.status(rig.request(method(name), path).header(HOST, host)).await, 421, "{host} {path}");
        }
        let post = rig.request(Method::POST, "/callback").header(HOST, host).json(&serde_json::json!({ "value": [] }));
        assert_eq!(rig.status(post).await, 421, "{host}");
    }
    for host in ["localhost:1", "127.0.0.1", "[::1]:80", "LOCALHOST"] {
        assert_eq!(rig.status(rig.request(Method::GET, "/v1/calls").header(HOST, host)).await, 200, "{host}");
    }
}

#[tokio::test]
async fn the_public_name_serves_the_webhook_only() {
    let post = |rig: &Rig, host: &str| {
        rig.request(Method::POST, "/callback").header(HOST, host).json(&serde_json::json!({ "value": [] }))
    };
    let rig = Rig::start(&[]);
    for host in ["bot.contoso.com", "BOT.contoso.com:443", "bot.contoso.com."] {
        for (name, path, _) in PATHS {
            let request = rig.request(method(name), path).header(HOST, host).bearer_auth(rig.token());
            assert_eq!(rig.status(request).await, 404, "{host} {path}");
        }
        for path in ["//v1/calls", "/callback/../v1/calls", "/CALLBACK", "/callbacks", "/callback/%2e%2e/v1/calls"] {
            let request = rig.request(Method::GET, path).header(HOST, host).bearer_auth(rig.token());
            assert!([404, 405].contains(&rig.status(request).await), "{host} {path}");
        }
        assert_eq!(rig.status(post(&rig, host)).await, 202, "{host}");
    }
    let named = Rig::start(&["--allow-host", "sidecar,bot.contoso.com"]);
    for host in ["sidecar:8080", "bot.contoso.com", "127.0.0.1"] {
        for (name, path, status) in PATHS {
            assert_eq!(
                named.status(named.request(method(name), path).header(HOST, host)).await,
                status,
                "{host} {path}"
            );
        }
        assert_eq!(named.status(post(&named, host)).await, 202, "{host}");
    }
}

#[tokio::test]
async fn each_response_restricts_the_browser() {
    let rig = Rig::start(&[]);
    let responses =
        PATHS.iter().chain(&[("OPTIONS", "/v1/calls", 401), ("POST", "/callback", 415), ("GET", "/callback", 405)]);
    for &(name, path, status) in responses {
        let request = rig.request(method(name), path).header("Origin", "https://evil.com");
        let request = request.header("Access-Control-Request-Method", "POST");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{name} {path}");
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
        assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{path}: {headers:?}");
    }
}

#[tokio::test]
async fn an_insecure_webhook_requires_json() {
    let rig = Rig::start(&[]);
    let post = |kind: Option<&str>| {
        let request = rig.request(Method::POST, "/callback").body(r#"{"value": []}"#);
        if let Some(kind) = kind { request.header("Content-Type", kind) } else { request }
    };
    // What a page of another site can send without the consent of the sidecar, or without a type at all.
    for kind in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data"), Some("")]
    {
        assert_eq!(rig.status(post(kind)).await, 415, "{kind:?}");
    }
    assert_eq!(rig.status(post(Some("application/json; charset=utf-8"))).await, 202);
}
