//! Every scenario in this folder has the expected timeline in every order of ingestion. `call_tests::scenario` describes the
//! format. To add a scenario, add a file.

use std::fs;
use std::path::Path;

use call_tests::scenario::{Scenario, words_of};

#[test]
fn every_scenario_matches_its_expectation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(!files.is_empty());
    let failures: Vec<String> = files.iter().filter_map(|file| failure(file)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Returns the difference between a scenario and the actual result, which can be pasted into its file.
fn failure(file: &Path) -> Option<String> {
    let scenario = Scenario::read(&fs::read_to_string(file).expect("the file is text"));
    let count = scenario.deliveries.len();
    let forwards: Vec<usize> = (0..count).collect();
    let backwards: Vec<usize> = (0..count).rev().collect();
    let from_within: Vec<usize> = (0..count).map(|place| (place + count / 2) % count).collect();
    let twice = [&*backwards, &*forwards].concat();
    [forwards, backwards, from_within, twice].iter().find_map(|order| {
        let outcome = scenario.outcome(order);
        (words_of(&outcome) != scenario.expected)
            .then(|| format!("{}, ingested in the order {order:?}:\n{outcome}", file.display()))
    })
}
