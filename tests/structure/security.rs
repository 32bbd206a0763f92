//! The page on security and the attack suite name the same tests.

use std::collections::BTreeSet;
use std::path::Path;

use crate::list;

#[test]
fn each_attack_of_the_page_has_a_test() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(workspace.join("docs/security.md")).expect("the page exists");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains("::"));
    let named: BTreeSet<_> = rows
        .map(|row| row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default().trim_matches('`').to_owned())
        .collect();
    let mut there = BTreeSet::new();
    for file in list(&workspace.join("tests/hostile")) {
        let source = std::fs::read_to_string(&file).expect("a source file");
        let module = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        let mut lines = source.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                let signature = lines.by_ref().find(|line| line.contains("fn ")).unwrap_or_default();
                let name = signature.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
                there.insert(format!("{module}::{name}"));
            }
        }
    }
    assert!(there.len() > 25, "{there:?}");
    assert_eq!(named, there);
}
