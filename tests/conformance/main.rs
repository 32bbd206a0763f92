//! Every transport passes the same conformance suite, and so does every journal.

mod http;
mod in_process;
mod journal;
