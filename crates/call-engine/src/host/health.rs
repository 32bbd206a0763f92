//! Whether the parts of an engine work.

/// Whether the parts of an engine work.
///
/// An engine is alive while its shards and its journal are. It is ready if it also accepts deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineHealth {
    /// Whether the engine accepts nothing new.
    pub is_stopping: bool,
    /// Whether all shards run. If one has panicked, restart the engine.
    pub shards_are_alive: bool,
    /// Whether the journal can work. If it cannot, restart the process.
    pub journal_is_alive: bool,
    /// Reason why the last write to the journal failed, such as a full disk; `None` if it succeeded.
    pub journal_error: Option<String>,
}

impl EngineHealth {
    /// Returns whether a restart is not needed.
    #[must_use]
    pub const fn is_alive(&self) -> bool {
        self.shards_are_alive && self.journal_is_alive
    }

    /// Returns whether deliveries are accepted.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.is_alive() && !self.is_stopping && self.journal_error.is_none()
    }
}
