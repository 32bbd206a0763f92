//! Requests that create a call: ten kinds that cannot be built wrong, links that lead to a meeting, and the judge of any
//! request, wherever it comes from ("Create call", v1.0 reference).
//!
//! ```
//! use call_msgraph::{Account, CallbackUri, CreateCall, MediaConfig, RequestKind, judge};
//!
//! let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
//! let john = Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8")?.with_display_name("John");
//! let request = CreateCall::to_user(callback, &john, &MediaConfig::service_hosted());
//!
//! let judgement = judge(&request.to_json());
//! assert_eq!(judgement.kind, Some(RequestKind::PeerToPeer));
//! assert_eq!(judgement.permissions.any_of, ["Calls.Initiate.All"]);
//! assert!(judgement.problems.is_empty());
//! # Ok::<(), call_msgraph::InvalidPart>(())
//! ```

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
pub use party::{Account, PhoneNumber};
pub use request::{CallbackUri, CreateCall};
pub use rules::InvalidPart;
