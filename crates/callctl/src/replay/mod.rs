//! `callctl replay`: a log of deliveries in, the timeline of each call out.

mod history;
mod json;
mod mask;
mod receipts;
mod run;
mod text;
mod value;
mod values;
mod view;

pub(crate) use run::{Format, Replay};
