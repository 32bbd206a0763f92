//! One call as a state machine.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use crate::feed::changes::{Feed, changes};
use crate::feed::output::{Action, Event, ForgetReason, Output, ProbeReason};
use crate::machine::config::{Config, Probes};
use crate::machine::deadline::{Deadline, Timer};
use crate::machine::in_order::Frontier;
use crate::machine::input::Input;
use crate::machine::keeping_alive::KeepingAlive;
use crate::machine::kept::{Kept, Taken};
use crate::machine::operating::Operating;
use crate::machine::outline::Outline;
use crate::machine::probing::Probing;
use crate::rule::outcome::TrackedOperation;
use crate::rule::stays;
use crate::rule::stays::Stay;
use crate::rule::timeline::{Present, Timeline};
use crate::rule::verdict::Evidence;
use crate::words::observation::{Observation, Receipt, Source};
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// The largest number of observations whose timeline is computed when it is needed.
const MOST_COMPUTED: usize = 16;

/// One call. The host passes in inputs with the time, drains the outputs, and reads the next deadline.
///
/// The [crate's documentation](crate#the-contract) describes the contract.
///
/// ```
/// use call_core::{Call, CallState::*, Config, Observation, Timestamp};
/// let mut call = Call::new(Config::default());
/// for (second, state) in [(1, Established), (2, Establishing)] {
///     let now = Timestamp::from_millis(second * 1_000);
///     call.handle(Observation::notified(now, state), now);
/// }
/// assert_eq!(call.timeline().states(), [Establishing, Established]);
/// ```
#[derive(Debug, Clone)]
pub struct Call {
    config: Arc<Config>,
    observations: Kept,
    /// The timeline, if computing it again would be dear.
    timeline: Option<Box<Timeline>>,
    outline: Outline,
    frontier: Frontier,
    /// What the host knows of earlier timelines, if that is more than the present one shows.
    feed: Option<Box<Feed>>,
    outputs: VecDeque<Output>,
    is_ours: bool,
    reference: Option<Box<str>>,
    heard_at: Option<Timestamp>,
    /// Instant of the last report. An accepted command is not a report.
    reported_at: Option<Timestamp>,
    /// Since when a response hints at an end that nothing reported since.
    suspected_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    is_end_reported: bool,
    is_forgotten: bool,
    evicted: u64,
    next_deadline: Option<Deadline>,
    probing: Probing,
    listing: Probing,
    keeping_alive: KeepingAlive,
    /// Most calls have no operation.
    operating: Option<Box<Operating>>,
}

