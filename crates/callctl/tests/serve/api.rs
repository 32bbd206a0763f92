use std::io::Read as _;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::listed::{as_replayed, calls, replayed, requests};
use crate::running::{Running, callctl, client, free_address, serving, serving_on};

/// A service, and a sidecar that uses it.
pub(crate) struct Rig {
    pub(crate) service: Running,
    sidecar: Running,
    pub(crate) client: Client,
    directory: TempDir,
    token: Option<&'static str>,
}

impl Rig {
    pub(crate) fn start(more: &[&str]) -> Self {
        let service = Running::start(callctl(&["emulate", "--listen", "127.0.0.1:0", "--seed", "17", "--speed", "25"]));
        let directory = tempfile::tempdir().unwrap();
        let free = free_address();
        let (service_url, public) = (format!("{}/v1.0", service.url), format!("http://{free}"));
        let mut arguments = serving_on(&free, &service_url, &public, directory.path());
        arguments.extend(more);
        if !more.contains(&"--api-token") {
            arguments.push("--open-api");
        }
        let sidecar = Running::start(callctl(&arguments));
        let client = client();
        Self { service, sidecar, client, directory, token: None }
    }

    /// A sidecar with an API token, which requests present.
    pub(crate) fn trusted() -> Self {
        Self { token: Some("open sesame"), ..Self::start(&["--api-token", "open sesame"]) }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.url(path));
        if let Some(token) = self.token { request.bearer_auth(token) } else { request }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sidecar.url)
    }

    pub(crate) async fn create(&self) -> Value {
        let created = self.request(Method::POST, "/v1/calls").json(&requests()[0]).send().await.unwrap();
        assert_eq!(created.status(), 201);
        let location = created.headers()["location"].to_str().unwrap().to_owned();
        let call: Value = created.json().await.unwrap();
        assert_eq!(location, format!("/v1/calls/{}", call["id"].as_str().unwrap()));
        call
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }
}

/// A reader of the event stream.
pub(crate) struct Events {
    response: Response,
    text: String,
}

impl Events {
    pub(crate) async fn of(rig: &Rig, path: &str, received: Option<&str>) -> Self {
        let mut request = rig.client.get(rig.url(path)).timeout(Duration::from_secs(60));
        if let Some(received) = received {
            request = request.header("Last-Event-ID", received);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// Returns the data of the next event with a name.
    pub(crate) async fn named(&mut self, name: &str) -> Value {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name| event.lines().find_map(|line| line.strip_prefix(name));
                let data = (field("event: ") == Some(name)).then(|| field("data: ").unwrap().parse().unwrap());
                self.text = rest.to_owned();
                if let Some(data) = data {
                    return data;
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap().unwrap();
            self.text += str::from_utf8(&chunk).unwrap();
        }
    }

    /// Returns the next event with its id, or `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name| event.lines().find_map(|line| line.strip_prefix(name));
                let event = field("id: ").map(|id| (id.to_owned(), field("data: ").unwrap().parse().unwrap()));
                self.text = rest.to_owned();
                let Some(event) = event else { continue };
                return Some(event);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text += str::from_utf8(&chunk).unwrap();
        }
    }
}

#[tokio::test]
async fn a_call_is_created_followed_and_hung_up() {
    let rig = Rig::start(&[]);
    let id = rig.create().await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/calls/{id}");
    let mut events = Events::of(&rig, &format!("{path}/events"), None).await;
    let mut last = events.next().await.unwrap();
    while last.1["state"] != "established" && last.1["state"] != "terminated" {
        last = events.next().await.unwrap();
    }
    let shown = rig.get(&path).await.text().await.unwrap();
    assert_eq!(calls(&rig.client, &rig.sidecar.url).await, [shown], "a call is listed as it is shown");
    let hung_up = rig.client.delete(rig.url(&path)).send().await.unwrap();
    assert_eq!(hung_up.status(), 204);
    while last.1["state"] != "terminated" {
        last = events.next().await.unwrap();
    }
    let before = rig.get(&path).await.text().await.unwrap();
    assert_eq!(rig.sidecar.terminate(), Some(0));
    let after: Vec<_> = replayed(rig.directory.path()).1.iter().map(|call| as_replayed(call)).collect();
    assert_eq!(after, [as_replayed(&before)], "its journal says the same");
    drop(rig.service);
}

