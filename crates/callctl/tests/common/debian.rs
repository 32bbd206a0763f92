//! Programs that the tests need and a bare machine lacks.

use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Two installations at a time would wait for the same lock, and fail.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Installs a Debian package if a command fails that needs it.
pub(crate) fn ensure(command: &[&str], package: &str) {
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if succeeds(command) {
        return;
    }
    let install = format!("apt-get update && apt-get install --yes --no-install-recommends {package}");
    let script = format!("if [ \"$(id -u)\" = 0 ]; then {install}; else sudo --non-interactive sh -c '{install}'; fi");
    let output = Command::new("sh").args(["-c", &script]).env("DEBIAN_FRONTEND", "noninteractive").output();
    let output = output.expect("a shell starts");
    assert!(
        output.status.success(),
        "install Debian's `{package}` to run this test (SKIP_BROWSER=1 skips the tests with a browser): {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn succeeds(command: &[&str]) -> bool {
    Command::new(command[0]).args(&command[1..]).output().is_ok_and(|output| output.status.success())
}
