//! The targets of accuracy, on two seeds of 1,000 calls each. `docs/accuracy.md` shows the whole table.

use call_tests::accuracy::calls::Kind;
use call_tests::accuracy::measures::{Cell, measure};
use call_tests::accuracy::networks::{NETWORKS, Network};
use call_tests::accuracy::{SEEDS, table};

/// Returns the cell of each seed.
fn cells(kind: Kind, network: &str) -> Vec<Cell> {
    let network: &Network = NETWORKS.iter().find(|other| other.name == network).expect("a network of the table");
    SEEDS.into_iter().map(|seed| measure(kind, *network, 1_000, seed)).collect()
}

#[test]
fn a_perfect_network_leaves_no_wrong_roster() {
    for cell in cells(Kind::Meetings, "perfect") {
        assert_eq!(cell.scores[0].wrong_rosters, 0);
    }
}

#[test]
fn calls_with_tones_are_mostly_exact() {
    for cell in cells(Kind::Tones, "mild") {
        assert!(cell.scores[0].exact >= 920, "{:?}", cell.scores[0]);
    }
}

#[test]
fn a_calm_network_raises_few_doubts() {
    for cell in cells(Kind::Plain, "calm") {
        assert!(cell.scores[0].doubts() <= 100, "{:?}", cell.scores[0]);
    }
}

#[test]
fn no_cell_is_worse_than_last_write_wins() {
    for seed in SEEDS {
        for kind in Kind::ALL {
            for network in NETWORKS {
                let cell = measure(kind, network, 1_000, seed);
                assert!(!cell.is_worse_than_last_write(), "seed {seed}: {cell:#?}");
            }
        }
    }
}

#[test]
fn the_published_table_is_up_to_date() {
    let page = include_str!("../../docs/accuracy.md");
    for seed in SEEDS {
        assert!(
            page.contains(table::table(1_000, seed).trim_end()),
            "the table of seed {seed} differs; see the page for the command"
        );
    }
}
