//! Replays a part of the corpus.

use std::fs;
use std::path::Path;

/// Passes each file of a target to a function that panics if a promise is broken.
pub(crate) fn each_of(corpus: &str, target: &str, check: fn(&[u8])) {
    let corpus = Path::new(corpus).join(target);
    let files = fs::read_dir(&corpus).expect("there is a corpus");
    let mut files: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        println!("{}", file.display());
        check(&fs::read(file).expect("it can be read"));
    }
}
