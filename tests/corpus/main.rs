//! Replays the corpus of the fuzzer.

#![expect(clippy::print_stdout, reason = "should a check fail, the last file that was named is the one")]

use std::fs;
use std::path::Path;

use call_tests::fuzz;

#[test]
fn every_corpus_body_is_decoded_or_rejected() {
    each_of("body", fuzz::body);
}

#[test]
fn every_corpus_log_replays_alike_in_reverse() {
    each_of("log", fuzz::log);
}

#[test]
fn every_corpus_history_matches_brute_force() {
    each_of("history", fuzz::history);
}

#[test]
fn every_corpus_request_is_checked() {
    each_of("request", fuzz::request);
}

#[test]
fn every_corpus_connection_is_answered_or_closed() {
    each_of("webhook", fuzz::webhook);
}

#[test]
fn every_corpus_journal_is_opened_or_refused() {
    each_of("journal", fuzz::journal);
}

fn each_of(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = fs::read_dir(&corpus).expect("there is a corpus");
    let mut files: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        println!("{}", file.display());
        check(&fs::read(file).expect("it can be read"));
    }
}
