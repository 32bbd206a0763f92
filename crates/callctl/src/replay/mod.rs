//! `callctl replay`: a log of deliveries in, the timeline of each call out.

mod context;
mod facts;
mod history;
mod html;
mod json;
mod mask;
mod mermaid;
mod parts;
mod receipts;
mod run;
mod text;
mod value;
mod values;
mod view;
mod words;

pub(crate) use run::{Format, Replay};
