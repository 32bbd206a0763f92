//! Requests that create a call: ten kinds that cannot be built wrong, links that lead to a meeting, and the judge of any
//! request, wherever it comes from ("Create call", v1.0 reference).

mod join_link;
mod judge;
mod kind;
mod media;
mod meeting;
mod party;
mod request;
mod rules;

pub use judge::{Judgement, Problem, judge};
pub use kind::{MediaKind, Permissions, RequestKind};
pub use media::{MediaConfig, Modality};
pub use meeting::Meeting;
pub(crate) use party::target;
pub use party::{Account, PhoneNumber};
pub use request::{CallbackUri, CreateCall};
pub use rules::{InvalidPart, is_local_http};
