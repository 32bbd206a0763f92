//! What comes out: how one timeline differs from the one before, as events and actions.

pub(crate) mod alignment;
pub(crate) mod change;
pub(crate) mod changes;
pub(crate) mod identity;
pub(crate) mod keyed;
pub(crate) mod output;
