//! Programs that the tests need and a bare machine lacks.

use std::process::Command;

/// Installs the Debian package of a program if the program is missing.
pub(crate) fn ensure(program: &str, package: &str) {
    if is_there(program) {
        return;
    }
    let install = format!("apt-get update && apt-get install --yes --no-install-recommends {package}");
    let script = format!("if [ \"$(id -u)\" = 0 ]; then {install}; else sudo --non-interactive sh -c '{install}'; fi");
    let output = Command::new("sh").args(["-c", &script]).env("DEBIAN_FRONTEND", "noninteractive").output();
    let output = output.expect("a shell starts");
    assert!(
        output.status.success(),
        "install Debian's `{package}` to run this test: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
