//! Every transport keeps the same promises.

mod http;
mod in_process;
