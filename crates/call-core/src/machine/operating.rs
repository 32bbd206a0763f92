//! The operations that the host requested: what became of each, when to probe it, and when to give up.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::feed::output::{Action, Event, OperationProbe, Output};
use crate::machine::config::{Config, SHORTEST_WAIT};
use crate::machine::probing::Probing;
use crate::rule::operations::Operation;
use crate::rule::outcome::{OperationEnd, Outcome, TrackedOperation};
use crate::rule::timeline::Timeline;
use crate::rule::verdict::{Evidence, Verdict};
use crate::words::claim::Claim;
use crate::words::id::Id;
use crate::words::observation::{Observation, Receipt};
use crate::words::operation::{OperationKey, OperationReport};
use crate::words::requested::{Awaited, RequestedOperation};
use crate::words::time::Timestamp;

/// The operations that the host requested of one call, in the order of their requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operating {
    all: Vec<Pursued>,
    /// The report of the roster that was received last.
    roster: Option<Receipt>,
    /// When to attend to an operation.
    next_at: Option<Timestamp>,
}

/// An operation, and the search for its outcome.
#[derive(Debug, Clone)]
struct Pursued {
    tracked: TrackedOperation,
    probing: Probing,
    /// Since when the outcome is awaited: the request, or earlier after a clock that jumped back.
    awaited_since: Timestamp,
    /// When the service last reported the operation.
    heard_at: Option<Timestamp>,
    /// When to probe, to give up, or to take the outcome as it is known.
    due_at: Timestamp,
}

impl Operating {
    /// Tracks an operation. A request that is passed in again changes nothing.
    pub(crate) fn request(&mut self, requested: RequestedOperation, limit: usize, outputs: &mut impl Extend<Output>) {
        if self.find(&requested).is_some() {
            return;
        }
        while self.all.len() >= limit.max(1) {
            let oldest = self.all.iter().position(|one| one.tracked.end.is_some()).unwrap_or(0);
            let mut removed = self.all.remove(oldest);
            if removed.tracked.end.is_none() {
                outputs.extend([removed.end(OperationEnd::new(Outcome::Unknown, None))]);
            }
        }
        let place = self.all.partition_point(|one| one.tracked.requested.requested_at <= requested.requested_at);
        let awaited_since = requested.requested_at;
        let tracked = TrackedOperation { requested, id: None, end: None };
        let (probing, due_at) = (Probing::default(), Timestamp::MAX);
        self.all.insert(place, Pursued { tracked, probing, awaited_since, heard_at: None, due_at });
    }

    fn find(&mut self, requested: &RequestedOperation) -> Option<&mut Pursued> {
        let RequestedOperation { requested_at, client_context, .. } = requested;
        self.all.iter_mut().find(|one| {
            let known = &one.tracked.requested;
            (known.requested_at, &known.client_context) == (*requested_at, client_context)
        })
    }

    /// Notes that the last open operation with a client context was not started.
    pub(crate) fn refuse(&mut self, client_context: &str, outputs: &mut impl Extend<Output>) {
        let mut open = self.all.iter_mut().rev().filter(|one| one.tracked.end.is_none() && one.tracked.id.is_none());
        if let Some(refused) = open.find(|one| *one.tracked.requested.client_context == *client_context) {
            outputs.extend([refused.end(OperationEnd::new(Outcome::NotStarted, None))]);
        }
    }

    /// Notes the id of an operation, and that the service reported it.
    pub(crate) fn hear(&mut self, observation: &Observation) {
        match &observation.claim {
            Claim::Roster(_) => self.roster = self.roster.max(Some(observation.receipt())),
            Claim::Operation(report) => self.identify(report, observation.stamp.received_at),
            Claim::Exists
            | Claim::State { .. }
            | Claim::Direction(_)
            | Claim::Oddity(_)
            | Claim::Field(_)
            | Claim::Sharing(_)
            | Claim::Tone(_) => {}
        }
    }

