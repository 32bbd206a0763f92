//! A browser that is told what to do over a pipe, by the protocol of its developer tools.

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
        debian::ensure("chromium", "chromium");
        // It reads what it is told from the third of its files, and answers by the fourth.
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

    /// Returns what the page is by now.
    pub(crate) fn dom(&mut self) -> String {
        let expression = json!({ "expression": "document.documentElement?.outerHTML ?? ''" });
        self.ask("Runtime.evaluate", &expression)["result"]["value"].as_str().unwrap_or_default().to_owned()
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
            // Everything else is what happens meanwhile.
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
