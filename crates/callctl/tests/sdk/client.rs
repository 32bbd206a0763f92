//! The emulator, as a client sees it that this project did not write: Microsoft's `msgraph-sdk` for Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Emulator, debian};

/// Version of the client. Another version may have other names.
const VERSION: &str = "1.65.0";

/// Runs a command, and panics with its output if it fails.
fn run(command: &mut Command) {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Returns the Python of a folder that has the client. The folder is kept between runs.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let folder = target.join("msgraph-sdk");
    let (python, installed) = (folder.join("bin/python"), folder.join(VERSION));
    if !installed.exists() {
        debian::ensure(&["python3", "-c", "import venv, ensurepip"], "python3-venv");
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"];
        run(Command::new(&python).args(pip).arg(format!("msgraph-sdk=={VERSION}")));
        std::fs::write(&installed, "").expect("the folder is ours");
    }
    python
}

#[test]
fn microsofts_client_finds_what_the_reference_describes() {
    let python = python();
    let emulator = Emulator::start(&["--seed", "7", "--speed", "25"]);
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/client.py");
    run(Command::new(python).arg(client).arg(&emulator.url));
}