#[tokio::test]
async fn a_reconnected_reader_receives_missed_events_once() {
    let rig = Rig::start(&[]);
    let id = rig.create().await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/calls/{id}/events");
    let mut events = Events::of(&rig, &path, None).await;
    let (first, _) = events.next().await.unwrap();
    let (second, _) = events.next().await.unwrap();
    assert_ne!(first, second);
    drop(events);
    let (missed, _) = Events::of(&rig, &path, Some(&first)).await.next().await.unwrap();
    assert_ne!(missed, first, "a missed event is sent at once");
    rig.client.delete(rig.url(&format!("/v1/calls/{id}"))).send().await.unwrap();
    let mut events = Events::of(&rig, &path, None).await;
    let mut received = Vec::new();
    loop {
        let (id, call) = events.next().await.unwrap();
        received.push(id);
        if call["state"] == "terminated" {
            break;
        }
    }
    let mut again = Events::of(&rig, &path, received.last().map(String::as_str)).await;
    // Some events may still follow the end of a call. Each must be new.
    while let Ok(Some((id, call))) = tokio::time::timeout(Duration::from_millis(500), again.next()).await {
        assert!(!received.contains(&id), "sent twice: {call}");
        received.push(id);
    }
}

#[tokio::test]
async fn an_incoming_call_is_reported_and_answered() {
    let rig = Rig::start(&[]);
    let mut events = Events::of(&rig, "/v1/events", None).await;
    let ring = json!({ "callbackUri": rig.url("/callback") });
    let rung = rig.client.post(format!("{}/emulator/incoming", rig.service.url)).json(&ring).send().await.unwrap();
    assert!(rung.status().is_success());
    let (_, mut call) = events.next().await.unwrap();
    assert_eq!((&call["state"], &call["direction"]), (&json!("incoming"), &json!("incoming")));
    let id = call["id"].as_str().unwrap().to_owned();
    let answer = json!({
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" }, "acceptedModalities": ["audio"],
    });
    let answered = rig.client.post(rig.url(&format!("/v1/calls/{id}/answer"))).json(&answer).send().await.unwrap();
    assert_eq!(answered.status(), 200, "{}", answered.text().await.unwrap());
    while call["state"] != "established" {
        call = events.next().await.unwrap().1;
    }
}

#[tokio::test]
async fn problems_state_cause_and_retry() {
    let rig = Rig::start(&[]);
    let post = async |path: &str, kind: &str, body: &str| {
        let request = rig.client.post(rig.url(path)).header("content-type", kind).body(body.to_owned());
        problem(request.send().await.unwrap()).await
    };
    const JSON: &str = "application/json; charset=utf-8";
    assert_eq!(post("/v1/calls", JSON, "{").await, (400, "invalid JSON".into(), false));
    assert_eq!(post("/v1/calls", "text/plain", "{}").await, (415, "the body is not JSON".into(), false));
    assert_eq!(post("/v1/calls", JSON, "{}").await, (422, "invalid request".into(), false));
    assert_eq!(post("/v1/calls", JSON, "[7]").await, (422, "invalid request".into(), false));
    assert_eq!(post("/v1/calls/no-such-call/mute", JSON, "{}").await, (404, "call not found".into(), false));
    assert_eq!(post("/v1/calls/no-such-call/..%2Fmute", JSON, "{}").await, (404, "operation not found".into(), false));
    assert_eq!(
        post("/v1/calls/no-such-call/raw/..%2Fmute", JSON, "{}").await,
        (404, "invalid operation path".into(), false)
    );
    assert_eq!(problem(rig.get("/v1/calls/no-such-call").await).await, (404, "call not found".into(), false));
    assert_eq!(problem(rig.get("/v1/calls/no-such-call/events").await).await, (404, "call not found".into(), false));
    assert_eq!(problem(rig.get("/v1/nothing").await).await, (404, "path not found".into(), false));
    assert_eq!(problem(rig.get("/v1/calls?limit=many").await).await, (400, "invalid query".into(), false));
    let long = format!("\"{}\"", "x".repeat(3 << 20));
    assert_eq!(post("/v1/calls", JSON, &long).await, (413, "cannot read the body".into(), false));
    let put = rig.client.put(rig.url("/v1/calls")).send().await.unwrap();
    assert_eq!(problem(put).await, (405, "method not allowed".into(), false));

    let Rig { service, sidecar, client, directory, .. } = rig;
    service.kill();
    let url = format!("{}/v1/calls", sidecar.url);
    let asked = client.post(url).json(&requests()[0]).timeout(Duration::from_secs(60)).send().await.unwrap();
    assert_eq!(problem(asked).await, (502, "the request was not sent".into(), true));
    drop(directory);
}

#[tokio::test]
async fn an_uncertain_create_is_reported_as_uncertain() {
    // A service that accepts a connection and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let service = format!("http://{}/v1.0", silent.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in silent.incoming() {
            drop(stream.unwrap().read(&mut [0; 4_096]));
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let sidecar = Running::start(callctl(
        &[&serving(&service, "http://127.0.0.1:9", directory.path())[..], &["--open-api"]].concat(),
    ));
    let client = client();
    let url = format!("{}/v1/calls", sidecar.url);
    let asked = client.post(url).json(&requests()[0]).timeout(Duration::from_secs(60)).send().await.unwrap();
    assert_eq!(asked.status(), 202);
    let body: Value = asked.json().await.unwrap();
    assert_eq!(body["state"], "uncertain", "{body}");
    assert_eq!(sidecar.terminate(), Some(0));
}

