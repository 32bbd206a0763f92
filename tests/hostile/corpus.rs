//! Replays the corpus of the fuzz targets that attack the sidecar.

use std::fs;
use std::path::Path;

#[test]
fn no_corpus_settings_show_a_secret() {
    each_of("settings", callctl::fuzz::settings);
}

#[test]
fn every_corpus_reader_of_events_resumes() {
    each_of("events", callctl::fuzz::events);
}

fn each_of(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = fs::read_dir(&corpus).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        println!("{}", file.display());
        check(&fs::read(file).unwrap());
    }
}
