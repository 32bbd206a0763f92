//! The files of a target as a tree of modules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The path of a module from the root, as names.
pub(crate) type ModulePath = Vec<String>;

/// The modules of a target that are files.
pub(crate) struct Tree {
    pub(crate) modules: BTreeMap<ModulePath, Module>,
}

pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// The code, without comments, string literals and the test module.
    pub(crate) code: String,
}

impl Tree {
    /// Reads a root file and all modules that are declared below it.
    pub(crate) fn read(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut tree = Self { modules: BTreeMap::new() };
        let folder = root.parent().unwrap_or(Path::new(""));
        tree.add(Vec::new(), root.to_owned(), folder, read);
        tree
    }

    fn add(&mut self, path: ModulePath, file: PathBuf, folder: &Path, read: &dyn Fn(&Path) -> Option<String>) {
        let code = bare(&read(&file).unwrap_or_else(|| panic!("{} can be read", file.display())));
        // A file that several targets share is not part of the tree.
        let is_shared = |line: &str| line.trim_start().starts_with("#[path");
        let lines: Vec<_> = code.lines().collect();
        let own = (0..lines.len()).filter(|at| *at == 0 || !is_shared(lines[at - 1]));
        let declared: Vec<String> = own.filter_map(|at| declared(lines[at])).map(str::to_owned).collect();
        self.modules.insert(path.clone(), Module { file, code });
        for name in declared {
            let own = folder.join(&name);
            let candidates = [folder.join(format!("{name}.rs")), own.join("mod.rs")];
            let file = candidates.into_iter().find(|file| read(file).is_some());
            let file = file.unwrap_or_else(|| panic!("the module {name} of {path:?} is a file"));
            self.add([path.clone(), vec![name]].concat(), file, &own, read);
        }
    }
}

/// Returns the name of the module that a line declares as a separate file.
fn declared(line: &str) -> Option<&str> {
    let (visibility, name) = line.trim().strip_suffix(';')?.split_once("mod ")?;
    if !visibility.is_empty() && !visibility.starts_with("pub") {
        return None;
    }
    name.chars().all(|letter| letter.is_alphanumeric() || letter == '_').then_some(name)
}

/// Returns code without comments and string literals, up to the test module.
fn bare(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut bare = String::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' => raw_text(rest).unwrap_or(0),
            '"' => quoted(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if skipped > 0 {
            rest = &rest[skipped..];
        } else {
            bare.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    bare
}

/// Returns the length of a raw string literal, or `None` if there is none.
fn raw_text(code: &str) -> Option<usize> {
    let hashes = code[1..].bytes().take_while(|byte| *byte == b'#').count();
    let begin = 1 + hashes;
    let end = format!("\"{}", "#".repeat(hashes));
    code[begin..].strip_prefix('"')?.find(&end).map(|at| begin + 1 + at + end.len())
}

fn quoted(code: &str) -> usize {
    let mut is_escaped = false;
    let end = code.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        ends
    });
    end.map_or(code.len(), |(at, _)| at + 1)
}

/// Returns the length of a character literal, or 0 for a lifetime.
fn character(code: &str) -> usize {
    let mut letters = code.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => code.char_indices().skip(3).find(|(_, letter)| *letter == '\'').map_or(0, |(at, _)| at + 1),
        Some(_) => letters.next().filter(|(_, letter)| *letter == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}
