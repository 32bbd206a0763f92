//! The states of a call, and its phases. A call never returns to an earlier phase.

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use crate::words::lifecycle::sealed::{Row, Table};
use crate::words::lifecycle::{Lifecycle, row};

/// State of a call ("call resource type", property `state`, v1.0 reference).
///
/// ```
/// use call_core::{CallState, Phase};
/// assert_eq!("TransferAccepted".parse(), Ok(CallState::TransferAccepted));
/// assert_eq!(CallState::TransferAccepted.as_str(), "transferAccepted");
/// assert_eq!(CallState::Hold.phase(), Phase::Connected);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum CallState {
    /// The bot is being called and has not answered yet.
    Incoming,
    /// The bot redirects an incoming call to another party.
    Redirecting,
    /// The call is being set up.
    Establishing,
    /// The devices of the callee ring.
    Ringing,
    /// The parties are connected.
    Established,
    /// The parties are connected, and the call is on hold.
    Hold,
    /// The parties are connected, and the call is being transferred to another party.
    Transferring,
    /// The other party accepted the transfer.
    TransferAccepted,
    /// The call is being taken down.
    Terminating,
    /// The call has ended. No other state follows.
    Terminated,
}

/// Phase of a call: a strongly connected component of its lifecycle. A call never returns to an earlier phase.
///
/// Only [`Phase::Connected`] contains a cycle. Every other phase is a single state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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

/// The lifecycle of a call: each state with its word, its phase and its successors, in the order of the lifecycle.
///
/// Everything else about the states is derived from this table.
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

// A row is found by the discriminant of its state.
const _: () = {
    let mut place = 0;
    while place < COUNT {
        assert!(TABLE[place].state as usize == place, "the rows stand in the order of the states");
        place += 1;
    }
};

/// The states strictly between two others on the shortest walk.
#[derive(Clone, Copy)]
struct Walk {
    states: [CallState; COUNT],
    length: usize,
}

/// The shortest walk from each state to each other state.
static WALKS: [[Walk; COUNT]; COUNT] = walks();

/// Finds all shortest walks, by a breadth-first search from each state.
const fn walks() -> [[Walk; COUNT]; COUNT] {
    let mut walks = [[Walk { states: [TABLE[0].state; COUNT], length: 0 }; COUNT]; COUNT];
    let mut from = 0;
    while from < COUNT {
        let mut is_reached = [false; COUNT];
        is_reached[from] = true;
        // A queue of the states that were reached. Their walks are complete.
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

    /// Reads the API's word in upper or lower case; `None` if it is not a known state.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.word.eq_ignore_ascii_case(word)).map(|row| row.state)
    }

    /// Returns whether only incoming calls have this state: it comes before the call is set up.
    pub(crate) const fn is_for_incoming(self) -> bool {
        (self.phase() as u8) < Phase::Establishing as u8
    }

    /// Returns the phase that the state belongs to.
    #[must_use]
    pub const fn phase(self) -> Phase {
        TABLE[self as usize].phase
    }
}

impl Table<Phase> for CallState {
    fn row(self) -> &'static Row<Self, Phase> {
        &TABLE[self as usize]
    }
}

impl Lifecycle for CallState {
    type Phase = Phase;

    fn between(self, to: Self) -> &'static [Self] {
        let Walk { states, length } = &WALKS[self as usize][to as usize];
        &states[..*length]
    }
}

/// A text that is not the API's word for a call state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCallState(Box<str>);

impl FromStr for CallState {
    type Err = InvalidCallState;

    /// Reads the API's word in upper or lower case.
    fn from_str(word: &str) -> Result<Self, InvalidCallState> {
        // Enough to recognize the word; a foreign text may have any length.
        Self::from_word(word).ok_or_else(|| InvalidCallState(word.chars().take(64).collect()))
    }
}

impl fmt::Display for InvalidCallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a call state; the states are", self.0)?;
        for (place, state) in CallState::ALL.into_iter().enumerate() {
            write!(f, "{} {state}", if place == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl core::error::Error for InvalidCallState {}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Phase {
    /// Returns the word of the phase's only state, or `connected`.
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