async fn problem(response: Response) -> (u16, String, bool) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{status}");
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["status"], status);
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    (status, problem["title"].as_str().unwrap().to_owned(), problem["retry"] == true)
}

#[tokio::test]
async fn the_api_requires_the_secret() {
    let rig = Rig::start(&["--api-token", "open sesame"]);
    let show = async |secret: Option<&str>| {
        let request = rig.client.get(rig.url("/v1/calls"));
        let request = if let Some(secret) = secret { request.header("Authorization", secret) } else { request };
        let response = request.send().await.unwrap();
        assert_eq!(response.headers().contains_key("www-authenticate"), response.status() == 401);
        response.status().as_u16()
    };
    assert_eq!(show(None).await, 401);
    assert_eq!(show(Some("Bearer open")).await, 401);
    assert_eq!(show(Some("Basic open sesame")).await, 401);
    assert_eq!(show(Some("bearer open sesame")).await, 200);
    for open in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(rig.get(open).await.status(), 200, "{open}");
    }
    let post = rig.client.post(rig.url("/callback")).json(&json!({ "value": [] })).send().await.unwrap();
    assert_eq!(post.status(), 202);
}

#[tokio::test]
async fn metrics_are_exported_for_prometheus() {
    let rig = Rig::start(&[]);
    rig.create().await;
    let metrics = rig.get("/metrics").await;
    assert_eq!(metrics.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let metrics = metrics.text().await.unwrap();
    let has = |line: &str| metrics.lines().any(|other| other == line);
    assert!(has("call_engine_calls 1") && has("# TYPE call_engine_deliveries_total counter"), "{metrics}");
    assert!(has("call_engine_requests_total{request=\"create\",outcome=\"done\"} 1"), "{metrics}");
    assert!(metrics.contains("call_engine_journal_seconds"), "{metrics}");
}

#[tokio::test]
async fn a_repeated_create_returns_the_same_call() {
    let rig = Rig::trusted();
    let mut create = requests()[0].clone();
    create["reference"] = "order 7".into();
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let created = rig.request(Method::POST, "/v1/calls").json(&create).send().await.unwrap();
        assert_eq!(created.status(), 201);
        let created: Value = created.json().await.unwrap();
        assert_eq!(created["reference"], "order 7");
        ids.insert(created["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 1, "{ids:?}");
    for reference in [json!(""), json!(7), json!("x".repeat(257))] {
        create["reference"] = reference;
        let refused = rig.request(Method::POST, "/v1/calls").json(&create).send().await.unwrap();
        assert_eq!(refused.status(), 422);
    }
    let id = ids.pop_first().unwrap();
    let lines = rig.get(&format!("/v1/calls/{id}/deliveries")).await;
    assert_eq!(lines.headers()["content-type"], "application/x-ndjson");
    let lines = lines.text().await.unwrap();
    let read = lines.lines().map(call_msgraph::Record::read).collect::<Result<Vec<_>, _>>().unwrap();
    assert!(matches!(&read[0], call_msgraph::Record::Intended { .. }), "the intent comes first: {lines}");
    assert_eq!(rig.get("/v1/calls/nothing/deliveries").await.status(), 404);
    assert_eq!(Rig::start(&[]).get(&format!("/v1/calls/{id}/deliveries")).await.status(), 403, "the lines are private");
}

#[tokio::test]
async fn masked_deliveries_show_no_names_and_replay() {
    let rig = Rig::trusted();
    let id = rig.create().await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/calls/{id}/deliveries");
    let (whole, masked) = (rig.get(&path).await, rig.get(&format!("{path}?masked=true")).await);
    let (whole, masked) = (whole.text().await.unwrap(), masked.text().await.unwrap());
    let user = requests()[0].pointer("/targets/0/identity/user/id").unwrap().as_str().unwrap().to_owned();
    assert!(whole.contains(&user) && !masked.contains(&user), "{masked}");
    let records = masked.lines().map(call_msgraph::Record::read).collect::<Result<Vec<_>, _>>().unwrap();
    assert!(records.len() >= 2, "an intent and a response: {masked}");
    let open = Rig::start(&[]);
    let id = open.create().await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/calls/{id}/deliveries");
    assert_eq!(open.get(&path).await.status(), 403, "the lines are private");
    assert_eq!(open.get(&format!("{path}?masked=true")).await.status(), 200);
}
