//! Tests of the table of operations, with the published bodies of the reference.

mod checked;
mod hostile;
mod outcomes;
mod page;
mod published;
mod replies;
mod typed;
