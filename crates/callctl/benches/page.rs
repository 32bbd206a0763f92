//! The live page in Chromium with 10,000 calls and 100 updates per second: `cargo bench --package callctl --bench page`.
//!
//! Prints the time until all calls are shown, the times of its frames meanwhile, and its memory.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark says what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

#[path = "../tests/browser/chromium.rs"]
mod chromium;
#[path = "../tests/common/debian.rs"]
mod debian;
#[path = "../tests/common/running.rs"]
mod running;
#[path = "../tests/browser/sidecar.rs"]
mod sidecar;

use chromium::Browser;
use serde_json::json;
use sidecar::{Sidecar, of_call};

const CALLS: usize = 10_000;
const ROUNDS: usize = 100;
/// Updates in a round of 100 ms.
const AT_ONCE: usize = 10;

fn main() {
    let sidecar = Sidecar::start();
    let states = ["establishing", "ringing", "established"];
    for first in (0..CALLS).step_by(100) {
        let report = |number: usize| of_call(&format!("call{number:05}"), json!({ "state": states[number % 3] }));
        sidecar.post((first..first + 100).map(report).collect());
    }
    let Some(mut browser) = Browser::start() else { return };
    browser.give_token(sidecar::TOKEN);
    browser.open(&sidecar.url("/"));
    browser.until(&format!("page.isReady && page.calls.size === {CALLS} && (window.shownAt ??= performance.now())"));
    let loaded = browser.run("shownAt");
    browser.run(
        "window.frames = [];
         let last = performance.now();
         const frame = (now) => { frames.push(now - last); last = now; requestAnimationFrame(frame); };
         requestAnimationFrame(frame);
         window.scrolling = setInterval(() => { grid.scrollTop += 140; }, 16);",
    );
    for round in 0..ROUNDS {
        let changed = (0..AT_ONCE).map(|one| (round * 97 + one * 1_009) % CALLS);
        let report = |number: usize| of_call(&format!("call{number:05}"), json!({ "state": "established" }));
        sidecar.post(changed.map(report).collect());
        browser.run("new Promise((done) => setTimeout(done, 100))");
    }
    let measured = browser.run(
        "clearInterval(scrolling);
         const at = (all, share) => [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * share)];
         [at(frames, 0.5), at(frames, 0.99), performance.memory.usedJSHeapSize / 1e6,
          document.querySelectorAll('*').length]",
    );
    let figure = |place: usize| measured[place].as_f64().unwrap_or_default();
    println!("{CALLS} calls, {} updates in {} s while the list scrolls", ROUNDS * AT_ONCE, ROUNDS / 10);
    println!("  all calls shown after     {:8.0} ms", loaded.as_f64().unwrap_or_default());
    println!("  a frame, median           {:8.1} ms", figure(0));
    println!("  a frame, 99th percentile  {:8.1} ms", figure(1));
    println!("  memory of the scripts     {:8.1} MB", figure(2));
    println!("  elements of the document  {:8.0}", figure(3));
}
