//! Addresses, plain http, and misspelt query parameters.

use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{Rig, create};
use crate::running::{Running, callctl, client, free_address};

/// Checks settings, and returns the exit status and what was said.
fn check(more: &[&str]) -> (Option<i32>, String) {
    let enough = [
        "serve",
        "--check-config",
        "--offline",
        "--journal",
        "/no/such/journal",
        "--access-token",
        "t0ken",
        "--app-id",
        "bot",
    ];
    let checked = callctl(&[&enough[..], more].concat()).output().unwrap();
    (checked.status.code(), String::from_utf8([checked.stdout, checked.stderr].concat()).unwrap())
}

#[test]
fn plain_http_must_be_allowed() {
    let public = ["--public-url", "https://bot.contoso.com"];
    for (flag, url) in [
        ("--service-url", "http://graph.contoso.com/v1.0"),
        ("--service-url", "http://10.0.0.7:8080/v1.0"),
        ("--webhook-openid-url", "http://emulator:8080/openid"),
        ("--public-url", "http://sidecar:8081"),
    ] {
        let public = if flag == "--public-url" { &[][..] } else { &public };
        let settings = [public, &[flag, url]].concat();
        let (status, said) = check(&settings);
        assert_eq!(status, Some(2), "{flag} {url}: {said}");
        assert!(said.contains(&format!("{flag}: ")) && said.contains("--allow-plain-http"), "{said}");
        assert_eq!(check(&[&settings[..], &["--allow-plain-http"]].concat()).0, Some(0), "{flag} {url}");
    }
    let secret = ["--tenant-id", "t", "--client-id", "c", "--client-secret", "s3cr3t"];
    let authority = [&public[..], &secret, &["--authority-url", "http://login.contoso.com"]].concat();
    let without_token: Vec<_> =
        ["serve", "--check-config", "--offline", "--journal", "/j"].iter().chain(&authority).copied().collect();
    assert_eq!(callctl(&without_token).output().unwrap().status.code(), Some(2));
    assert_eq!(
        callctl(&[&without_token[..], &["--allow-plain-http"]].concat()).output().unwrap().status.code(),
        Some(0)
    );
    for wrong in ["ftp://sidecar", "http://user:pass@sidecar/v1.0"] {
        assert_eq!(
            check(&[&public[..], &["--service-url", wrong, "--allow-plain-http"]].concat()).0,
            Some(2),
            "{wrong}"
        );
    }
}

#[test]
fn addresses_are_read_as_people_write_them() {
    let public = ["--public-url", "https://bot.contoso.com"];
    for right in ["localhost:8081", ":8080", "[::1]:0", "0.0.0.0:8081"] {
        assert_eq!(check(&[&public[..], &["--listen", right]].concat()).0, Some(0), "{right}");
    }
    for wrong in ["8080", "localhost", "http://localhost:8081"] {
        let (status, said) = check(&[&public[..], &["--listen", wrong]].concat());
        assert!(status == Some(2) && said.contains("expected an address and a port"), "{said}");
    }
    // `:port` and `localhost` are not reachable from other machines.
    let address = free_address();
    let port = address.rsplit_once(':').unwrap().1;
    for listen in [format!("localhost:{port}"), format!(":{port}")] {
        let emulator = Running::start(callctl(&["emulate", "--listen", &listen]));
        assert_eq!(emulator.url, format!("http://127.0.0.1:{port}"));
    }
    let default = |command: &str| {
        let help = String::from_utf8(callctl(&[command, "--help"]).output().unwrap().stdout).unwrap();
        help.split("[default: 127.0.0.1:").nth(1).unwrap()[..4].to_owned()
    };
    assert_ne!(default("serve"), default("emulate"), "both can run on one machine without a flag");
}

#[tokio::test]
async fn misspelt_parameters_are_refused() {
    let rig = Rig::start(&["--open-api"]);
    let post =
        rig.request(Method::POST, "/callback").json(&json!({ "value": [{ "resourceUrl": "/communications/calls/c1",
        "resourceData": { "@odata.type": "#microsoft.graph.call", "state": "established" } }] }));
    assert_eq!(rig.status(post).await, 202);
    for (method, path) in [
        ("GET", "/v1/calls?limt=3"),
        ("GET", "/v1/calls?limit=3&state=x"),
        ("GET", "/v1/calls?limit=many"),
        ("POST", "/v1/calls?reference=r"),
        ("GET", "/v1/calls/c1?full=true"),
        ("DELETE", "/v1/calls/c1?wait=1s&wiat=1s"),
        ("GET", "/v1/calls/c1/events?mask=true"),
        ("GET", "/v1/calls/c1/deliveries?limit=1"),
        ("GET", "/v1/events?since=x&masked=true"),
        ("POST", "/v1/calls/c1/keepAlive?lats=3s"),
        ("POST", "/v1/joins/j1?x=1"),
    ] {
        let request = rig.request(method.parse().unwrap(), path);
        let request = if method == "POST" { request.json(&json!({})) } else { request };
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 400, "{method} {path}");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["title"], "invalid query", "{method} {path}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn plain_http_works_where_it_is_allowed() {
    // On Linux, 0.0.0.0 leads to this machine, and is no address of loopback: it stands for the name of a container.
    let named = |url: &str| url.replace("127.0.0.1", "0.0.0.0");
    let emulator = callctl(&["emulate", "--listen", "127.0.0.1:0", "--allow-plain-http", "--speed", "25"]);
    let (emulator, address, directory) = (Running::start(emulator), free_address(), tempfile::tempdir().unwrap());
    let (service, public) = (named(&format!("{}/v1.0", emulator.url)), named(&format!("http://{address}")));
    let openid = named(&format!("{}/v1/.well-known/openidconfiguration", emulator.url));
    let mut command = callctl(&["serve", "--listen", &address, "--public-url", &public, "--service-url", &service]);
    command.args(["--journal", directory.path().to_str().unwrap(), "--access-token", "any-token"]);
    command.args(["--webhook-openid-url", &openid, "--app-id", "emulated-bot", "--allow-plain-http", "--open-api"]);
    let (sidecar, client) = (Running::start(command), client());
    let body = create();
    let created = client.post(format!("{}/v1/calls", sidecar.url)).json(&body).send().await.unwrap();
    assert_eq!(created.status(), 201, "{:?}", created.text().await);
    let id = created.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    // A signed notification arrives.
    loop {
        let call: Value =
            client.get(format!("{}/v1/calls/{id}", sidecar.url)).send().await.unwrap().json().await.unwrap();
        if call["state"] == "established" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let played = client.post(format!("{}/v1/calls/{id}/playPrompt", sidecar.url));
    let played = played.json(&json!({ "prompts": [{ "mediaInfo": { "uri": "https://cdn.contoso.com/a.wav" } }] }));
    assert_eq!(played.send().await.unwrap().status(), 200);
}
