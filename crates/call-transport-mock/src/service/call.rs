//! A simulated call: its truth, its plan, and its notifications.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use call_core::{CallState, Direction, ResultInfo, Timestamp};
use call_msgraph::RequestKind;
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::story;
use crate::service::story::{Happening, Outcome, Story};
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
    /// Numbers of the participants, each with the update of the roster in which it last changed.
    roster: BTreeMap<u64, u64>,
    roster_updates: u64,
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
            roster: BTreeMap::new(),
            roster_updates: 0,
            reports_data: true,
        }
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
        let at = now.saturating_add(after / self.speed);
        let place = self.plan.partition_point(|(other, _)| *other <= at);
        self.plan.insert(place, (at, happening));
    }

    pub(crate) fn keep_alive(&mut self, now: Timestamp) {
        self.kept_alive_at = now;
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
            Happening::TransferFailed => vec![self.enter(CallState::Established, Some(story::TRANSFER_FAILED), at)],
            Happening::End(outcome) => self.end(outcome, at),
            Happening::Join => {
                let next = self.roster.last_key_value().map_or(0, |(last, _)| last + 1);
                self.roster_updates += 1;
                self.roster.insert(next, self.roster_updates);
                vec![self.roster()]
            }
            Happening::Leave => {
                self.roster_updates += 1;
                self.roster.pop_last();
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
            Happening::PromptPlayed(operation) => vec![self.prompt_played(operation)],
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
        let data = json!({ "@odata.type": "#microsoft.graph.call", "state": state.as_str(), "id": self.id() });
        self.draft_state(change, Some(data), News::None)
    }

    fn end(&mut self, outcome: Outcome, at: Timestamp) -> Vec<Draft> {
        self.plan.clear();
        self.truth.steps.push(TrueStep { state: CallState::Terminated, entered_at: at });
        if !self.reports_data {
            return vec![self.draft_state("deleted", None, News::None)];
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

    fn roster(&self) -> Draft {
        let list = self.participants();
        self.draft_part("updated", "/participants", Some(list), None, News::Roster)
    }

    fn share(&self, change: &str) -> Vec<Draft> {
        let Some((session, has_ended)) = self.truth.sharing.last() else { return Vec::new() };
        let data = json!([{ "@odata.type": "#microsoft.graph.contentSharingSession", "id": session }]);
        let news = if *has_ended { News::SharingEnded(session.clone()) } else { News::Shared(session.clone()) };
        vec![self.draft_part(change, "/contentsharingsessions", Some(data), None, news)]
    }

    fn prompt_played(&self, operation: u64) -> Draft {
        let id = operation_id(operation);
        let data = json!({
            "@odata.type": "#microsoft.graph.playPromptOperation", "id": id, "status": "completed",
            "resultInfo": bodies::result((200, 0, "Action completed successfully.")),
        });
        self.draft_part("deleted", &format!("/operations/{id}"), Some(data), None, News::Operation(id))
    }

    fn draft_part(&self, change: &str, part: &str, data: Option<Value>, step: Option<usize>, news: News) -> Draft {
        let value = bodies::notification(change, &self.id(), part, &self.callback, data);
        Draft { callback: self.callback.clone(), value, report: Report { call: self.truth.call.clone(), step, news } }
    }

    fn id(&self) -> String {
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
        let participant = |(number, changed_in): (&u64, &u64)| {
            bodies::participant(&format!("participant-{number}"), *number, *changed_in)
        };
        self.roster.iter().map(participant).collect()
    }
}

pub(crate) fn operation_id(number: u64) -> String {
    format!("operation-{number}")
}
