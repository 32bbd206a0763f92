//! The settings of the core: the delay of notifications, probes, keep-alives, and limits.
//!
//! ```
//! use call_core::{Config, Limits};
//! use core::time::Duration;
//! let limits = Limits { foreign_calls: 500, ..Limits::default() };
//! let config = Config { limits, reorder_window: Duration::from_secs(5), ..Config::default() };
//! assert_eq!(config.keep_alive.unwrap().every, Duration::from_secs(15 * 60));
//! ```

use core::time::Duration;

use crate::rule::tolerance::{DEFAULT_REORDER_WINDOW, Tolerance};
use crate::words::state::Phase;

/// Minimum time between two equal actions, whatever the settings say, so that no host loops.
pub(crate) const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// Settings of a call, or of a table of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Config {
    /// Maximum delay of a notification. Default: 2 s.
    pub reorder_window: Duration,
    /// How much more total lateness than the best explanation another one may need, to be an alternative. More doubt finds more
    /// presents that are wrong, and asks for more probes. Default: `None`, which is half the reorder window.
    pub doubt: Option<Duration>,
    /// When the host is asked to probe a call; `None` turns probes off.
    pub probes: Option<Probes>,
    /// Time after the request of an operation by which its outcome should be known, unless the request says how long it takes.
    /// Then the outcome is probed, like a call: with the default settings, an operation that nothing tells of ends as
    /// [`Outcome::Unknown`](crate::Outcome::Unknown) after another 150 s. Default: 20 s.
    pub operation_patience: Duration,
    /// When the host is asked to keep a call alive; `None` turns keep-alives off.
    pub keep_alive: Option<KeepAlive>,
    /// Time for which an ended call is kept, to recognize late notifications. Default: 5 min.
    pub grace: Duration,
    /// Limits on what is kept.
    pub limits: Limits,
}

/// When the host is asked to probe a call, or to list its participants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Probes {
    /// Whether to probe when a single notification supports the last change of the connected phase. Default: yes.
    pub confirm: bool,
    /// Time without a report after which a call is probed, even if it is kept alive, by the phase that the call is in.
    pub silence: Silence,
    /// Time between two probes of a call, at least 1 s. It doubles with each probe that left the question open. It is also the time
    /// after which an accepted hang-up or reject is probed if nothing confirms it. Default: 10 s.
    pub patience: Duration,
    /// Maximum number of probes at these intervals. After them, one probe is made in each `silence`. Default: 4.
    pub budget: u32,
}

/// Time without a report after which a call is probed, by phase; `None` never probes for this reason.
///
/// A call does not ring for long, so a lost notification of its end must not stay unnoticed for long either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Silence {
    /// Default: 1 min.
    pub incoming: Option<Duration>,
    /// Default: 1 min.
    pub redirecting: Option<Duration>,
    /// Also if no state is known. Default: 2 min. A bot can wait in the lobby of a meeting in this phase.
    pub establishing: Option<Duration>,
    /// Default: 1 min.
    pub ringing: Option<Duration>,
    /// Default: 30 min.
    pub connected: Option<Duration>,
    /// Default: 1 min.
    pub terminating: Option<Duration>,
}

/// When the host is asked to keep a call alive ("call: keepAlive", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct KeepAlive {
    /// Interval of keep-alives. Default: 15 min, as the reference recommends.
    pub every: Duration,
    /// Time after which a keep-alive that was not accepted is repeated, at least 1 s. Default: 1 min.
    pub retry: Duration,
    /// Time after which the service ends a call that is not kept alive. Default: 45 min.
    pub ends_after: Duration,
    /// Time before this end at which the host is warned. Default: 10 min.
    pub warn_before: Duration,
}

/// Limits on what is kept.
///
/// Which observations of a call are kept depends only on the set of its observations, so replicas agree. The number of our own
/// calls that have not ended is not limited, because the host creates and answers them. Probes detect the end of each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Limits {
    /// Maximum number of observations of the connected phase of a call. The oldest are evicted. Default: 128.
    pub connected_observations: usize,
    /// For each other claim and source, the number of first observations that are kept, and of last ones. The others are evicted.
    /// This is an anomaly only if the evicted observations say something that the kept ones do not. Default: 4.
    pub per_claim_and_source: usize,
    /// Maximum number of reports of each of these: operations, sharing sessions, tones, changes of the roster. The oldest are
    /// evicted. Default: 128.
    pub reports_per_stream: usize,
    /// Maximum number of operations of a call whose outcome is tracked or remembered. The oldest one that has ended is no longer
    /// remembered; if none has ended, the oldest one ends as unknown. Default: 128.
    pub operations: usize,
    /// Maximum number of participants, and of lists, in the kept full rosters of a call. The latest rosters are kept, and those with
    /// the largest numbers, which show how old the others are: each up to this number, but at least `per_claim_and_source` of them.
    /// Default: 256.
    pub roster_entries: usize,
    /// Maximum number of foreign calls. The one with the oldest last observation is evicted. Default: 10,000.
    pub foreign_calls: usize,
    /// Maximum number of ended calls within their grace period. The one with the oldest last observation is evicted.
    /// Default: 10,000.
    pub ended_calls: usize,
    /// Maximum number of ids of forgotten calls, which are kept to recognize late observations. Default: 100,000.
    pub forgotten_calls: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reorder_window: DEFAULT_REORDER_WINDOW,
            doubt: None,
            probes: Some(Probes::default()),
            operation_patience: Duration::from_secs(20),
            keep_alive: Some(KeepAlive::default()),
            grace: Duration::from_secs(5 * 60),
            limits: Limits::default(),
        }
    }
}

impl Config {
    /// Returns the reorder window and the doubt.
    #[must_use]
    pub fn tolerance(&self) -> Tolerance {
        let by_window = Tolerance::from(self.reorder_window);
        Tolerance { doubt: self.doubt.unwrap_or(by_window.doubt), ..by_window }
    }
}

impl Default for Probes {
    fn default() -> Self {
        Self { confirm: true, silence: Silence::default(), patience: Duration::from_secs(10), budget: 4 }
    }
}

impl Silence {
    /// Returns the same time for every phase.
    #[must_use]
    pub const fn every_phase(time: Option<Duration>) -> Self {
        Self {
            incoming: time,
            redirecting: time,
            establishing: time,
            ringing: time,
            connected: time,
            terminating: time,
        }
    }

    /// Returns the time for a phase. No call is probed after it ended.
    #[must_use]
    pub const fn of(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Incoming => self.incoming,
            Phase::Redirecting => self.redirecting,
            Phase::Establishing => self.establishing,
            Phase::Ringing => self.ringing,
            Phase::Connected => self.connected,
            Phase::Terminating => self.terminating,
            Phase::Terminated => None,
        }
    }
}

impl Default for Silence {
    fn default() -> Self {
        let minutes = |minutes: u64| Some(Duration::from_secs(minutes * 60));
        Self { establishing: minutes(2), connected: minutes(30), ..Self::every_phase(minutes(1)) }
    }
}

impl Default for KeepAlive {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Self { every: minutes(15), retry: minutes(1), ends_after: minutes(45), warn_before: minutes(10) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connected_observations: 128,
            per_claim_and_source: 4,
            reports_per_stream: 128,
            operations: 128,
            roster_entries: 256,
            foreign_calls: 10_000,
            ended_calls: 10_000,
            forgotten_calls: 100_000,
        }
    }
}
