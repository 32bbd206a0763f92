//! The page that people look at, live or as a report: the same HTML, styles and scripts.

pub(crate) mod assets;
pub(crate) mod attacked;
pub(crate) mod pack;
pub(crate) mod report;
