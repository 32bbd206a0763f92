//! The HTML page, as a browser shows it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{at, bare, debian, replay};

#[test]
fn a_browser_shows_calls_and_steps() {
    let mut log: Vec<_> = (0..12).map(|call| at("10:00:00", &format!("call{call:02}"), "establishing")).collect();
    log.push(at("10:00:05", "call00", "hold"));
    log.push(at("10:00:06", "<script>document.body.remove()</script>", "hold"));
    let page = replay(&["--format", "html"], log.join("\n"));
    assert_eq!((page.status, page.stderr.as_str()), (0, ""));
    let directory = tempfile::tempdir().expect("there is room for a page");
    let file = directory.path().join("page.html");
    std::fs::write(&file, &page.stdout).expect("the page can be written");
    let dom = load(&file);
    assert_eq!(dom.matches(r#"<section class="call""#).count(), 13, "{dom}");
    // Three for `call00`, one for each of the other eleven, none for the last: a slash truncates its path.
    assert_eq!(dom.matches(r#"class="step"#).count(), 14, "{dom}");
    assert_eq!(dom.matches(r#"class="step inferred""#).count(), 1, "{dom}");
    assert_eq!(dom.matches("<script").count(), 0, "{dom}");
    assert!(dom.contains(r##"<a href="#c1s1""##) && dom.contains(r#"<tr id="c1s1">"#), "{dom}");
}

#[test]
fn the_page_loads_nothing_external() {
    let page = replay(&["--format", "html"], bare("a", "hold")).stdout;
    for elsewhere in ["http:", "https:", "src=", "<link", "<script", "@import", "url(h"] {
        assert!(!page.contains(elsewhere), "{elsewhere}\n{page}");
    }
}

/// Loads a page in Chromium, and returns the resulting document.
fn load(file: &Path) -> String {
    debian::ensure(&["chromium", "--version"], "chromium");
    let flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"];
    let url = format!("file://{}", file.display());
    let output = Command::new("chromium").args(flags).arg(url).stdin(Stdio::null()).output();
    let output = output.expect("chromium starts");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && !dom.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    dom
}
