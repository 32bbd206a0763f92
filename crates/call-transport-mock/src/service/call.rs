//! A simulated call: its truth, its plan, and its notifications.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use call_core::{CallState, Direction, ResultInfo, Timestamp};
use call_msgraph::internal::media_kind;
use call_msgraph::{KnownCall, MediaKind, RequestKind};
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::operations::{Operations, operation_id};
use crate::service::roster::Roster;
use crate::service::story;
use crate::service::story::{Happening, Outcome, Story, TONES};
use crate::service::truth::{News, Report, TrueStep, Truth};

/// Time after which the service ends a call without a keep-alive ("call: keepAlive", v1.0 reference).
const KEPT_ALIVE_FOR: Duration = Duration::from_secs(45 * 60);

pub(crate) struct SimulatedCall {
    pub(crate) truth: Truth,
    pub(crate) story: Story,
    pub(crate) kind: Option<RequestKind>,
    pub(crate) callback: String,
    /// Resource of the call without its state.
    resource: Value,
    plan: VecDeque<(Timestamp, Happening)>,
    kept_alive_at: Timestamp,
    speed: u32,
    pub(crate) roster: Roster,
    pub(crate) operations: Operations,
    /// Audio routing groups, by id.
    pub(crate) groups: BTreeMap<String, Value>,
    tones: i64,
    media: Option<MediaKind>,
    /// Whether the call is being transferred to a party that another call has reached.
    is_consultative: bool,
    reports_data: bool,
}

/// A notification of a call, before it is sent.
pub(crate) struct Draft {
    pub(crate) callback: String,
    pub(crate) value: Value,
    pub(crate) report: Report,
}

