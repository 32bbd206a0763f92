//! What `axe-core` finds: faults of the page for people who cannot see it well, or use a keyboard only.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::json;

use crate::chromium::Browser;
use crate::debian;

/// The version of the rules. A newer one can find more.
const VERSION: &str = "4.14.1";

/// The source of `axe-core`, from the npm registry.
static SOURCE: LazyLock<String> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/axe").join(VERSION);
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        debian::ensure(&["npm", "--version"], "npm");
        fs::create_dir_all(&folder).unwrap();
        let package = format!("axe-core@{VERSION}");
        let flags = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"];
        let installed = Command::new("npm").args(flags).arg(&folder).arg(package).output().unwrap();
        assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    }
    fs::read_to_string(script).unwrap()
});

/// Checks that the page has no serious fault.
#[track_caller]
pub(crate) fn assert_usable(browser: &mut Browser, what: &str) {
    browser.run(&SOURCE);
    let found = browser.run(
        "axe.run().then(({ violations, passes }) => ({ passed: passes.length, violations: violations
            .filter((one) => ['serious', 'critical'].includes(one.impact))
            .map((one) => [one.id, one.help, one.nodes.slice(0, 5).map((node) => node.html + ' ' + node.failureSummary)]) }))",
    );
    assert!(found["passed"].as_u64() > Some(15), "{what}: it checked too little: {found}");
    assert_eq!(found["violations"], json!([]), "{what}");
}
