//! Replays the corpus of the fuzzer.

#![expect(clippy::print_stdout, reason = "should a check fail, the last file that was named is the one")]

mod replay;

use call_tests::fuzz;

use replay::each_of;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus");

#[test]
fn every_corpus_body_is_decoded_or_rejected() {
    each_of(CORPUS, "body", fuzz::body);
}

#[test]
fn every_corpus_log_replays_alike_in_reverse() {
    each_of(CORPUS, "log", fuzz::log);
}

#[test]
fn every_corpus_history_matches_brute_force() {
    each_of(CORPUS, "history", fuzz::history);
}

#[test]
fn every_corpus_request_is_checked() {
    each_of(CORPUS, "request", fuzz::request);
}

#[test]
fn every_corpus_connection_is_answered_or_closed() {
    each_of(CORPUS, "webhook", fuzz::webhook);
}

#[test]
fn every_corpus_journal_is_opened_or_refused() {
    each_of(CORPUS, "journal", fuzz::journal);
}
