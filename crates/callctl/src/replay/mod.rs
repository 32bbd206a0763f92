//! `callctl replay`: a log of deliveries in, the timeline of each call out.

mod facts;
mod history;
mod html;
mod json;
mod mermaid;
mod receipts;
mod run;
mod text;
mod value;
mod values;
mod words;

pub(crate) use run::{Format, Replay};
