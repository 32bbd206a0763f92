//! The texts of the project: each module says what it is for, and no text uses a phrase that readers must decode.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::list;

/// Phrases that have a plain equivalent, as `docs/contributing.md` says. In lower case.
const RIDDLES: [&str; 10] = [
    "at the most",
    "whoever",
    "told of",
    "let go of",
    "lets go of",
    "so long at",
    "so many at",
    "made anew",
    "come again",
    "could not be had",
];

#[test]
fn every_source_file_states_its_purpose() {
    let sources = files(&["crates", "tests"], &["rs"])
        .into_iter()
        .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "src"));
    let silent: Vec<_> = sources.filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "the first line is no module documentation: {silent:?}");
}

#[test]
fn no_text_contains_a_riddle() {
    let texts =
        files(&["crates", "tests", "docs", "README.md"], &["rs", "md", "py", "toml", "json", "html", "js", "txt"]);
    assert!(texts.len() > 350, "{} files were read", texts.len());
    let own = Path::new("structure").join("texts.rs");
    let mut found = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| !path.ends_with(&own)) {
        found.extend(text.lines().zip(1..).filter_map(|(line, number)| {
            let riddle = riddle(line)?;
            Some(format!("{}:{number}: {riddle}", path.display()))
        }));
    }
    assert!(found.is_empty(), "use a plain phrase:\n{}", found.join("\n"));
}

#[test]
fn a_riddle_is_found_in_any_case() {
    assert_eq!(riddle("Whoever asks is told of it."), Some("whoever"));
    assert_eq!(riddle("It may become available again."), None);
}

/// Returns the first riddle of a line that is not a part of a longer word.
fn riddle(line: &str) -> Option<&'static str> {
    let line = line.to_lowercase();
    let is_word = |at: usize, phrase: &str| {
        let (before, after) = (&line[..at], &line[at + phrase.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    };
    RIDDLES.into_iter().find(|phrase| line.match_indices(phrase).any(|(at, _)| is_word(at, phrase)))
}

/// Reads the files below some folders that have one of the extensions.
fn files(folders: &[&str], extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut left: Vec<_> = folders.iter().map(|folder| workspace.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() && path.file_name() != Some(OsStr::new("target")) {
            left.extend(list(&path));
        } else if extensions.iter().any(|extension| path.extension() == Some(OsStr::new(extension))) {
            found.push((path.clone(), std::fs::read_to_string(&path).expect("the file is text")));
        }
    }
    found.sort();
    found
}

#[test]
fn the_first_examples_are_programs_that_run() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |file: &str| std::fs::read_to_string(workspace.join(file)).expect("a document");
    for (page, fence, program) in [
        ("README.md", "```rust\n", "crates/call-engine/examples/menu.rs"),
        ("docs/guides/sidecar.md", "```python\n", "docs/guides/menu.py"),
    ] {
        let (page, program) = (read(page), read(program));
        let example = page.split_once(fence).and_then(|(_, rest)| rest.split_once("```")).expect("an example").0;
        assert!(example.lines().count() <= 40);
        // A part that is left out leaves an empty line.
        for part in example.trim().split("\n\n") {
            assert!(program.contains(part.trim()), "the program lacks\n{part}");
        }
    }
}
