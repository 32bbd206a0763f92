//! Operations of calls: one table, the typed bodies, and the check before sending.

pub(crate) mod bodies;
pub(crate) mod check;
pub(crate) mod intended;
pub(crate) mod list_page;
mod lookup;
pub(crate) mod reply_body;
pub(crate) mod request;
pub(crate) mod resources;
pub(crate) mod schema;
mod shapes;
pub(crate) mod spec;
pub(crate) mod table;
