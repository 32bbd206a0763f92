//! `callctl replay`: shows the timelines of a log of deliveries.

pub(crate) mod history;
pub(crate) mod json;
pub(crate) mod kept;
pub(crate) mod mermaid;
pub(crate) mod receipts;
pub(crate) mod run;
pub(crate) mod svg;
pub(crate) mod text;
pub(crate) mod value;
pub(crate) mod values;
