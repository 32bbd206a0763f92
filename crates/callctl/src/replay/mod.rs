//! `callctl replay`: shows the timelines of a log of deliveries.

pub(crate) mod facts;
pub(crate) mod history;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod mermaid;
pub(crate) mod receipts;
pub(crate) mod run;
pub(crate) mod text;
pub(crate) mod value;
pub(crate) mod values;
pub(crate) mod words;
