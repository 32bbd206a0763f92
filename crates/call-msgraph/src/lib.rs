//! The data formats of the Microsoft Graph calling API: decodes deliveries into observations, and builds requests.
//!
//! * [`hearings`] decodes a [`Delivery`], such as a webhook post or a response, into observations of calls.
//! * [`Request`] is a request to the service: [`CreateCall`] builds those that create a call, and the typed bodies ([`PlayPrompt`],
//!   [`Invite`], …) those of operations.
//! * [`ApiOperation`] is the table of all operations. [`judge`] checks a create request, and [`OperationRequest::check`] an operation.
//! * [`ReplyBody`] reads the response to an operation, and [`explain`] explains the codes of a result.
//! * [`Line`] reads a line of a log, a journal or a scenario.
//!
//! Decoding is lenient where the service is known to vary, and strict where a guess could be wrong. If a value cannot be read, only
//! that value is lost, and the [`ReadError`] names its place.
//!
//! ```
//! use call_core::{CallState, Claim, Stamp, Timestamp};
//! use call_msgraph::{Line, Record, decode};
//!
//! let line = Line::read(r##"{"receivedAt": "2026-03-01T10:00:01.250Z", "body": {"value": [
//!     {"changeType": "updated", "resourceUrl": "communications/calls/57DAB8B1894C409AB240BD8BEAE78896",
//!      "resourceData": {"@odata.type": "#microsoft.graph.call", "state": "Established"}},
//!     {"changeType": "deleted", "resource": "/app/calls/57dab8b1-894c-409a-b240-bd8beae78896"},
//!     {"changeType": "deleted", "resourceUrl": 7}]}}"##)?;
//! let Record::Delivered(delivery) = line.stamped(Stamp::at(Timestamp::from_millis(0))) else { unreachable!() };
//! let decoded = decode(&delivery);
//!
//! let hearing = &decoded.hearings[0];
//! assert_eq!(hearing.call.to_string(), "57dab8b1-894c-409a-b240-bd8beae78896");
//! let claims: Vec<_> = hearing.observations.iter().map(|seen| seen.claim.clone()).collect();
//! assert_eq!(claims, [Claim::state(CallState::Established), Claim::state(CallState::Terminated)]);
//! assert_eq!(decoded.rejected[0].to_string(), "value[2].resourceUrl: expected a string");
//! # Ok::<(), call_msgraph::ReadError>(())
//! ```
//!
//! The crate does no I/O, reads no clock and does not log. It has no features.

mod code_book;
mod create;
mod decode;
mod delivery;
mod fault;
mod foreign;
mod json;
mod line;
mod odata;
mod operation;
mod permissions;
mod record;
mod reply;
mod request;
mod segment;
mod service_error;
mod token;
mod webhook;

pub use call_core::MediaKind;
pub use code_book::{Explanation, RetryAdvice, explain, explanations, is_cancelled};
pub use create::judge::{Judgement, Problem, judge};
pub use create::kind::{Permissions, RequestKind};
pub use create::media::{MediaConfig, Modality};
pub use create::meeting::Meeting;
pub use create::party::{Account, PhoneNumber};
pub use create::request::{CallbackUri, CreateCall};
pub use create::rules::InvalidPart;
pub use decode::decoded::{Decoded, Hearing};
pub use decode::decoder::decode;
pub use decode::hearings::{Creates, hearings};
pub use delivery::{Delivery, DeliveryKind, Received};
pub use fault::{ReadError, Unreadable};
pub use line::log_line::{Line, LineStamp};
pub use operation::bodies::audio_routing::{
    AudioRoutingGroup, CreateAudioRoutingGroup, RoutingMode, UpdateAudioRoutingGroup,
};
pub use operation::bodies::calls::{
    AddLargeGalleryView, ChangeScreenSharingRole, RecordingStatus, ScreenSharingRole, Transfer, UpdateRecordingStatus,
};
pub use operation::bodies::incoming::{Answer, Redirect, Reject, RejectReason, RoutingPolicy};
pub use operation::bodies::media::{
    CancelMediaProcessing, Dtmf, Mute, PlayPrompt, Prompt, RecordResponse, SendDtmfTones, SubscribeToTone, Unmute,
};
pub use operation::bodies::participants::{Invite, MuteParticipant, StartHoldMusic, StopHoldMusic};
pub use operation::bodies::party::{EndpointType, Invitation, Party};
pub use operation::bodies::quality::{DeviceQuality, MediaQuality, Medium, Traffic};
pub use operation::check::KnownCall;
pub use operation::intended::IntendedOperation;
pub use operation::list_page::ListPage;
pub use operation::reply_body::ReplyBody;
pub use operation::request::{CallOperation, OperationRequest};
pub use operation::resources::CREATE_CALL;
pub use operation::schema::{Member, ObjectType, ValueType};
pub use operation::spec::{Follows, Group, Needs, OperationSpec, ReplyKind};
pub use operation::table::ApiOperation;
pub use permissions::PermissionHint;
pub use record::{Intent, Record, Refused};
pub use request::call_request::Request;
pub use request::operation_path::{InvalidOperationPath, OperationPath};
pub use request::spec::{Method, RequestSpec};
pub use service_error::ServiceError;
pub use token::{InvalidToken, Token};
pub use webhook::{JoinResponse, is_older_format};

/// For the other crates of this project only: it may change at any time.
#[doc(hidden)]
pub mod internal {
    pub use crate::code_book::unexplained;
    pub use crate::create::rules::{is_http, is_local_http};
    pub use crate::decode::created::created_call;
    pub use crate::foreign::{Shown, is_deceptive};
    pub use crate::line::time::parse_time;
    pub use crate::odata::media_kind;
    pub use crate::segment::encoded;
}
