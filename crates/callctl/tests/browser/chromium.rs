//! A browser that the test controls through a pipe, with the Chrome DevTools Protocol.

#![allow(dead_code, reason = "the benchmark uses a part of it")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::debian;

/// Chromium with one page open.
pub(crate) struct Browser {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Value,
    asked: u64,
    has_loaded: bool,
    /// Errors of the page and of its policy, as the console shows them.
    complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

/// How a page is seen.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_dark: bool,
}

pub(crate) const WIDE: Look = Look { width: 1440, height: 900, is_dark: false };
pub(crate) const DARK: Look = Look { is_dark: true, ..WIDE };
pub(crate) const NARROW: Look = Look { width: 400, height: 860, is_dark: false };

/// Time after which something that the page must show is missing, in milliseconds.
const PATIENCE: u32 = 60_000;

impl Browser {
    /// Starts Chromium; `None` if the tests with a browser are skipped.
    pub(crate) fn start() -> Option<Self> {
        if std::env::var_os("SKIP_BROWSER").is_some_and(|skip| skip == "1") {
            eprintln!("skipped: SKIP_BROWSER=1 is set, so no browser is tested");
            return None;
        }
        debian::ensure(&["chromium", "--version"], "chromium");
        let profile = tempfile::tempdir().unwrap();
        // Chromium reads commands from file descriptor 3 and answers on 4.
        const START: &str = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run \
                             --disable-background-networking --disable-component-update --disable-sync --remote-debugging-pipe \
                             --user-data-dir=\"$PROFILE\" 3<&0 4>&1 1>/dev/null 2>/dev/null";
        let mut shell = Command::new("sh");
        shell.args(["-c", START]).env("PROFILE", profile.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = shell.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut browser = Self {
            process,
            input,
            output,
            session: Value::Null,
            asked: 0,
            has_loaded: false,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.ask("Target.attachToTarget", &attach)["sessionId"].take();
        for domain in ["Runtime.enable", "Log.enable", "Page.enable"] {
            browser.ask(domain, &json!({}));
        }
        browser.look(WIDE);
        Some(browser)
    }

    /// Gives the API token to each page of a sidecar.
    pub(crate) fn give_token(&mut self, token: &str) {
        let token = json!(token);
        self.before_each_page(&format!("if (location.origin !== 'null') sessionStorage.setItem('secret', {token})"));
    }

    /// Runs a script in each page before its own scripts.
    pub(crate) fn before_each_page(&mut self, script: &str) {
        self.ask("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
    }

    /// Opens a page.
    pub(crate) fn open(&mut self, url: &str) {
        // Only a change after `#` would not load the page again.
        for url in ["about:blank", url] {
            self.has_loaded = false;
            self.ask("Page.navigate", &json!({ "url": url }));
            while !self.has_loaded {
                let event = self.read();
                self.note(&event);
            }
        }
    }

    /// Opens a file.
    pub(crate) fn open_file(&mut self, file: &Path, view: &str) {
        self.open(&format!("file://{}{view}", file.display()));
    }

    /// Changes the size of the window and the preferred colours.
    pub(crate) fn look(&mut self, Look { width, height, is_dark }: Look) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if is_dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.ask("Emulation.setEmulatedMedia", &media);
    }

    /// Runs a script in the page, waits for its promise, and returns its value.
    #[track_caller]
    pub(crate) fn run(&mut self, script: &str) -> Value {
        let question = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.ask("Runtime.evaluate", &question);
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true in the page.
    #[track_caller]
    pub(crate) fn until(&mut self, expression: &str) {
        let script = format!(
            "new Promise((done) => {{
                const look = (left) => {{
                    let is_true = false;
                    try {{ is_true = Boolean({expression}); }} catch {{}}
                    if (is_true || left <= 0) done(is_true); else setTimeout(look, 20, left - 20);
                }};
                look({PATIENCE});
            }})"
        );
        if self.run(&script) != true {
            let text = self.run("document.body.innerText.slice(0, 2000)");
            panic!("it is never true that {expression}; the page shows {text}; {:?}", self.complaints);
        }
    }

    /// Returns the text of the first element for a selector.
    #[track_caller]
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let script = format!("document.querySelector({})?.innerText ?? ''", json!(selector));
        self.run(&script).as_str().unwrap_or_default().to_owned()
    }

    /// Clicks at the first element for a selector.
    #[track_caller]
    pub(crate) fn click(&mut self, selector: &str) {
        self.run(&format!("document.querySelector({}).click()", json!(selector)));
    }

    /// Presses a key, as a person does.
    pub(crate) fn press(&mut self, key: &str) {
        let is_text = key.chars().count() == 1 || key == "Enter";
        let text = if key == "Enter" { "\r" } else { key };
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "ArrowDown" => 40,
            "ArrowUp" => 38,
            _ => 0,
        };
        let mut down = json!({ "type": if is_text { "keyDown" } else { "rawKeyDown" }, "key": key, "windowsVirtualKeyCode": code });
        if is_text {
            down["text"] = text.into();
        }
        self.ask("Input.dispatchKeyEvent", &down);
        self.ask("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code }));
    }

    /// Writes a picture of what can be seen to `target/screenshots`.
    pub(crate) fn screenshot(&mut self, name: &str) {
        let picture = self.ask("Page.captureScreenshot", &json!({ "format": "png" }));
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// Checks that the page neither failed nor violated its policy, except for what contains one of some texts.
    #[track_caller]
    pub(crate) fn assert_clean(&mut self, except: &[&str]) {
        self.run("0"); // Everything that was said before is read.
        let expected = |complaint: &&String| !except.iter().any(|text| complaint.contains(text));
        let complaints: Vec<_> = self.complaints.iter().filter(expected).collect();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let mut question = json!({ "id": self.asked, "method": method, "params": params });
        if self.session.is_string() {
            question["sessionId"] = self.session.clone();
        }
        write!(self.input, "{question}\0").unwrap();
        loop {
            let mut answer = self.read();
            if answer["id"] == self.asked {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.note(&answer);
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        assert!(self.output.read_until(0, &mut message).unwrap() > 0, "the browser ended");
        serde_json::from_slice(&message[..message.len() - 1]).unwrap()
    }

    /// Notes an event: the page has loaded, or it complains.
    fn note(&mut self, event: &Value) {
        self.has_loaded |= event["method"] == "Page.loadEventFired";
        let (method, params) = (&event["method"], &event["params"]);
        let is_complaint = method == "Runtime.exceptionThrown"
            || method == "Runtime.consoleAPICalled" && params["type"] == "error"
            || method == "Log.entryAdded" && params["entry"]["level"] == "error";
        if is_complaint {
            self.complaints.push(params.to_string());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
