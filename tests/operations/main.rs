//! Tests of the table of operations, with the published bodies of the reference.

mod checked;
mod published;
mod typed;
