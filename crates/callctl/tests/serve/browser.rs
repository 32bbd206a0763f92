//! A browser that the test controls through a pipe, with the Chrome DevTools Protocol.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::debian;

/// Chromium with one page open.
pub(crate) struct Browser {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Value,
    asked: u64,
}

impl Browser {
    /// Opens a page.
    pub(crate) fn open(url: &str) -> Self {
        debian::ensure(&["chromium", "--version"], "chromium");
        // Chromium reads commands from file descriptor 3 and answers on 4.
        const START: &str = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --remote-debugging-pipe \
                             3<&0 4>&1 1>/dev/null 2>/dev/null";
        let mut shell = Command::new("sh");
        let mut process = shell.args(["-c", START]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut browser = Self { process, input, output, session: Value::Null, asked: 0 };
        let target = browser.ask("Target.createTarget", &json!({ "url": url }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.ask("Target.attachToTarget", &attach)["sessionId"].take();
        browser
    }

    /// Returns the present document of the page.
    pub(crate) fn dom(&mut self) -> String {
        self.run("document.documentElement?.outerHTML ?? ''").as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page, and returns its value.
    pub(crate) fn run(&mut self, script: &str) -> Value {
        self.ask("Runtime.evaluate", &json!({ "expression": script }))["result"]["value"].take()
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let mut question = json!({ "id": self.asked, "method": method, "params": params });
        if self.session.is_string() {
            question["sessionId"] = self.session.clone();
        }
        write!(self.input, "{question}\0").unwrap();
        loop {
            let mut answer = Vec::new();
            assert!(self.output.read_until(0, &mut answer).unwrap() > 0, "the browser ended");
            let mut answer: Value = serde_json::from_slice(&answer[..answer.len() - 1]).unwrap();
            // All other messages are events.
            if answer["id"] == self.asked {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