    fn identify(&mut self, report: &OperationReport, received_at: Timestamp) {
        let known = match (&report.key, &report.details.client_context) {
            (OperationKey::Id(id), context) => {
                let known = self.all.iter().position(|one| one.tracked.id.as_ref() == Some(id));
                let known = known.or_else(|| self.without_id(context.as_deref()?, received_at));
                if let Some(one) = known.and_then(|place| self.all.get_mut(place)) {
                    one.tracked.id = Some(Id::clone(id));
                }
                known
            }
            (OperationKey::ClientContext(context), _) => self.without_id(context, received_at),
        };
        if let Some(one) = known.and_then(|place| self.all.get_mut(place)) {
            one.probing.hear();
            one.heard_at = one.heard_at.max(Some(received_at));
        }
    }

    /// Returns the first operation with a client context that could be reported and has no id.
    fn without_id(&self, context: &str, received_at: Timestamp) -> Option<usize> {
        self.all.iter().position(|one| {
            let TrackedOperation { requested, id, .. } = &one.tracked;
            id.is_none() && *requested.client_context == *context && requested.requested_at <= received_at
        })
    }

    /// Notes the ids that were reported before the request was passed in: another replica may have received them.
    fn identify_in(&mut self, timeline: &Timeline) {
        for place in 0..self.all.len() {
            let TrackedOperation { requested, id: None, end: None } = &self.all[place].tracked else { continue };
            let is_it = |operation: &&Operation| {
                let reported_at = operation.steps.first().and_then(|step| step.basis.receipts().first());
                operation.details.client_context.as_deref() == Some(&*requested.client_context)
                    && reported_at.is_some_and(|receipt| receipt.stamp.received_at >= requested.requested_at)
                    && !self.all.iter().any(|other| other.tracked.id.as_ref() == operation.key.id())
            };
            let found = timeline.operations.iter().find(is_it).and_then(|operation| operation.key.id().cloned());
            self.all[place].tracked.id = found;
        }
    }

    /// Takes over what another replica tracks.
    pub(crate) fn merge(&mut self, other: &Self, limit: usize, outputs: &mut impl Extend<Output>) {
        self.roster = self.roster.max(other.roster);
        for theirs in &other.all {
            self.request(theirs.tracked.requested.clone(), limit, outputs);
            // Every other end follows from observations.
            let refusal = theirs.tracked.end.clone().filter(|end| end.outcome == Outcome::NotStarted);
            let ours = self.find(&theirs.tracked.requested).filter(|ours| ours.tracked.end.is_none());
            outputs.extend(ours.zip(refusal).map(|(ours, refusal)| ours.end(refusal)));
        }
    }

    /// Ends the operations whose outcome the timeline shows, and computes when to attend to the others.
    pub(crate) fn learn(
        &mut self,
        evidence: &Evidence<'_>,
        config: &Config,
        now: Timestamp,
        outputs: &mut impl Extend<Output>,
    ) {
        self.identify_in(evidence.timeline);
        let evidence = Evidence { roster: self.roster, ..*evidence };
        self.next_at = None;
        for one in self.all.iter_mut().filter(|one| one.tracked.end.is_none()) {
            let (due_at, end) = match evidence.verdict(&one.tracked.requested, one.tracked.id.as_ref()) {
                Verdict::EndsAt(at, end) => (at, Some(end)),
                Verdict::WithoutParticipants(end) => one.without_participants(end, config),
                Verdict::Open => (one.due(config), None),
            };
            if let Some(end) = end.filter(|_| due_at <= now) {
                outputs.extend([one.end(end)]);
            } else {
                one.due_at = due_at;
                self.next_at = Some(self.next_at.map_or(due_at, |next| next.min(due_at)));
            }
        }
    }

