//! Compares what each rule believes with the truth, over many calls.

use call_core::CallState;
use fastrand::Rng;

use crate::accuracy::calls::{Kind, Truth};
use crate::accuracy::guesses::RULES;
use crate::accuracy::networks::{NETWORKS, Network, Received};

/// Numbers of calls of one kind over one network.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Kind of the calls.
    pub kind: Kind,
    /// The network.
    pub network: Network,
    /// Number of calls.
    pub calls: usize,
    /// What each rule achieved, in the order of [`RULES`].
    pub scores: [Score; RULES.len()],
}

/// Numbers of calls about which one rule was right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// After the end, the states are exactly the true ones.
    pub exact: usize,
    /// At a random instant of the connected phase, the believed state was not the true one.
    pub wrong_presents: usize,
    /// Of these, nothing showed a doubt.
    pub wrong_and_certain: usize,
    /// At this instant, the believed state was the true one, and there was a doubt.
    pub doubted_in_vain: usize,
    /// Once everything sent up to this instant was received, the participants were not the true ones.
    pub wrong_rosters: usize,
}

/// Returns the cell of a number of calls.
#[must_use]
pub fn measure(kind: Kind, network: Network, calls: usize, seed: u64) -> Cell {
    let mut cell = Cell { kind, network, calls, scores: Default::default() };
    // Every cell has its own calls, so that one cell can be measured alone.
    let place = NETWORKS.iter().position(|other| *other == network).unwrap_or(NETWORKS.len());
    let mut rng = Rng::with_seed(seed << 16 | (kind as u64) << 8 | place as u64);
    for _ in 0..calls {
        let truth = Truth::random(kind, &mut rng);
        let received = network.carry(&truth.news, &mut rng);
        let (answered, ended) = truth.connected();
        let instant = rng.i64(answered..ended.max(answered + 1));
        let sent = truth.news.iter().filter(|news| news.at <= instant).cloned().collect::<Vec<_>>();
        let rosters = network.carry(&sent, &mut rng);
        for ((_, rule), score) in RULES.iter().zip(&mut cell.scores) {
            let states: Vec<CallState> = truth.steps.iter().map(|(_, state)| *state).collect();
            score.exact += usize::from(rule(&received).states == states);
            let known: Vec<Received> = received.iter().filter(|received| received.at <= instant).cloned().collect();
            let guess = rule(&known);
            let is_wrong = guess.states.last() != Some(&truth.state_at(instant));
            let is_certain = guess.doubts.is_empty();
            score.wrong_presents += usize::from(is_wrong);
            score.wrong_and_certain += usize::from(is_wrong && is_certain);
            score.doubted_in_vain += usize::from(!is_wrong && !is_certain);
            if kind == Kind::Meetings {
                score.wrong_rosters += usize::from(rule(&rosters).roster != truth.roster_at(instant));
            }
        }
    }
    cell
}

impl Score {
    /// Returns in how many calls there was a doubt about the present, rightly or in vain.
    #[must_use]
    pub const fn doubts(&self) -> usize {
        self.wrong_presents - self.wrong_and_certain + self.doubted_in_vain
    }
}

impl Cell {
    /// Returns a number of calls in per cent.
    #[must_use]
    pub fn percent(&self, calls: usize) -> f64 {
        calls as f64 * 100.0 / self.calls as f64
    }

    /// Returns whether the rule of the core is worse than the last write anywhere. The last write is never in doubt, so doubts are
    /// not compared.
    #[must_use]
    pub fn is_worse_than_last_write(&self) -> bool {
        let [core, last_write, ..] = self.scores;
        core.exact < last_write.exact
            || core.wrong_presents > last_write.wrong_presents
            || core.wrong_rosters > last_write.wrong_rosters
    }
}
