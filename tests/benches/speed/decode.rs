//! Decoding, in times the validation of the same bytes.

use call_msgraph::decode;

use crate::anchors::{LastWriteWins, validate};
use crate::bodies;
use crate::measure::{compare, plain};
use crate::report::{Limit, Report};

pub(crate) fn measure(report: &mut Report) {
    report.title("Decoding a body", Some("the validation of its bytes (`serde_json`, `IgnoredAny`)"));
    let mut row = |name: &str, body: Vec<u8>, limit| {
        let delivery = bodies::post(body);
        let measured = compare(plain(|| decode(&delivery)), plain(|| validate(&delivery.body)));
        report.row(name, measured, limit);
    };
    let state = Limit::new(1.2, 2.0);
    let list = Limit::new(1.3, 2.5);
    row("state, 407 B", bodies::established().into(), state);
    row("state of a meeting, 817 B", bodies::meeting().into(), state);
    row("roster of 2, 1.6 kB", bodies::published_roster().into(), list);
    for count in [3, 100, 1_000] {
        row(&format!("roster of {count}"), bodies::roster(count).into(), list);
    }
    row("batch of 50", bodies::batch(50).into(), list);
    row("roster of 1,000, each with a wrong member", bodies::wrong_roster(1_000).into(), None);
    for (name, body) in bodies::damaged() {
        row(name, body, None);
    }
    let delivery = bodies::post(bodies::established());
    let mut by_hand = LastWriteWins::default();
    let measured = compare(plain(|| by_hand.hear(&delivery.body)), plain(|| validate(&delivery.body)));
    report.row("by hand: `Value`, `HashMap<String, String>`", measured, None);
}
