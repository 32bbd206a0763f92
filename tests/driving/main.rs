//! Calls driven as a host drives them: what they ask for, and when.

mod calls;
mod end;
mod keep_alive;
mod probes;
