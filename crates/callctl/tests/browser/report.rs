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
