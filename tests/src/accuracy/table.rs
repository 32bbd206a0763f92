//! The table of all cells, as Markdown.

use std::fmt::Write;

use crate::accuracy::calls::Kind;
use crate::accuracy::guesses::RULES;
use crate::accuracy::measures::{Score, measure};
use crate::accuracy::networks::NETWORKS;

/// A measure: its heading, and its number in a score.
type Measure = (&'static str, fn(&Score) -> usize);

/// Measures of every rule.
const MEASURES: [Measure; 3] = [
    ("exact", |score| score.exact),
    ("present", |score| score.wrong_presents),
    ("roster", |score| score.wrong_rosters),
];

/// Measures of the core alone: the other rules are never in doubt.
const DOUBTS: [Measure; 2] = [("certain", |score| score.wrong_and_certain), ("vain", |score| score.doubted_in_vain)];

/// Returns the table of all kinds of calls over all networks, in per cent of the calls of one seed.
#[must_use]
pub fn table(calls: usize, seed: u64) -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let measures = &MEASURES[..if kind == Kind::Meetings { 3 } else { 2 }];
        let _ = write!(text, "| {} |", kind.name());
        for (measure, _) in measures {
            RULES.iter().for_each(|(rule, _)| _ = write!(text, " {measure}: {rule} |"));
        }
        DOUBTS.iter().for_each(|(measure, _)| _ = write!(text, " {measure} |"));
        let columns = measures.len() * RULES.len() + DOUBTS.len();
        let _ = writeln!(text, "\n| --- |{}", " ---: |".repeat(columns));
        for network in NETWORKS {
            let cell = measure(kind, network, calls, seed);
            let _ = write!(text, "| {} |", network.name);
            for (_, number) in measures {
                cell.scores.iter().for_each(|score| _ = write!(text, " {:.1} |", cell.percent(number(score))));
            }
            for (_, number) in DOUBTS {
                let _ = write!(text, " {:.1} |", cell.percent(number(&cell.scores[0])));
            }
            let _ = writeln!(text);
        }
        let _ = writeln!(text);
    }
    text
}
