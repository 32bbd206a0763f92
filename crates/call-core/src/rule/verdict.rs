//! What a timeline says about the end of a requested operation.

use alloc::vec::Vec;

use crate::rule::operations::Operation;
use crate::rule::outcome::{OperationEnd, Outcome};
use crate::rule::roster::Participant;
use crate::rule::step::Step;
use crate::rule::timeline::{Present, Timeline};
use crate::words::command::Command;
use crate::words::id::Id;
use crate::words::observation::{Receipt, Source};
use crate::words::operation::OperationKey;
use crate::words::participant::Identity;
use crate::words::requested::{Awaited, RequestedOperation};
use crate::words::result::ResultInfo;
use crate::words::state::CallState;
use crate::words::status::OperationStatus;
use crate::words::time::Timestamp;

/// What is known of the end of an operation.
pub(crate) enum Verdict {
    /// The operation has not ended, as far as anything shows.
    Open,
    /// The operation has ended like this, unless a late notification says otherwise until the instant.
    EndsAt(Timestamp, OperationEnd),
    /// The operation has completed, but the participants that it is about have not been reported.
    WithoutParticipants(OperationEnd),
}

/// The facts that a verdict depends on.
pub(crate) struct Evidence<'t> {
    pub(crate) timeline: &'t Timeline,
    /// When the present is settled.
    pub(crate) settles_at: Option<Timestamp>,
    /// The report of the roster that was received last.
    pub(crate) roster: Option<Receipt>,
    /// When the call ended, and the instant from which no late notification counts any more.
    pub(crate) ended_at: Option<(Timestamp, Timestamp)>,
}

/// The first call result that says that the call was transferred (v1.0 reference, "call: transfer").
const TRANSFERRED: ResultInfo = ResultInfo::new(Some(0), Some(7015));
/// The termination reason of a call that was transferred.
const APP_TRANSFERRED: &str = "AppTransferred";

