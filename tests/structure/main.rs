//! The structure of the code: files import downwards only. Also the form of its texts.

mod imports;
mod modules;
mod paths;
mod security;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use modules::Tree;

/// The imports of each file.
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

#[test]
fn no_workspace_file_is_in_an_import_cycle() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let roots = roots(&workspace);
    assert!(roots.len() > 20, "{roots:?}");
    let (mut files, mut cycles) = (0, Vec::new());
    for root in roots {
        let imports = imports::of(&Tree::read(&root, &|path| std::fs::read_to_string(path).ok()));
        files += imports.len();
        cycles.extend(cycle(&imports).map(|cycle| shown(&cycle, &workspace)));
    }
    assert!(files > 250, "{files} files were read");
    assert!(cycles.is_empty(), "import cycles:\n{}", cycles.join("\n"));
}

/// Returns the entries of a folder; none if it does not exist.
fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("a folder can be listed").path()).collect()
}

/// Returns the root file of each library, program and test target.
fn roots(workspace: &Path) -> Vec<PathBuf> {
    let mut packages = list(&workspace.join("crates"));
    packages.push(workspace.join("tests"));
    let mut roots = Vec::new();
    for package in packages {
        let folders = ["src", "tests", "examples", "benches", "."].map(|folder| package.join(folder));
        for folder in folders {
            roots.extend(["lib.rs", "main.rs"].map(|name| folder.join(name)));
            for target in list(&folder) {
                let is_target = !folder.ends_with("src") && target.extension().is_some_and(|is| is == "rs");
                roots.push(if is_target { target } else { target.join("main.rs") });
            }
        }
    }
    roots.retain(|root| root.is_file());
    roots.sort();
    roots.dedup();
    roots
}

/// Returns the files of an import cycle, or nothing if there is none.
fn cycle(imports: &Imports) -> Option<Vec<PathBuf>> {
    // Files without imports are removed repeatedly. Only cycles, and the files that lead to them, remain.
    let mut left = imports.clone();
    loop {
        let done: BTreeSet<_> = left.iter().filter(|(_, of)| of.is_empty()).map(|(file, _)| file.clone()).collect();
        if done.is_empty() {
            break;
        }
        left.retain(|file, _| !done.contains(file));
        left.values_mut().for_each(|of| of.retain(|file| !done.contains(file)));
    }
    let mut way = vec![left.keys().next()?.clone()];
    loop {
        let next = left.get(way.last()?)?.first()?.clone();
        if let Some(begin) = way.iter().position(|file| *file == next) {
            return Some(way.split_off(begin));
        }
        way.push(next);
    }
}

fn shown(cycle: &[PathBuf], workspace: &Path) -> String {
    let names = cycle.iter().chain(cycle.first());
    let names = names.map(|file| file.strip_prefix(workspace).unwrap_or(file).display().to_string());
    names.collect::<Vec<_>>().join(" -> ")
}

/// Finds an import cycle among files that are given by name and text.
fn check(files: &[(&str, &str)], expected: Option<&str>) {
    let read = |path: &Path| {
        let (_, text) = files.iter().find(|(name, _)| Path::new(name) == path)?;
        Some((*text).to_owned())
    };
    let imports = imports::of(&Tree::read(Path::new("lib.rs"), &read));
    assert_eq!(imports.len(), files.len(), "{imports:?}");
    assert_eq!(cycle(&imports).map(|cycle| shown(&cycle, Path::new(""))).as_deref(), expected);
}

#[test]
fn the_documents_name_only_existing_files() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |page: &str| std::fs::read_to_string(workspace.join("docs").join(page)).expect("the page is there");
    let pages = [read("architecture.md"), read("contributing.md")].concat();
    assert!(pages.matches(".rs`").count() > 20);
    assert_eq!(paths::missing(&pages, &workspace), [""; 0]);
    assert_eq!(paths::missing("`no/such.rs` and `crates/call-core`", &workspace), ["no/such.rs"]);
}

#[test]
fn an_import_cycle_names_its_files() {
    check(
        &[
            ("lib.rs", "mod a;\nmod b;\npub use a::A;"),
            ("a.rs", "use crate::b::B;\npub struct A(B);"),
            ("b.rs", "use super::a::A;"),
        ],
        Some("a.rs -> b.rs -> a.rs"),
    );
}

#[test]
fn a_cycle_through_a_reexport_is_found() {
    check(
        &[
            ("lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::{self, B};"),
            ("a.rs", "pub struct A;"),
            ("b.rs", "use crate::{\n    A,\n};\npub struct B(A);"),
        ],
        Some("b.rs -> lib.rs -> b.rs"),
    );
    check(
        &[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod x;\nmod y;\npub(crate) use x::X;"),
            ("a/x.rs", "pub struct X;"),
            ("a/y.rs", "fn y() -> super::X { todo() }"),
        ],
        None,
    );
    check(
        &[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod x;\npub(crate) use x::X;\npub fn f() {}"),
            ("a/x.rs", "pub struct X;\nfn x() { crate::a::f() }"),
        ],
        Some("a/mod.rs -> a/x.rs -> a/mod.rs"),
    );
}

#[test]
fn comments_strings_and_tests_import_nothing() {
    check(
        &[
            ("lib.rs", "mod a;\nmod b;\nuse b::B;"),
            ("a.rs", "//! use crate::b::B;\n/* use crate::b::B; */\nconst A: &str = \"use crate::b::B;\";"),
            (
                "b.rs",
                "use crate::a::A;\npub struct B;\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use crate::B;\n}",
            ),
        ],
        None,
    );
}
