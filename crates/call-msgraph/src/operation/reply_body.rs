//! What the body of a successful response is.

use std::sync::Arc;

use call_core::{CallId, Claim, Id, OperationReport, ParticipantReport, Stamp, Timestamp};
use serde::Deserialize;

use crate::decode::decoder::decode;
use crate::delivery::{Delivery, DeliveryKind};
use crate::operation::bodies::audio_routing::{AudioRoutingGroup, RoutingMode};
use crate::operation::request::OperationRequest;
use crate::operation::spec::ReplyKind;
use crate::segment::is_id;

/// The body of a successful response, read as what the table says that it is.
///
/// ```
/// use call_msgraph::{ApiOperation, OperationRequest, ReplyBody};
/// let list = OperationRequest::new(ApiOperation::ListContentSharingSessions, Some("c1".into()), None, None);
/// let body = br##"{"value": [{"@odata.type": "#microsoft.graph.contentSharingSession", "id": "s1"}]}"##;
/// assert_eq!(ReplyBody::read(&list, body), ReplyBody::ContentSharingSessions(vec!["s1".into()]));
/// assert_eq!(ReplyBody::read(&list, b"<html>"), ReplyBody::Strange);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ReplyBody {
    /// Nothing that a host needs: an empty body, or the call, which the timeline shows.
    Nothing,
    /// An operation, which is in progress or has ended.
    Operation(Box<OperationReport>),
    /// Participants: one, or one page of the list.
    Participants(Vec<ParticipantReport>),
    /// Ids of content sharing sessions: one, or one page of the list.
    ContentSharingSessions(Vec<Id>),
    /// Audio routing groups: one, or one page of the list.
    AudioRoutingGroups(Vec<AudioRoutingGroup>),
    /// A body that is not what the table says.
    Strange,
}

#[derive(Deserialize)]
struct List<T> {
    value: Vec<T>,
}

/// An audio routing group as the API writes it. What is missing or null is empty.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    id: ValidId,
    routing_mode: Option<String>,
    sources: Option<Vec<ValidId>>,
    receivers: Option<Vec<ValidId>>,
}

impl ReplyBody {
    /// Reads the body of the response to a request. A raw operation gives an operation if the body is one, and nothing otherwise.
    #[must_use]
    pub fn read(request: &OperationRequest, body: &[u8]) -> Self {
        let Some(operation) = request.operation() else {
            return operation_in(body).map_or(Self::Nothing, Self::Operation);
        };
        let read = match operation.spec().reply {
            ReplyKind::Nothing | ReplyKind::Call => Some(Self::Nothing),
            ReplyKind::Operation => operation_in(body).map(Self::Operation),
            ReplyKind::Participant | ReplyKind::Participants => {
                let is_list = operation.spec().reply == ReplyKind::Participants;
                participants_in(body).filter(|found| is_list || found.len() == 1).map(Self::Participants)
            }
            ReplyKind::ContentSharingSession => one(body).map(|id: Named| Self::ContentSharingSessions(vec![id.id.0])),
            ReplyKind::ContentSharingSessions => many(body)
                .map(|list: Vec<Named>| Self::ContentSharingSessions(list.into_iter().map(|id| id.id.0).collect())),
            ReplyKind::AudioRoutingGroup => one(body).map(|group: Group| Self::AudioRoutingGroups(vec![group.into()])),
            ReplyKind::AudioRoutingGroups => many(body).map(|list: Vec<Group>| {
                Self::AudioRoutingGroups(list.into_iter().map(AudioRoutingGroup::from).collect())
            }),
        };
        read.unwrap_or(Self::Strange)
    }

    /// Returns the operation, if it is one.
    #[must_use]
    pub fn operation(self) -> Option<OperationReport> {
        if let Self::Operation(report) = self { Some(*report) } else { None }
    }

    /// Returns the participants, if they are some.
    #[must_use]
    pub fn participants(self) -> Option<Vec<ParticipantReport>> {
        if let Self::Participants(found) = self { Some(found) } else { None }
    }

    /// Returns the ids of the content sharing sessions, if they are some.
    #[must_use]
    pub fn content_sharing_sessions(self) -> Option<Vec<Id>> {
        if let Self::ContentSharingSessions(found) = self { Some(found) } else { None }
    }

    /// Returns the audio routing groups, if they are some.
    #[must_use]
    pub fn audio_routing_groups(self) -> Option<Vec<AudioRoutingGroup>> {
        if let Self::AudioRoutingGroups(found) = self { Some(found) } else { None }
    }
}

#[derive(Deserialize)]
struct Named {
    id: ValidId,
}

/// An id that is validated as those of notifications are.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ValidId(Id);

impl TryFrom<String> for ValidId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_id(&text) { Ok(Self(Id::new(&text))) } else { Err("an id") }
    }
}

fn one<T: for<'d> Deserialize<'d>>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

fn many<T: for<'d> Deserialize<'d>>(body: &[u8]) -> Option<Vec<T>> {
    one(body).map(|list: List<T>| list.value)
}

/// Reads the claims of a body, as the timeline reads them.
fn claims(kind: DeliveryKind, body: &[u8]) -> impl Iterator<Item = Claim> {
    let stamp = Stamp::at(Timestamp::from_millis(0));
    let delivery = Delivery::new(stamp, kind).with_call(CallId::from("call")).with_body(Arc::<[u8]>::from(body));
    let hearings = decode(&delivery).hearings.into_iter();
    hearings.flat_map(|hearing| hearing.observations).map(|seen| seen.claim)
}

fn operation_in(body: &[u8]) -> Option<Box<OperationReport>> {
    claims(DeliveryKind::Accepted(call_core::Command::Other), body)
        .find_map(|claim| if let Claim::Operation(report) = claim { Some(report) } else { None })
}

fn participants_in(body: &[u8]) -> Option<Vec<ParticipantReport>> {
    let mut claims = claims(DeliveryKind::Snapshot, body);
    // An empty page makes no claim.
    let is_empty = || many(body).is_some_and(|list: Vec<serde_json::Value>| list.is_empty());
    let found =
        claims.find_map(|claim| if let Claim::Roster(roster) = claim { Some(roster.participants) } else { None });
    found.map(Into::into).or_else(|| is_empty().then(Vec::new))
}

impl From<Group> for AudioRoutingGroup {
    fn from(group: Group) -> Self {
        let ids = |ids: Option<Vec<ValidId>>| ids.unwrap_or_default().into_iter().map(|id| id.0).collect();
        Self {
            id: group.id.0,
            mode: group.routing_mode.as_deref().and_then(RoutingMode::from_word),
            sources: ids(group.sources),
            receivers: ids(group.receivers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_responses_are_valid_ids() {
        let long = "x".repeat(513);
        for wrong in ["", ".", "..", &long] {
            let named = format!(r#"{{"id": "{wrong}"}}"#);
            assert!(serde_json::from_str::<Named>(&named).is_err(), "{wrong}");
            let group = format!(r#"{{"id": "g", "sources": ["{wrong}"]}}"#);
            assert!(serde_json::from_str::<Group>(&group).is_err(), "{wrong}");
            let operation = format!(
                r##"{{"@odata.type": "#microsoft.graph.playPromptOperation", "id": "{wrong}", "status": "running"}}"##
            );
            let read = operation_in(operation.as_bytes()).and_then(|report| report.key.id().cloned());
            assert_eq!(read, None, "{wrong}");
        }
    }
}
