//! The report of `replay --format html`.

use std::path::PathBuf;
use std::process::Stdio;

use tempfile::TempDir;

use crate::axe::assert_usable;
use crate::chromium::{Browser, DARK, NARROW, WIDE};
use crate::running::callctl;

/// A report in a file.
pub(crate) struct Report {
    pub(crate) file: PathBuf,
    pub(crate) html: String,
    _directory: TempDir,
}

impl Report {
    /// Writes the report of a log.
    pub(crate) fn of(log: &str, more: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (input, file) = (directory.path().join("log.jsonl"), directory.path().join("report.html"));
        std::fs::write(&input, log).unwrap();
        let mut command = callctl(&[&["replay", "--format", "html", input.to_str().unwrap()], more].concat());
        let output = command.stderr(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let html = String::from_utf8(output.stdout).unwrap();
        std::fs::write(&file, &html).unwrap();
        Self { file, html, _directory: directory }
    }
}

/// The example of the README.
const EXAMPLE: &str = include_str!("../../../../docs/examples/out-of-order.jsonl");

#[test]
fn the_report_shows_what_arrived_and_happened() {
    let report = Report::of(EXAMPLE, &[]);
    let Some(mut browser) = Browser::start() else { return };
    browser.open_file(&report.file, "#call=57dab8b1-894c-409a-b240-bd8beae78896");
    browser.until("document.querySelectorAll('.picture .step').length === 6");
    assert_eq!(browser.run("document.querySelectorAll('.row').length"), 2);
    assert_eq!(browser.run("document.querySelectorAll('.picture .step.inferred').length"), 1);
    for (name, look) in [("report", WIDE), ("report-dark", DARK), ("report-narrow", NARROW)] {
        browser.look(look);
        browser.screenshot(name);
        assert_usable(&mut browser, name);
        assert_eq!(browser.run("document.documentElement.scrollWidth > innerWidth"), false, "{name} scrolls sideways");
    }
    browser.assert_clean(&[]);
}

#[test]
fn the_report_loads_nothing_external() {
    let report = Report::of(EXAMPLE, &[]);
    for elsewhere in ["https:", "src=", "<link", "@import", "url(", "fetch("] {
        assert!(!report.html.contains(elsewhere), "{elsewhere}");
    }
    assert!(report.html.contains("default-src 'none'"), "its policy forbids it");
}

/// A line of a log: a state of a call at a second of a day.
fn line(second: usize, call: &str, resource: &str) -> String {
    let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
    format!(
        r#"{{"receivedAt":"2026-03-01T{hours:02}:{minutes:02}:{seconds:02}Z","body":{{"resourceUrl":"/communications/calls/{call}","resourceData":{resource}}}}}"#
    )
}

#[test]
fn odd_calls_do_not_break_the_report() {
    let state = |state: &str| format!(r#"{{"state":"{state}"}}"#);
    let mut log: Vec<_> = (0..5_000).map(|n| line(n * 10, "long", &state(["established", "hold"][n % 2]))).collect();
    log.push(line(1, "silent", r#"{"callChainId":"c"}"#));
    log.push(line(2, "unknown", &state("levitating")));
    log.push(line(50, "back", &state("established")));
    log.push(r#"{"receivedAt":"2026-03-01T00:00:20Z","sentAt":"2026-03-01T00:00:10Z","kind":"snapshot","callId":"back","body":{"id":"back","state":"establishing"}}"#.to_owned());
    let name = "Ａnna Ζωή 山田 أحمد 🎉";
    log.push(line(3, "names", &format!(r#"{{"state":"incoming","direction":"incoming","source":{{"identity":{{"user":{{"displayName":"{name}"}}}}}}}}"#)));
    log.push("not a log".to_owned());
    log.extend(
        ["establishing", "established"]
            .map(|word| format!(r#"{{"resourceUrl":"/communications/calls/bare","resourceData":{}}}"#, state(word))),
    );
    let report = Report::of(&log.join("\n"), &["--show-private"]);
    let Some(mut browser) = Browser::start() else { return };
    browser.open_file(&report.file, "#call=long");
    browser.until("document.querySelectorAll('.picture .arrival').length === 50");
    browser.until("document.querySelector('.picture').textContent.includes('4950 deliveries left out')");
    browser.until("document.querySelectorAll('.row').length === 6");
    for call in ["silent", "unknown", "back", "bare", "names"] {
        browser.run(&format!("page.go({{ call: '{call}' }})"));
        browser.until(&format!("document.querySelector('#call .id code').textContent === '{call}'"));
        assert_eq!(browser.run("call.scrollWidth > call.clientWidth"), false, "{call}");
    }
    assert!(browser.text("#call dl").contains(&format!("user {name}")), "names of every script are shown");
    assert!(browser.text("#summary").contains("1 rejected part"), "what was rejected is counted");
    browser.run("page.go({ call: null, find: '山田' })");
    browser.until("document.querySelectorAll('.row').length === 1");
    browser.assert_clean(&[]);
}

#[test]
fn a_log_without_calls_has_a_report() {
    let report = Report::of("", &[]);
    let Some(mut browser) = Browser::start() else { return };
    browser.open_file(&report.file, "");
    browser.until("document.body.innerText.includes('The log contains no calls.')");
    browser.assert_clean(&[]);
}

#[test]
fn a_report_contains_masked_deliveries() {
    let report = Report::of(EXAMPLE, &[]);
    let Some(mut browser) = Browser::start() else { return };
    browser.open_file(&report.file, "#call=2f1a1100-b174-40a0-aba7-0b405e01ed92");
    browser.until("document.querySelector('.arrival')");
    browser.run("document.querySelector('.arrival').dispatchEvent(new MouseEvent('click'))");
    browser
        .until("document.querySelector('details.line[open] pre').textContent.includes('\"state\": \"established\"')");
    let lines = browser.run("page.source.text(page.calls.get('2f1a1100-b174-40a0-aba7-0b405e01ed92'))");
    assert!(
        lines.as_str().unwrap().contains("***") && !lines.as_str().unwrap().contains("displayName\":\"Calling"),
        "{lines}"
    );
    let json = browser.run("page.source.json(page.calls.get('2f1a1100-b174-40a0-aba7-0b405e01ed92'))");
    let call: serde_json::Value = serde_json::from_str(json.as_str().unwrap()).unwrap();
    assert!(call.get("page").is_none() && call["timeline"].is_array(), "it is the JSON of `replay`: {call}");
    browser.assert_clean(&[]);
}

#[test]
fn a_large_report_is_small_and_complete() {
    let call = |number: usize| format!("{number:08x}-0000-4000-8000-000000000000");
    let ended = r#"{"state":"terminated","resultInfo":{"code":603,"subcode":0}}"#;
    let states = [r#"{"state":"establishing"}"#, r#"{"state":"ringing"}"#, r#"{"state":"established"}"#, ended];
    let log: Vec<_> = (0..40_000).map(|n| line(n / 4 + n % 4 * 2, &call(n / 4), states[n % 4])).collect();
    let log = log.join("\n");
    let report = Report::of(&log, &[]);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("log.jsonl");
    std::fs::write(&file, log).unwrap();
    let json = callctl(&["replay", "--format", "json", file.to_str().unwrap()]).output().unwrap().stdout;
    assert!(report.html.len() < 3 * json.len(), "{} bytes of HTML for {} of JSON", report.html.len(), json.len());
    let Some(mut browser) = Browser::start() else { return };
    browser.open_file(&report.file, "");
    browser.until(
        "page.calls.size === 10000 && document.querySelector('.row .result').textContent === 'The callee declined'",
    );
    let rows = browser.run("document.querySelectorAll('.row').length").as_u64().unwrap();
    assert!(rows < 60, "only rows that can be seen are in the document: {rows}");
    browser.assert_clean(&[]);
}
