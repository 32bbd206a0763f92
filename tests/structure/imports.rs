//! The imports between the files of a target.

use std::collections::BTreeSet;

use crate::Imports;
use crate::modules::{ModulePath, Tree};

/// Returns the files that each file of a target imports from, through `use` lines and paths in its code.
pub(crate) fn of(tree: &Tree) -> Imports {
    let imports = tree.modules.iter().map(|(path, module)| {
        let mut names = BTreeSet::new();
        for item in module.code.split(';') {
            if let Some(imported) = imported(item) {
                expand(&[], imported, &mut names);
            }
        }
        let paths =
            names.iter().filter_map(|name| absolute(tree, path, name)).chain(qualified(tree, path, &module.code));
        let files = paths.map(|name| file_of(tree, &name)).filter(|file| *file != module.file);
        (module.file.clone(), files.collect())
    });
    imports.collect()
}

/// Returns the imports of a `use` line at the end of a piece of code.
fn imported(code: &str) -> Option<&str> {
    let at = code.rfind("use ")?;
    let is_word = !code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    let tree = code[at + 4..].trim();
    (is_word && !tree.contains(['(', '=', '.'])).then_some(tree)
}

/// Lists the names in an import tree, as segments.
fn expand(before: &[String], tree: &str, names: &mut BTreeSet<Vec<String>>) {
    let segments = |text: &str| -> Vec<String> {
        let text = text.split(" as ").next().unwrap_or_default();
        text.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
    };
    let Some((head, list)) = tree.split_once('{') else {
        names.insert([before, &segments(tree)].concat());
        return;
    };
    let before = [before, &segments(head)].concat();
    let list = list.rsplit_once('}').map_or(list, |(list, _)| list);
    let (mut depth, mut begin) = (0, 0);
    for (at, letter) in list.char_indices().chain([(list.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !list[begin..at].trim().is_empty() {
                    expand(&before, &list[begin..at], names);
                }
                begin = at + 1;
            }
            _ => {}
        }
    }
}

/// Returns the paths in a piece of code that begin with `crate` or `super`, including `use` lines.
fn qualified(tree: &Tree, module: &ModulePath, code: &str) -> Vec<ModulePath> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let words = code.split(|letter: char| !is_part(letter)).filter(|word| word.contains("::"));
    let names = words.map(|word| word.split("::").map(str::to_owned).collect::<Vec<_>>());
    // A path that ends in `::` begins the list of a `use` line.
    let names = names.filter(|name| name.last().is_some_and(|last| !last.is_empty()));
    let local = names.filter(|name| matches!(name[0].as_str(), "crate" | "super"));
    local.filter_map(|name| absolute(tree, module, &name)).collect()
}

/// Resolves a name from the root of the target. Returns `None` for a name of another crate.
fn absolute(tree: &Tree, module: &ModulePath, name: &[String]) -> Option<ModulePath> {
    let mut base = module.clone();
    let mut rest = name;
    match name.first()?.as_str() {
        "crate" => (base, rest) = (Vec::new(), &name[1..]),
        "self" => rest = &name[1..],
        "super" => {
            while rest.first().is_some_and(|segment| segment == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        first => {
            let child = [module.clone(), vec![first.to_owned()]].concat();
            tree.modules.get(&child)?;
        }
    }
    Some([base, rest.to_vec()].concat())
}

/// Returns the file of the module that contains a name.
fn file_of(tree: &Tree, name: &ModulePath) -> std::path::PathBuf {
    let longest = (0..=name.len()).rev().find_map(|length| tree.modules.get(&name[..length]));
    longest.map(|module| module.file.clone()).unwrap_or_default()
}
