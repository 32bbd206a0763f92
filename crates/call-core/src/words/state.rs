//! The states of a call, and the phases that a call can never go back on.

use core::fmt;

use crate::words::lifecycle::{Lifecycle, Row, row};

/// What a call is doing ("call resource type", property `state`, v1.0 reference).
///
/// ```
/// use call_core::{CallState, Phase};
/// assert_eq!(CallState::from_word("TransferAccepted"), Some(CallState::TransferAccepted));
/// assert_eq!(CallState::Hold.phase(), Phase::Connected);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum CallState {
    /// Somebody calls the bot, which has not answered.
    Incoming,
    /// The bot sends an incoming call on to somebody else.
    Redirecting,
    /// The call is being set up.
    Establishing,
    /// The callee's devices ring.
    Ringing,
    /// The parties are connected.
    Established,
    /// Connected, but on hold.
    Hold,
    /// Connected, and being handed to another party.
    Transferring,
    /// The other party took the transfer.
    TransferAccepted,
    /// The call is being taken down.
    Terminating,
    /// The call is over, for good.
    Terminated,
}

/// What a call can never go back on: the strongly connected components of its lifecycle.
///
/// Only [`Phase::Connected`] holds a cycle; every other phase is one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// `incoming`
    Incoming,
    /// `redirecting`
    Redirecting,
    /// `establishing`
    Establishing,
    /// `ringing`
    Ringing,
    /// `established`, `hold`, `transferring`, `transferAccepted`
    Connected,
    /// `terminating`
    Terminating,
    /// `terminated`
    Terminated,
}

/// The lifecycle of a call: each state with its word, its phase and what may follow, in the order of the lifecycle.
///
/// Everything else about the states is derived from it.
const TABLE: [Row<CallState, Phase>; 10] = {
    use CallState::*;
    [
        row(Incoming, "incoming", Phase::Incoming, &[Redirecting, Establishing, Terminating, Terminated]),
        row(Redirecting, "redirecting", Phase::Redirecting, &[Establishing, Terminating, Terminated]),
        row(Establishing, "establishing", Phase::Establishing, &[Ringing, Established, Terminating, Terminated]),
        row(Ringing, "ringing", Phase::Ringing, &[Established, Terminating, Terminated]),
        row(Established, "established", Phase::Connected, &[Hold, Transferring, Terminating, Terminated]),
        row(Hold, "hold", Phase::Connected, &[Established, Transferring, Terminating, Terminated]),
        row(Transferring, "transferring", Phase::Connected, &[Established, TransferAccepted, Terminating, Terminated]),
        row(TransferAccepted, "transferAccepted", Phase::Connected, &[Established, Terminating, Terminated]),
        row(Terminating, "terminating", Phase::Terminating, &[Terminated]),
        row(Terminated, "terminated", Phase::Terminated, &[]),
    ]
};

/// Number of states.
const COUNT: usize = TABLE.len();

// A state is found by its place.
const _: () = {
    let mut place = 0;
    while place < COUNT {
        assert!(TABLE[place].state as usize == place, "the rows stand in the order of the states");
        place += 1;
    }
};

/// The states between two on the shortest walk.
#[derive(Clone, Copy)]
struct Walk {
    states: [CallState; COUNT],
    length: usize,
}

/// The shortest walk from each state to each other one.
static WALKS: [[Walk; COUNT]; COUNT] = walks();

/// Finds all shortest walks, by a breadth-first search from each state.
const fn walks() -> [[Walk; COUNT]; COUNT] {
    let mut walks = [[Walk { states: [TABLE[0].state; COUNT], length: 0 }; COUNT]; COUNT];
    let mut from = 0;
    while from < COUNT {
        let mut is_reached = [false; COUNT];
        is_reached[from] = true;
        // A queue of the states that were reached; their walks are complete.
        let mut queue = [from; COUNT];
        let (mut first, mut last) = (0, 1);
        while first < last {
            let here = queue[first];
            first += 1;
            let successors = TABLE[here].successors;
            let mut nth = 0;
            while nth < successors.len() {
                let next = successors[nth] as usize;
                nth += 1;
                if is_reached[next] {
                    continue;
                }
                is_reached[next] = true;
                (queue[last], last) = (next, last + 1);
                if here != from {
                    let mut walk = walks[from][here];
                    walk.states[walk.length] = TABLE[here].state;
                    walk.length += 1;
                    walks[from][next] = walk;
                }
            }
        }
        from += 1;
    }
    walks
}

/// Number of states in a phase.
const fn width(phase: Phase) -> usize {
    let (mut width, mut place) = (0, 0);
    while place < COUNT {
        width += (TABLE[place].phase as usize == phase as usize) as usize;
        place += 1;
    }
    width
}

impl CallState {
    /// Every state, in the order of the lifecycle.
    pub const ALL: [Self; COUNT] = {
        let mut all = [TABLE[0].state; COUNT];
        let mut place = 0;
        while place < COUNT {
            all[place] = TABLE[place].state;
            place += 1;
        }
        all
    };

    /// The states of the connected phase, in the order of the lifecycle.
    pub(crate) const CONNECTED: [Self; width(Phase::Connected)] = {
        let mut connected = [TABLE[0].state; width(Phase::Connected)];
        let (mut count, mut place) = (0, 0);
        while place < COUNT {
            if TABLE[place].phase as usize == Phase::Connected as usize {
                connected[count] = TABLE[place].state;
                count += 1;
            }
            place += 1;
        }
        connected
    };

    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        TABLE[self as usize].word
    }

    /// Reads the API's word in any case; `None` if it is no state that is known here.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.word.eq_ignore_ascii_case(word)).map(|row| row.state)
    }

    /// Returns whether only an incoming call goes through the state: it stands before the call is set up.
    pub(crate) const fn is_for_incoming(self) -> bool {
        (self.phase() as u8) < Phase::Establishing as u8
    }

    /// Returns the phase that the state belongs to.
    #[must_use]
    pub const fn phase(self) -> Phase {
        TABLE[self as usize].phase
    }
}

impl Lifecycle for CallState {
    type Phase = Phase;

    fn phase(self) -> Phase {
        Self::phase(self)
    }

    fn successors(self) -> &'static [Self] {
        TABLE[self as usize].successors
    }

    fn between(self, to: Self) -> &'static [Self] {
        let Walk { states, length } = &WALKS[self as usize][to as usize];
        &states[..*length]
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Phase {
    /// Returns the name of the phase's only state, or `connected`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        let mut place = 0;
        while place < COUNT {
            if TABLE[place].phase as usize == self as usize && width(self) == 1 {
                return TABLE[place].word;
            }
            place += 1;
        }
        "connected"
    }
}
