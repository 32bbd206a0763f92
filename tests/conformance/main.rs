//! Every transport passes the same conformance suite, and so does every journal.

mod faulty_journals;
mod faulty_transports;
mod http;
mod in_process;
mod journal;
mod promises;