impl Evidence<'_> {
    /// Returns the verdict about an operation. `id` is its id, if it is known.
    pub(crate) fn verdict(&self, requested: &RequestedOperation, id: Option<&Id>) -> Verdict {
        let reported = match &requested.awaits {
            Awaited::Completion => self.completion(requested, id),
            Awaited::Participants(invited) => return self.participants(requested, id, invited),
            Awaited::Transfer => self.transfer(requested),
            Awaited::End => self.end(Outcome::Completed),
        };
        reported.or_else(|| self.call_ended(requested)).unwrap_or(Verdict::Open)
    }

    fn completion(&self, requested: &RequestedOperation, id: Option<&Id>) -> Option<Verdict> {
        let operation = self.operation(requested, id)?;
        let step = operation.steps.last()?;
        let outcome = match step.state {
            OperationStatus::Completed => Outcome::Completed,
            OperationStatus::Failed => Outcome::Failed,
            OperationStatus::NotStarted | OperationStatus::Running => return None,
        };
        let mut end = OperationEnd::new(outcome, first_receipt(step));
        end.result = step.result.clone();
        end.details = operation.details.clone();
        Some(Verdict::EndsAt(Timestamp::MIN, end))
    }

    fn participants(&self, requested: &RequestedOperation, id: Option<&Id>, invited: &[Identity]) -> Verdict {
        let is_in_the_call = |participant: &&Participant| {
            let identity = participant.identity.as_ref();
            identity.is_some_and(|identity| invited.iter().any(|invited| is_same(invited, identity)))
        };
        let seen: Vec<_> = self.timeline.roster.participants.iter().filter(is_in_the_call).cloned().collect();
        let are_all_seen = seen.len() >= invited.len();
        // A roster from before the request says nothing about the invitation.
        let later_roster = self.roster.filter(|roster| roster.stamp.received_at >= requested.requested_at);
        match self.completion(requested, id) {
            Some(Verdict::EndsAt(at, mut end)) if end.outcome == Outcome::Completed => {
                end.participants = seen.into();
                if are_all_seen || self.ended_at.is_some() {
                    Verdict::EndsAt(at, end)
                } else {
                    Verdict::WithoutParticipants(end)
                }
            }
            Some(verdict) => verdict,
            None if are_all_seen && !invited.is_empty() && later_roster.is_some() => {
                let mut end = OperationEnd::new(Outcome::Completed, later_roster);
                end.participants = seen.into();
                Verdict::EndsAt(Timestamp::MIN, end)
            }
            None => self.call_ended(requested).unwrap_or(Verdict::Open),
        }
    }

    fn transfer(&self, requested: &RequestedOperation) -> Option<Verdict> {
        let steps = &self.timeline.steps;
        let by = |is_shown: &dyn Fn(&Receipt) -> bool| {
            let mut pairs = (0..steps.len()).filter(|&place| steps[place].state == CallState::Transferring);
            pairs.find(|&place| {
                // An inferred step has no receipts. What was inferred from the next one is as old as that.
                let next = steps.get(place + 1).filter(|next| next.state == CallState::TransferAccepted);
                let receipts =
                    steps[place].basis.receipts().iter().chain(next.map_or(&[][..], |next| next.basis.receipts()));
                receipts.into_iter().any(is_shown)
            })
        };
        let at = requested.requested_at;
        let is_its_reply = |receipt: &Receipt| {
            let sent_at = receipt.sent_at().unwrap_or(receipt.stamp.received_at);
            matches!(receipt.source, Source::Accepted { command: Command::Transfer, .. }) && sent_at >= at
        };
        // Without its reply, the first transfer that was reported later is the one.
        let begun = by(&is_its_reply).or_else(|| by(&|receipt| receipt.stamp.received_at >= at));
        let later = &steps[begun.map_or(steps.len(), |begun| begun + 1)..];
        let next = later.iter().find(|step| step.state != CallState::Transferring)?;
        match next.state {
            CallState::TransferAccepted => {
                Some(Verdict::EndsAt(Timestamp::MIN, OperationEnd::new(Outcome::Completed, first_receipt(next))))
            }
            CallState::Established | CallState::Hold => {
                // A lone notification may be of the time before the transfer. A result or a snapshot is not.
                let is_snapshot = |receipt: &Receipt| matches!(receipt.source, Source::Snapshot { .. });
                let is_shown = next.result.is_some() || next.basis.receipts().iter().any(is_snapshot);
                let is_certain = matches!(self.timeline.present, Some(Present::Certain(_)));
                let at = self.settles_at.filter(|_| is_shown && is_certain)?;
                let mut end = OperationEnd::new(Outcome::Failed, first_receipt(next));
                end.result = next.result.clone();
                Some(Verdict::EndsAt(at, end))
            }
            // The end of the call says how the transfer ended.
            CallState::Terminating | CallState::Terminated => None,
            CallState::Incoming
            | CallState::Redirecting
            | CallState::Establishing
            | CallState::Ringing
            | CallState::Transferring => None,
        }
    }

    /// Returns the verdict of the end of the call, if it has ended.
    fn call_ended(&self, requested: &RequestedOperation) -> Option<Verdict> {
        let is_transferred = requested.awaits == Awaited::Transfer && self.is_transferred();
        let outcome = if is_transferred { Outcome::Completed } else { Outcome::CallEnded };
        let Verdict::EndsAt(_, end) = self.end(outcome)? else { return None };
        // A late notification may still say more than the end of the call.
        Some(Verdict::EndsAt(self.ended_at?.1, end))
    }

    fn end(&self, outcome: Outcome) -> Option<Verdict> {
        let (at, _) = self.ended_at?;
        let mut end = OperationEnd::new(outcome, self.timeline.steps.last().and_then(first_receipt));
        end.result = self.timeline.result.clone();
        Some(Verdict::EndsAt(at, end))
    }

    fn is_transferred(&self) -> bool {
        let codes = |result: &ResultInfo| (result.code, result.subcode);
        self.timeline.result.as_ref().map(codes) == Some(codes(&TRANSFERRED))
            || self.timeline.fields.termination_reason.as_deref() == Some(APP_TRANSFERRED)
    }

    fn operation(&self, requested: &RequestedOperation, id: Option<&Id>) -> Option<&Operation> {
        let is_the_one = |operation: &&Operation| match &operation.key {
            OperationKey::Id(known) => Some(known) == id,
            OperationKey::ClientContext(context) => id.is_none() && *context == requested.client_context,
        };
        self.timeline.operations.iter().find(is_the_one)
    }
}

/// Returns whether an identity in a roster is the invited one.
fn is_same(invited: &Identity, identity: &Identity) -> bool {
    let ids = invited.id.as_ref().zip(identity.id.as_ref());
    invited.kind == identity.kind && ids.is_some_and(|(one, other)| one.expose().eq_ignore_ascii_case(other.expose()))
}

fn first_receipt<S>(step: &Step<S>) -> Option<Receipt> {
    step.basis.receipts().first().copied()
}
