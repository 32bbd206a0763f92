//! The emulator, as a client sees it that this project did not write: Microsoft's `msgraph-sdk` for Python.

#[path = "common/debian.rs"]
mod debian;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Version of the client. Another version may have other names.
const VERSION: &str = "1.65.0";

/// A running emulator.
struct Emulator(Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

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
    let mut program = Command::new(env!("CARGO_BIN_EXE_callctl"));
    program.args(["emulate", "--listen", "127.0.0.1:0", "--seed", "7", "--speed", "25"]);
    let mut emulator = Emulator(program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
    let mut line = String::new();
    let stdout = emulator.0.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
    let url = line.trim().strip_prefix("listening on ").expect("it is ready").to_owned();
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/client.py");
    run(Command::new(python).arg(client).arg(url));
}