    /// Asks for the outcomes that are due, and gives up those that no probe could tell.
    pub(crate) fn attend(
        &mut self,
        evidence: &Evidence<'_>,
        config: &Config,
        is_ours: bool,
        now: Timestamp,
        outputs: &mut impl Extend<Output>,
    ) {
        let is_probed = is_ours && config.probes.is_some();
        for one in self.all.iter_mut().filter(|one| one.tracked.end.is_none()) {
            if one.due_at > now {
                continue;
            }
            if one.gives_up_at(config).is_some_and(|at| at <= now) {
                outputs.extend([one.end(OperationEnd::new(Outcome::Unknown, None))]);
                continue;
            }
            one.probing.ask(now);
            let action = one.probe(evidence).filter(|_| is_probed);
            outputs.extend(action.map(Output::Action));
        }
    }

    /// Moves noted instants to `now` at the latest, after a clock that jumped back.
    pub(crate) fn clamp(&mut self, now: Timestamp) {
        for one in &mut self.all {
            one.probing.clamp(now);
            one.awaited_since = one.awaited_since.min(now);
            one.heard_at = one.heard_at.map(|at| at.min(now));
        }
    }

    /// Returns whether the outcome of an operation is searched for, or was until now.
    pub(crate) fn is_searching(&self) -> bool {
        self.next_at.is_some() || self.all.iter().any(|one| one.tracked.end.is_none())
    }

    /// Returns when to attend to an operation.
    pub(crate) const fn next_at(&self) -> Option<Timestamp> {
        self.next_at
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &TrackedOperation> {
        self.all.iter().map(|one| &one.tracked)
    }
}

impl Pursued {
    fn end(&mut self, end: OperationEnd) -> Output {
        self.tracked.end = Some(end);
        Output::Event(Event::OperationEnded(Box::new(self.tracked.clone())))
    }

    /// Returns when to probe or to give up.
    fn due(&self, config: &Config) -> Timestamp {
        let overdue_at = self.overdue_at(config);
        let Some(probes) = &config.probes else { return overdue_at };
        let next = self.probing.next(overdue_at, probes, None);
        next.into_iter().chain(self.gives_up_at(config)).min().unwrap_or(overdue_at)
    }

    /// Returns when to list the participants of an operation that has completed, or when it ends without them.
    fn without_participants(&self, end: OperationEnd, config: &Config) -> (Timestamp, Option<OperationEnd>) {
        let completed_at = end.how_known.map_or(Timestamp::MIN, |receipt| receipt.stamp.received_at);
        let reported_by = completed_at.saturating_add(config.reorder_window);
        let asked_at = self.probing.asked_at().filter(|asked_at| *asked_at >= completed_at);
        match (&config.probes, asked_at) {
            (Some(_), None) => (reported_by, None),
            (Some(probes), Some(asked_at)) => (asked_at.saturating_add(probes.patience.max(SHORTEST_WAIT)), Some(end)),
            (None, _) => (reported_by, Some(end)),
        }
    }

    fn overdue_at(&self, config: &Config) -> Timestamp {
        self.awaited_since.saturating_add(self.tracked.requested.patience.unwrap_or(config.operation_patience))
    }

    /// Returns when to give up; `None` while there is a probe left.
    fn gives_up_at(&self, config: &Config) -> Option<Timestamp> {
        let Some(probes) = &config.probes else { return Some(Timestamp::MIN) };
        // However often the host restarts, the time for all probes counts from the request or the last report. One more is made.
        let since = self.overdue_at(config).max(self.heard_at.unwrap_or(Timestamp::MIN));
        self.probing.gives_up_by(since, probes).into_iter().chain(self.probing.gives_up_at(probes)).min()
    }

    /// Returns the probe that can tell the outcome; `None` if there is none, because the operation has no id yet.
    fn probe(&self, evidence: &Evidence<'_>) -> Option<Action> {
        let by = match &self.tracked.requested.awaits {
            Awaited::Completion => self.tracked.id.as_ref().map(|_| OperationProbe::Operation)?,
            Awaited::Participants(_) => OperationProbe::Participants,
            Awaited::Transfer => OperationProbe::Call,
            // While the call is reported to be ending, it is probed anyway.
            Awaited::End if evidence.timeline.is_ending() => return None,
            Awaited::End => OperationProbe::Call,
        };
        Some(Action::ProbeOperation { key: self.tracked.key(), by })
    }
}