impl Call {
    /// Returns a call without observations. Calls can share a configuration.
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        Self {
            config: config.into(),
            observations: Kept::default(),
            timeline: None,
            outline: Outline::default(),
            frontier: Frontier::default(),
            feed: None,
            outputs: VecDeque::new(),
            is_ours: false,
            reference: None,
            heard_at: None,
            reported_at: None,
            suspected_at: None,
            ended_at: None,
            is_end_reported: false,
            is_forgotten: false,
            evicted: 0,
            next_deadline: None,
            probing: Probing::default(),
            listing: Probing::default(),
            keeping_alive: KeepingAlive::default(),
            operating: None,
        }
    }

    /// Processes an input. Never fails: an observation that makes no sense becomes an anomaly of the timeline.
    ///
    /// [`Limits`](crate::Limits) bounds the time that it takes, however many observations came before.
    pub fn handle(&mut self, input: impl Into<Input>, now: Timestamp) {
        self.clamp(now);
        match input.into() {
            Input::Observed(observations) => self.observe(observations, now),
            Input::Adopted => self.is_ours = true,
            Input::Referenced(reference) => drop(self.reference.get_or_insert(reference)),
            Input::Requested(requested) => {
                let operating = self.operating.get_or_insert_default();
                operating.request(*requested, self.config.limits.operations, &mut self.outputs);
            }
            Input::Refused(client_context) => {
                if let Some(operating) = &mut self.operating {
                    operating.refuse(&client_context, &mut self.outputs);
                }
            }
            Input::EndSuspected => self.suspected_at = self.suspected_at.or(Some(now)),
            Input::DeadlineReached => {}
        }
        self.act(now);
    }

    /// Merges what another replica knows about the same call. If each merges the other, both have the same timeline.
    pub fn merge(&mut self, other: &Self, now: Timestamp) {
        self.clamp(now);
        self.is_ours |= other.is_ours;
        if let (None, Some(reference)) = (&self.reference, &other.reference) {
            self.reference = Some(reference.clone());
        }
        if let Some(theirs) = &other.operating {
            let operating = self.operating.get_or_insert_default();
            operating.merge(theirs, self.config.limits.operations, &mut self.outputs);
        }
        for observation in other.observations.iter() {
            self.hear(observation, now);
        }
        let before = self.timeline().into_owned();
        if let Some(evicted) = self.observations.merge(&other.observations, &self.config.limits) {
            self.probing.restart();
            self.evicted = self.evicted.saturating_add(evicted);
            self.update(&before, evicted, now);
        }
        self.act(now);
    }

    /// Returns the next output; `None` when all outputs are drained.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if output.is_none() {
            // Most calls have no output for a long time, and there may be a million calls. So the memory is freed.
            self.outputs = VecDeque::new();
        }
        output
    }

    /// Exchanges the outputs of the call, of which there are none between two inputs, with others.
    pub(crate) const fn exchange_outputs(&mut self, outputs: &mut VecDeque<Output>) {
        core::mem::swap(&mut self.outputs, outputs);
    }

    /// Returns when, and why, to call [`handle`](Self::handle) with [`Input::DeadlineReached`], unless another input comes first.
    #[must_use]
    pub const fn next_deadline(&self) -> Option<Deadline> {
        self.next_deadline
    }

    /// Returns the timeline.
    ///
    /// There may be a million calls, and most timelines follow from a few observations. So only long ones are kept. Any other one is
    /// computed, in some microseconds.
    #[must_use]
    pub fn timeline(&self) -> Cow<'_, Timeline> {
        match &self.timeline {
            Some(timeline) => Cow::Borrowed(timeline),
            None => Cow::Owned(self.as_known_at(Timestamp::MAX)),
        }
    }

    /// Returns the present state, or the most likely one if it is ambiguous; `None` if no state was observed.
    #[must_use]
    pub const fn state(&self) -> Option<CallState> {
        self.outline.likely
    }

    /// Returns the timeline of the observations that had been received by an instant, as far as they are kept.
    #[must_use]
    pub fn as_known_at(&self, at: Timestamp) -> Timeline {
        self.observations.timeline(self.config.tolerance(), at)
    }

    /// Returns who was in the call, and from which report to which, as far as the reports are kept: see [`stays`](crate::stays).
    #[must_use]
    pub fn stays(&self) -> Vec<Stay> {
        stays::stays(self.observations.iter())
    }

    /// Returns the instant from which the present is settled: see [`Timeline::settles_at`].
    #[must_use]
    pub fn settles_at(&self) -> Option<Timestamp> {
        self.outline.settles_at(self.config.reorder_window)
    }

    /// Returns whether the call was created or answered here. Any other call is foreign.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Returns the host's own name of the call, if it has one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// Returns whether the call has ended.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended_at.is_some()
    }

    /// Returns the instant of the last observation. It is never later than the time of its input.
    #[must_use]
    pub const fn heard_at(&self) -> Option<Timestamp> {
        self.heard_at
    }

    /// Returns the operations that the host requested, in the order of their requests.
    pub fn operations(&self) -> impl Iterator<Item = &TrackedOperation> {
        self.operating.iter().flat_map(|operating| operating.iter())
    }

    /// Returns the number of evicted observations.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }

    fn observe(&mut self, observations: Vec<Observation>, now: Timestamp) {
        let Err(observations) = self.extend(observations, now) else { return };
        if observations.iter().all(|observation| self.observations.contains(observation)) {
            observations.iter().for_each(|observation| self.hear(observation, now));
            return;
        }
        let before = match self.timeline.take() {
            Some(timeline) => *timeline,
            None => self.timeline().into_owned(),
        };
        let evicted = self.keep(observations, now);
        self.update(&before, evicted, now);
    }

    /// Keeps observations, and returns the number of evictions.
    fn keep(&mut self, observations: Vec<Observation>, now: Timestamp) -> u64 {
        let (mut is_notified, mut evicted) = (false, 0);
        for observation in observations {
            self.hear(&observation, now);
            let notifies = observation.source == Source::Notification;
            let taken = self.observations.insert(observation, &self.config.limits);
            is_notified |= notifies && taken != Taken::Known;
            evicted += taken.evicted();
        }
        if is_notified {
            self.probing.restart();
        }
        self.evicted = self.evicted.saturating_add(evicted);
        evicted
    }

    /// Extends the timeline in place, if all observations are in order. Otherwise returns them.
    fn extend(&mut self, observations: Vec<Observation>, now: Timestamp) -> Result<(), Vec<Observation>> {
        let admitted = self.frontier.admits(&observations, &self.outline, &self.observations, &self.config);
        let Some(next) = admitted else { return Err(observations) };
        let mut outline = self.outline.clone();
        if let Some(next) = &next {
            let (kept, outputs) = (&mut self.timeline, &mut self.outputs);
            self.frontier.changes(next, &outline, |change| {
                if let Some(timeline) = kept {
                    let applied = timeline.apply(&change);
                    debug_assert_eq!(applied, Ok(()), "the change was made for this timeline");
                }
                outputs.push_back(Output::Event(Event::Changed(change)));
            });
            if let (Some(feed), Some(timeline)) = (&mut self.feed, &self.timeline) {
                feed.follow(&timeline.steps);
            }
            self.frontier.pass(next, &outline);
            outline.pass(next, self.config.reorder_window);
        }
        self.keep(observations, now);
        self.turn_to(outline, now);
        Ok(())
    }

    /// Notes everything about an observation that does not depend on whether it is kept.
    fn hear(&mut self, observation: &Observation, now: Timestamp) {
        self.is_ours |= matches!(observation.source, Source::CreateResponse { .. } | Source::Accepted { .. });
        let heard_at = Some(observation.stamp.received_at.min(now));
        self.heard_at = self.heard_at.max(heard_at);
        if observation.is_a_report() {
            self.reported_at = self.reported_at.max(heard_at);
            if let Source::Snapshot { sent_at } | Source::Gone { sent_at } = observation.source {
                // A reply to an earlier request does not answer the question.
                self.suspected_at = self.suspected_at.filter(|at| sent_at.is_some_and(|sent_at| sent_at < *at));
            }
        }
        self.keeping_alive.observe(observation, now);
        if let Some(operating) = &mut self.operating {
            operating.hear(observation);
        }
    }

    /// Computes the timeline again, and outputs how it differs from the one before. `evicted` is the number of observations that were just evicted.
    fn update(&mut self, before: &Timeline, evicted: u64, now: Timestamp) {
        let timeline = self.observations.timeline(self.config.tolerance(), Timestamp::MAX);
        let is_kept = |receipt: &Receipt| evicted == 0 || self.observations.supports_a_state(receipt);
        let changes = changes(&mut self.feed, before, &timeline, is_kept);
        if timeline.roster.gap != before.roster.gap {
            self.listing.restart();
        }
        self.outputs.extend(changes.into_iter().map(|change| Output::Event(Event::Changed(change))));
        self.frontier = Frontier::of(&timeline, &self.observations, self.config.reorder_window);
        let outline = Outline::of(&timeline, self.config.reorder_window);
        self.timeline = Some(Box::new(timeline));
        self.turn_to(outline, now);
        self.timeline = self.timeline.take().filter(|timeline| self.is_dear(timeline));
    }

    /// Returns whether computing a timeline again takes long.
    fn is_dear(&self, timeline: &Timeline) -> bool {
        let Timeline { roster, operations, sharing, tones, anomalies, present, .. } = timeline;
        // A host that knows earlier timelines must be told how the present one differs.
        self.feed.is_some()
            || self.is_searching()
            || self.observations.len() > MOST_COMPUTED
            || matches!(present, Some(Present::Ambiguous { .. }))
            || roster.gap.is_some()
            || !(roster.participants.is_empty() && operations.is_empty() && sharing.is_empty() && tones.is_empty())
            || !anomalies.is_empty()
    }

    /// Draws the conclusions of a new present.
    fn turn_to(&mut self, outline: Outline, now: Timestamp) {
        let before = core::mem::replace(&mut self.outline, outline).phase();
        if self.outline.phase() == Some(Phase::Terminated) && before != Some(Phase::Terminated) {
            // The 404 is the reply to the last probe, so the next one has its own patience.
            self.probing = Probing::default();
        } else if self.question().is_none() {
            self.probing.restart();
        }
        if !self.outline.is_over() {
            // If the end was assumed, the news may refute it.
            self.ended_at = None;
        } else if self.ended_at.is_none() {
            self.end(now);
        }
    }

    fn end(&mut self, now: Timestamp) {
        self.ended_at = Some(now);
        if self.is_end_reported {
            return;
        }
        let timeline = self.timeline();
        let how_known = timeline.steps.last().and_then(|step| step.basis.receipts().first());
        if let Some(&how_known) = how_known {
            let result = timeline.result.clone();
            self.is_end_reported = true;
            self.outputs.push_back(Output::Event(Event::Ended { how_known, result }));
        }
    }

    /// Outputs the actions that are due.
    fn act(&mut self, now: Timestamp) {
        // An assumed end without a grace period is forgotten at once.
        if self.act_once(now) && self.act_once(now) {
            self.learn_outcomes(now);
            self.next_deadline = self.deadlines().min();
        }
    }

    /// Outputs the actions that are due, and returns whether there were any.
    fn act_once(&mut self, now: Timestamp) -> bool {
        self.learn_outcomes(now);
        self.next_deadline = self.deadlines().min();
        let is_any_due = self.next_deadline.is_some_and(|next| next.at <= now);
        if !is_any_due {
            return false;
        }
        let due: Vec<_> = self.deadlines().filter(|deadline| deadline.at <= now).collect();
        for Deadline { timer, .. } in due {
            let output = match timer {
                Timer::Probe(reason) => {
                    self.probing.ask(now);
                    Some(Output::Action(Action::Probe(reason)))
                }
                Timer::AssumeEnd => {
                    self.end(now);
                    None
                }
                Timer::ListParticipants => {
                    self.listing.ask(now);
                    Some(Output::Action(Action::ListParticipants))
                }
                Timer::Operation => {
                    self.hold_timeline();
                    if let (Some(operating), Some(timeline)) = (&mut self.operating, &self.timeline) {
                        let evidence = evidence(timeline, self.ended_at, self.config.reorder_window);
                        operating.attend(&evidence, &self.config, self.is_ours, now, &mut self.outputs);
                    }
                    None
                }
                Timer::KeepAlive => {
                    self.keeping_alive.ask(now);
                    Some(Output::Action(Action::KeepAlive))
                }
                Timer::Warning => {
                    self.keeping_alive.warn();
                    let ends_at = self.config.keep_alive.as_ref().and_then(|config| self.keeping_alive.ends_at(config));
                    ends_at.map(|at| Output::Event(Event::EndsUnlessKeptAlive { at }))
                }
                Timer::Forget => {
                    self.is_forgotten = true;
                    Some(Output::Action(Action::Forget(ForgetReason::Ended)))
                }
            };
            self.outputs.extend(output);
        }
        true
    }

    /// Ends the operations whose outcome is known.
    fn learn_outcomes(&mut self, now: Timestamp) {
        if !self.is_searching() {
            return;
        }
        self.hold_timeline();
        if let (Some(operating), Some(timeline)) = (&mut self.operating, &self.timeline) {
            let evidence = evidence(timeline, self.ended_at, self.config.reorder_window);
            operating.learn(&evidence, &self.config, now, &mut self.outputs);
        }
    }

    /// Returns whether the outcome of an operation is not known yet, which each input may show.
    fn is_searching(&self) -> bool {
        self.operating.as_ref().is_some_and(|operating| operating.is_searching())
    }

    /// Keeps the timeline until it changes and is no longer dear.
    fn hold_timeline(&mut self) {
        if self.timeline.is_none() {
            self.timeline = Some(Box::new(self.timeline().into_owned()));
        }
    }

    /// Returns all running timers. This is the only table of them.
    fn deadlines(&self) -> impl Iterator<Item = Deadline> {
        let is_open = self.ended_at.is_none();
        let forget = self.ended_at.filter(|_| !self.is_forgotten).map(|at| at.saturating_add(self.config.grace));
        let keep_alive = self.config.keep_alive.as_ref().filter(|_| is_open && self.is_worth_keeping_alive());
        let timers = [
            self.next_probe().filter(|_| is_open),
            self.next_assumed_end().filter(|_| is_open).map(|at| (at, Timer::AssumeEnd)),
            self.next_listing().filter(|_| is_open),
            keep_alive.and_then(|config| Some((self.keeping_alive.next(config)?, Timer::KeepAlive))),
            keep_alive.and_then(|config| Some((self.keeping_alive.next_warning(config)?, Timer::Warning))),
            self.operating.as_ref().and_then(|operating| operating.next_at()).map(|at| (at, Timer::Operation)),
            forget.map(|at| (at, Timer::Forget)),
        ];
        // An addition that saturated is never due.
        let timers = timers.into_iter().flatten().filter(|(at, _)| *at < Timestamp::MAX);
        timers.map(|(at, timer)| Deadline { at, timer })
    }

    fn next_probe(&self) -> Option<(Timestamp, Timer)> {
        let probes = self.probes()?;
        let silence = self.silence(probes);
        let silent = silence.zip(self.silent_since());
        let silent = silent.map(|(silence, since)| (since.saturating_add(silence), ProbeReason::Silence));
        let ask = |(since, reason)| Some((self.probing.next(since, probes, silence)?, Timer::Probe(reason)));
        self.question().into_iter().chain(silent).filter_map(ask).min()
    }

    /// Returns when a likely end counts as the end: it has settled, and no probe is left.
    fn next_assumed_end(&self) -> Option<Timestamp> {
        let gone_at = self.outline.last.as_ref().filter(|_| self.outline.phase() == Some(Phase::Terminated))?.first_at;
        let settled = gone_at.saturating_add(self.config.reorder_window).saturating_add(Duration::from_nanos(1));
        let Some(probes) = self.probes() else { return Some(settled) };
        Some(self.probing.gives_up_at(probes)?.max(settled))
    }

    /// Returns when to probe; `None` if this call is not probed.
    fn probes(&self) -> Option<&Probes> {
        self.config.probes.as_ref().filter(|_| self.is_ours)
    }

    /// Returns since when nothing was reported. A state that a command leads to has time to be reported.
    fn silent_since(&self) -> Option<Timestamp> {
        let step = self.outline.last.as_ref().map(|step| step.last_at);
        self.reported_at.or(self.heard_at).max(step.min(self.heard_at))
    }

    /// Returns the time without a report after which the call is probed.
    fn silence(&self, probes: &Probes) -> Option<Duration> {
        probes.silence.of(self.outline.phase().unwrap_or(Phase::Establishing))
    }

    /// Returns when to list the participants: after a late delta would have filled the gap.
    fn next_listing(&self) -> Option<(Timestamp, Timer)> {
        let probes = self.probes()?;
        let since = self.outline.gap_at?.saturating_add(self.config.reorder_window);
        Some((self.listing.next(since, probes, self.silence(probes))?, Timer::ListParticipants))
    }

    fn question(&self) -> Option<(Timestamp, ProbeReason)> {
        let probes = self.config.probes.as_ref()?;
        let of_timeline = self.outline.question(self.config.reorder_window, probes);
        let suspicion = self.suspected_at.map(|at| (at, ProbeReason::EndExpected));
        of_timeline.into_iter().chain(suspicion).min()
    }

    /// Returns whether the service would end the call without keep-alives: it is being set up or is connected.
    fn is_worth_keeping_alive(&self) -> bool {
        self.is_ours
            && self.outline.phase().is_none_or(|phase| (Phase::Establishing..=Phase::Connected).contains(&phase))
    }

    /// Moves all noted instants to `now` at the latest, after a clock that jumped back.
    fn clamp(&mut self, now: Timestamp) {
        self.heard_at = self.heard_at.map(|at| at.min(now));
        self.reported_at = self.reported_at.map(|at| at.min(now));
        self.ended_at = self.ended_at.map(|at| at.min(now));
        self.suspected_at = self.suspected_at.map(|at| at.min(now));
        self.probing.clamp(now);
        self.listing.clamp(now);
        self.keeping_alive.clamp(now);
        if let Some(operating) = &mut self.operating {
            operating.clamp(now);
        }
    }
}

/// Returns what the outcomes of operations depend on.
fn evidence(timeline: &Timeline, ended_at: Option<Timestamp>, reorder_window: Duration) -> Evidence<'_> {
    let ended_at = ended_at.map(|at| (at, at.saturating_add(reorder_window)));
    Evidence { timeline, settles_at: timeline.settles_at(reorder_window), roster: None, ended_at }
}
