//! What the inlet and the courier use: the mail to the shards, the creates in flight, the clock, the settings.

pub(crate) mod clock;
pub(crate) mod creates;
pub(crate) mod decisions;
pub(crate) mod mail;
pub(crate) mod progress;
pub(crate) mod random;
pub(crate) mod references;
pub(crate) mod settings;
pub(crate) mod shared;
