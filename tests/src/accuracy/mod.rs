//! How often a timeline is right: simulated calls over simulated networks, compared with the truth and with simpler rules.
//!
//! Everything follows from a seed. Times are in milliseconds. Nothing is probed: only the rule is measured.

/// The seeds of the published table.
pub const SEEDS: [u64; 2] = [1, 2];

pub mod calls;
pub mod guesses;
pub mod measures;
pub mod networks;
pub mod table;
