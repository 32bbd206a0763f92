//! The page, as a browser shows it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{at, bare, replay};

#[test]
fn a_browser_shows_a_row_for_each_call_and_a_bar_for_each_step() {
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
    // Of `call00` three, of the eleven others one, of the last one nothing: its path is cut short by a slash.
    assert_eq!(dom.matches(r#"class="step"#).count(), 14, "{dom}");
    assert_eq!(dom.matches(r#"class="step inferred""#).count(), 1, "{dom}");
    assert_eq!(dom.matches("<script").count(), 0, "{dom}");
    assert!(dom.contains(r##"<a href="#c1s1""##) && dom.contains(r#"<tr id="c1s1">"#), "{dom}");
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = replay(&["--format", "html"], bare("a", "hold")).stdout;
    for elsewhere in ["http:", "https:", "src=", "<link", "<script", "@import", "url(h"] {
        assert!(!page.contains(elsewhere), "{elsewhere}\n{page}");
    }
}

/// Loads a page in Chromium, which is installed if it is missing, and returns what became of it.
fn load(file: &Path) -> String {
    let browse = || {
        let flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"];
        let url = format!("file://{}", file.display());
        Command::new("chromium").args(flags).arg(url).stdin(Stdio::null()).output()
    };
    let output = match browse() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            install_chromium();
            browse()
        }
        output => output,
    };
    let output = output.expect("chromium starts");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && !dom.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    dom
}

fn install_chromium() {
    let install = "apt-get update && apt-get install --yes --no-install-recommends chromium";
    let script = format!("if [ \"$(id -u)\" = 0 ]; then {install}; else sudo --non-interactive sh -c '{install}'; fi");
    let output = Command::new("sh").args(["-c", &script]).env("DEBIAN_FRONTEND", "noninteractive").output();
    let output = output.expect("a shell starts");
    assert!(
        output.status.success(),
        "install Debian's `chromium` to run this test: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