impl SimulatedCall {
    pub(crate) fn new(id: &str, direction: Direction, resource: Value, now: Timestamp, speed: u32) -> Self {
        let state = match direction {
            Direction::Incoming => CallState::Incoming,
            Direction::Outgoing | _ => CallState::Establishing,
        };
        let steps = vec![TrueStep { state, entered_at: now }];
        let media = resource.get("mediaConfig").and_then(media_of);
        let callback = resource.get("callbackUri").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            truth: Truth { call: id.into(), direction, steps, result: None, sharing: Vec::new() },
            story: Story::Answered,
            kind: None,
            callback,
            resource,
            plan: VecDeque::new(),
            kept_alive_at: now,
            speed,
            roster: Roster::default(),
            operations: Operations::default(),
            groups: BTreeMap::new(),
            tones: 0,
            media,
            is_consultative: false,
            reports_data: true,
        }
    }

    /// Returns what the judge of operations must know.
    pub(crate) fn known(&self) -> KnownCall {
        let is_group = |kind| !matches!(kind, RequestKind::PeerToPeer | RequestKind::Pstn);
        let mut known = KnownCall::default();
        known.state = Some(self.truth.state());
        known.media = self.media;
        known.is_group = Some(self.kind.is_some_and(is_group));
        known
    }

    /// Sets where the media are hosted, as an answer says it.
    pub(crate) fn set_media(&mut self, config: &Value) {
        self.resource["mediaConfig"] = config.clone();
        self.media = media_of(config);
    }

    /// Replaces the plan. Each time counts from the entry before it.
    pub(crate) fn plan(&mut self, happenings: Vec<(Duration, Happening)>, now: Timestamp) {
        let mut at = now;
        self.plan = happenings
            .into_iter()
            .map(|(after, happening)| {
                at = at.saturating_add(after / self.speed);
                (at, happening)
            })
            .collect();
    }

    /// Adds an entry to the plan.
    pub(crate) fn also(&mut self, after: Duration, happening: Happening, now: Timestamp) {
        self.insert(now.saturating_add(after / self.speed), happening);
    }

    fn insert(&mut self, at: Timestamp, happening: Happening) {
        let place = self.plan.partition_point(|(other, _)| *other <= at);
        self.plan.insert(place, (at, happening));
    }

    /// Queues a prompt or a recording behind the others.
    pub(crate) fn queue_media(&mut self, number: u64, duration: Duration, now: Timestamp) {
        let ends_at = self.operations.queue(duration / self.speed, now);
        self.insert(ends_at, Happening::OperationCompleted(number));
    }

    /// Cancels all prompts and recordings.
    pub(crate) fn cancel_media(&mut self) -> Vec<Draft> {
        let pending = self.operations.pending_media();
        self.plan.retain(
            |(_, happening)| !matches!(happening, Happening::OperationCompleted(number) if pending.contains(number)),
        );
        pending
            .into_iter()
            .map(|number| {
                self.operations.cancel(number);
                self.operation_ended(number, News::None)
            })
            .collect()
    }

    pub(crate) fn keep_alive(&mut self, now: Timestamp) {
        self.kept_alive_at = now;
    }

    /// Notes whether a transfer replaces another call, which changes how it ends.
    pub(crate) fn set_consultative(&mut self, is_consultative: bool) {
        self.is_consultative = is_consultative;
    }

    /// Makes the notification of the end contain only the path, as after a rejection.
    pub(crate) fn hide_state_at_the_end(&mut self) {
        self.reports_data = false;
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        if self.truth.has_ended() {
            return None;
        }
        let ends_at = self.kept_alive_at.saturating_add(KEPT_ALIVE_FOR / self.speed);
        Some(self.plan.front().map_or(ends_at, |(at, _)| ends_at.min(*at)))
    }

    /// Carries out the next due entry of the plan; `None` if there is none.
    pub(crate) fn advance(&mut self, now: Timestamp) -> Option<Vec<Draft>> {
        let at = self.deadline().filter(|at| *at <= now)?;
        match self.plan.pop_front() {
            Some((planned, happening)) if planned == at => Some(self.happen(happening, at)),
            _ => Some(self.end(story::NOT_KEPT_ALIVE, at)),
        }
    }

    fn happen(&mut self, happening: Happening, at: Timestamp) -> Vec<Draft> {
        match happening {
            Happening::Enter(state) => vec![self.enter(state, None, at)],
            Happening::TransferFailed => {
                let failed = if self.is_consultative { story::CONSULTATION_FAILED } else { story::TRANSFER_FAILED };
                vec![self.enter(CallState::Established, Some(failed), at)]
            }
            Happening::End(outcome) => self.end(outcome, at),
            Happening::Join => {
                self.roster.join(None);
                vec![self.roster()]
            }
            Happening::Leave => {
                self.roster.leave();
                vec![self.roster()]
            }
            Happening::SharingStarted => {
                self.truth.sharing.push((format!("session-{}", self.truth.sharing.len()), false));
                self.share("created")
            }
            Happening::SharingUpdated => self.share("updated"),
            Happening::SharingEnded => {
                if let Some((_, has_ended)) = self.truth.sharing.last_mut() {
                    *has_ended = true;
                }
                self.share("deleted")
            }
            Happening::OperationCompleted(number) => vec![self.completed(number)],
            Happening::InvitedJoin(number) => self.invited_join(number),
            Happening::Tone(index) => vec![self.tone(index)],
        }
    }

    /// Enters a state, and returns its notification.
    pub(crate) fn enter(&mut self, state: CallState, outcome: Option<Outcome>, at: Timestamp) -> Draft {
        self.truth.steps.push(TrueStep { state, entered_at: at });
        let mut data = json!({ "@odata.type": "#microsoft.graph.call", "state": state.as_str(), "id": self.id() });
        if let Some(outcome) = outcome {
            data["resultInfo"] = bodies::result(outcome);
        }
        self.draft_state("updated", Some(data), News::None)
    }

    /// Returns a notification of the present state.
    pub(crate) fn draft(&self, change: &str) -> Draft {
        let state = self.truth.state();
        let mut data = json!({ "@odata.type": "#microsoft.graph.call", "state": state.as_str(), "id": self.id() });
        for key in ["source", "targets"] {
            if let (Direction::Incoming, Some(parties)) = (self.truth.direction, self.resource.get(key)) {
                data[key] = parties.clone();
            }
        }
        self.draft_state(change, Some(data), News::None)
    }

    fn end(&mut self, outcome: Outcome, at: Timestamp) -> Vec<Draft> {
        self.plan.clear();
        self.truth.steps.push(TrueStep { state: CallState::Terminated, entered_at: at });
        if !self.reports_data {
            return vec![self.draft_state("deleted", None, News::None)];
        }
        if self.is_consultative && outcome == story::TRANSFERRED {
            // It has a reason instead of a result.
            let data = json!({
                "@odata.type": "#microsoft.graph.call", "state": "terminated", "id": self.id(),
                "terminationReason": "AppTransferred",
            });
            return vec![self.draft_state("deleted", Some(data), News::None)];
        }
        let (code, subcode, message) = outcome;
        self.truth.result = Some(ResultInfo::new(Some(code), Some(subcode)).with_message(message));
        let data = json!({
            "@odata.type": "#microsoft.graph.call", "state": "terminated", "id": self.id(), "resultInfo": bodies::result(outcome),
        });
        vec![self.draft_state("deleted", Some(data), News::Result)]
    }

    fn draft_state(&self, change: &str, data: Option<Value>, news: News) -> Draft {
        let data = data.map(|mut data| {
            if self.truth.direction == Direction::Incoming {
                data["direction"] = self.truth.direction.as_str().into();
            }
            data
        });
        let step = self.truth.steps.len() - 1;
        self.draft_part(change, "", data, Some(step), news)
    }

    pub(crate) fn roster(&self) -> Draft {
        let list = self.participants();
        self.draft_part("updated", "/participants", Some(list), None, News::Roster)
    }

    fn share(&self, change: &str) -> Vec<Draft> {
        let Some((session, has_ended)) = self.truth.sharing.last() else { return Vec::new() };
        let data = json!([{ "@odata.type": "#microsoft.graph.contentSharingSession", "id": session }]);
        let news = if *has_ended { News::SharingEnded(session.clone()) } else { News::Shared(session.clone()) };
        vec![self.draft_part(change, "/contentsharingsessions", Some(data), None, news)]
    }

    /// Completes an operation, and returns its notification.
    fn completed(&mut self, number: u64) -> Draft {
        self.operations.complete(number);
        self.operation_ended(number, News::Operation(operation_id(number)))
    }

    fn operation_ended(&self, number: u64, news: News) -> Draft {
        let part = format!("/operations/{}", operation_id(number));
        self.draft_part("deleted", &part, self.operations.get(number), None, news)
    }

    fn invited_join(&mut self, number: u64) -> Vec<Draft> {
        let ended = self.completed(number);
        if self.roster.is_empty() {
            self.roster.join(None);
        }
        for participant in ended.value["resourceData"]["participants"].as_array().into_iter().flatten() {
            self.roster.join(participant.get("identity").cloned());
        }
        vec![self.roster(), ended]
    }

    fn tone(&mut self, index: usize) -> Draft {
        self.tones += 1;
        let tone = TONES.get(index).copied().unwrap_or_default();
        let mut data =
            json!({ "@odata.type": "#microsoft.graph.call", "state": self.truth.state().as_str(), "id": self.id() });
        data["toneInfo"] =
            json!({ "@odata.type": "#microsoft.graph.toneInfo", "sequenceId": self.tones, "tone": tone });
        self.draft_state("updated", Some(data), News::None)
    }

    /// Returns the content sharing sessions that have not ended.
    pub(crate) fn sessions(&self) -> Value {
        let active = self.truth.sharing.iter().filter(|(_, has_ended)| !has_ended);
        active.map(|(id, _)| json!({ "@odata.type": "#microsoft.graph.contentSharingSession", "id": id })).collect()
    }

    fn draft_part(&self, change: &str, part: &str, data: Option<Value>, step: Option<usize>, news: News) -> Draft {
        let value = bodies::notification(change, &self.id(), part, &self.callback, data);
        Draft { callback: self.callback.clone(), value, report: Report { call: self.truth.call.clone(), step, news } }
    }

    pub(crate) fn id(&self) -> String {
        self.truth.call.to_string()
    }

    /// Returns the resource of the call.
    pub(crate) fn resource(&self) -> Value {
        let mut resource = self.resource.clone();
        resource["@odata.type"] = "#microsoft.graph.call".into();
        resource["id"] = self.id().into();
        resource["state"] = self.truth.state().as_str().into();
        resource["direction"] = self.truth.direction.as_str().into();
        resource
    }

    /// Returns the participants.
    pub(crate) fn participants(&self) -> Value {
        self.roster.list()
    }
}

fn media_of(config: &Value) -> Option<MediaKind> {
    media_kind(config.get("@odata.type")?.as_str()?)
}
