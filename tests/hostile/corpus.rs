//! Replays the corpus of the fuzz targets that attack the sidecar.

use crate::replay::each_of;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");

#[test]
fn no_corpus_settings_show_a_secret() {
    each_of(CORPUS, "settings", callctl::fuzz::settings);
}

#[test]
fn every_corpus_reader_of_events_resumes() {
    each_of(CORPUS, "events", callctl::fuzz::events);
}

#[test]
fn every_corpus_log_has_a_harmless_page() {
    each_of(CORPUS, "page", callctl::fuzz::page);
}
