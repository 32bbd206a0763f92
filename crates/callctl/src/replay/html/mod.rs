//! An HTML page with every call on a time axis. It needs no script, no network and no mouse.

pub(crate) mod axis;
pub(crate) mod chart;
pub(crate) mod escape;
pub(crate) mod page;
pub(crate) mod shown;
