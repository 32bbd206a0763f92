//! What a host can set: how long notifications are on their way, what is asked for when, and how much is kept.
//!
//! ```
//! use call_core::{Config, Limits};
//! use core::time::Duration;
//! let limits = Limits { foreign_calls: 500, ..Limits::default() };
//! let config = Config { limits, reorder_window: Duration::from_secs(5), ..Config::default() };
//! assert_eq!(config.keep_alive.unwrap().every, Duration::from_secs(15 * 60));
//! ```

use core::time::Duration;

use crate::rule::reconcile::DEFAULT_REORDER_WINDOW;

/// Nothing is asked for twice within this time, whatever the settings say, so that no host turns in a circle.
pub(crate) const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// The settings of a call, or of a table of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Config {
    /// How long a notification may have been on its way.
    pub reorder_window: Duration,
    /// When the host is asked to GET a call or its participants; `None` turns that off.
    pub probes: Option<Probes>,
    /// When the host is asked to keep a call alive; `None` leaves that to the host.
    pub keep_alive: Option<KeepAlive>,
    /// How long an ended call is kept, for what still comes of it.
    pub grace: Duration,
    /// How much is kept at most.
    pub limits: Limits,
}

/// When the host is asked to GET a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Probes {
    /// Whether to ask when one notification alone supports the last change of the connected phase.
    pub confirm: bool,
    /// How long nothing may be reported of a call before it is asked for, though it is kept alive; `None` for ever.
    pub silence: Option<Duration>,
    /// The time between two probes of a call, at least a second. It doubles for each that left the question open.
    pub patience: Duration,
    /// How many probes one question is worth. After them it is asked again only once in each time of silence.
    pub budget: u32,
}

/// When the host is asked to keep a call alive ("call: keepAlive", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct KeepAlive {
    /// The time between two of them; the reference recommends 15 minutes.
    pub every: Duration,
    /// When to ask again, if nothing said that it was done; at least a second.
    pub retry: Duration,
    /// When the service ends a call that was not kept alive: 45 minutes.
    pub ends_after: Duration,
    /// How long before that the host is warned.
    pub warn_before: Duration,
}

/// How much is kept at most.
///
/// Of one call, what is kept depends on the set of its observations alone, so that replicas agree on it. The number of calls
/// that were created or answered here and have not ended is not limited, for it is the host that makes them; probes and
/// keep-alives see to it that no end is missed for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
pub struct Limits {
    /// Kept of the connected phase of a call: the newest are kept.
    pub connected_observations: usize,
    /// Kept of each other claim by each source: so many of the first and as many of the last are kept. That those between
    /// are not is no anomaly where they say what the kept ones do: that there is the call, its direction, its fields,
    /// who takes part.
    pub per_claim_and_source: usize,
    /// Reports of operations, of sharing sessions, of tones, and of changes of the roster: of each, the newest are kept.
    ///
    /// Of whole rosters as many are kept as of any other claim, for each replaces the one before.
    pub reports_per_stream: usize,
    /// Calls that nobody created or answered here: the one heard of longest ago is dropped.
    pub foreign_calls: usize,
    /// Calls that have ended, within their grace period: the one heard of longest ago is forgotten early.
    pub ended_calls: usize,
    /// Ids of ended calls after their grace period, so that what still comes is known to be late.
    pub forgotten_calls: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reorder_window: DEFAULT_REORDER_WINDOW,
            probes: Some(Probes::default()),
            keep_alive: Some(KeepAlive::default()),
            grace: Duration::from_secs(5 * 60),
            limits: Limits::default(),
        }
    }
}

impl Default for Probes {
    fn default() -> Self {
        Self {
            confirm: true,
            silence: Some(Duration::from_secs(30 * 60)),
            patience: Duration::from_secs(10),
            budget: 4,
        }
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
            foreign_calls: 10_000,
            ended_calls: 10_000,
            forgotten_calls: 100_000,
        }
    }
}
