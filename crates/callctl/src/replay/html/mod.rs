//! One page that shows every call on a time axis. It needs no script, no network and no mouse.

mod axis;
mod chart;
mod escape;
mod page;
mod shown;

pub(super) use page::write;
