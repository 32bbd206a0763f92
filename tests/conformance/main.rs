//! Every transport keeps the same promises, and so does every journal.

mod http;
mod in_process;
mod journal;
