//! What all parts of an engine share.

use std::sync::atomic::AtomicBool;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::base::clock::Clock;
use crate::base::creates::InFlight;
use crate::base::mail::Mail;
use crate::base::settings::EngineSettings;

/// What all parts of an engine share.
pub(crate) struct Shared {
    pub(crate) settings: EngineSettings,
    pub(crate) clock: Clock,
    pub(crate) mail: Mail,
    pub(crate) creates: InFlight,
    /// Everything that is in progress without a caller that waits for it. A shutdown waits for it.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the engine accepts nothing new.
    pub(crate) stopping: CancellationToken,
    /// Whether a shard has panicked.
    pub(crate) is_broken: AtomicBool,
    /// Cancelled when the shards apply what they have received, and end.
    pub(crate) halted: CancellationToken,
}

impl Shared {
    pub(crate) fn new(settings: EngineSettings, clock: Clock, mail: Mail, creates: InFlight) -> Self {
        Self {
            settings,
            clock,
            mail,
            creates,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            is_broken: AtomicBool::new(false),
            halted: CancellationToken::new(),
        }
    }
}
