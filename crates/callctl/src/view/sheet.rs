//! A call as the page shows it: the JSON of the call, and beside it what only people need.

use std::collections::BTreeSet;

use call_core::{Direction, Identity, Receipt, Silence, Stay, Timeline, Timestamp};
use call_msgraph::explain;
use serde::Serialize;

use crate::view::arrivals::Arrival;
use crate::view::context::Context;
use crate::view::mask::Privacy;

/// Why a step of the connected phase stands before one that was reported earlier.
const BY_CLOCK: &str = "; a part of it is late: while a call is connected, the times of reports decide, and each may be late by the reorder window";

/// A call as the page shows it.
#[derive(Serialize)]
pub(crate) struct Sheet<C> {
    #[serde(flatten)]
    call: C,
    page: Extras,
}

/// What only people need. Instants and durations are in milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Extras {
    /// The other side, in words.
    with: String,
    /// Instant of the last report.
    heard: Option<i64>,
    /// Time without a report that is still usual.
    silence: Option<u128>,
    failed: bool,
    /// Number of steps that were put right.
    reordered: usize,
    arrivals: Vec<Arrival>,
    /// Why each step stands where it stands.
    why: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<Meaning>,
    stays: Vec<StayView>,
    facts: Vec<(&'static str, String)>,
    /// Number of the pack of its deliveries in a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<usize>,
}

impl<C> Sheet<C> {
    /// Returns the number of steps that were put right.
    pub(crate) const fn reordered(&self) -> usize {
        self.page.reordered
    }
}

/// Who was in the call or its lobby, and for how long.
#[derive(Serialize)]
struct StayView {
    id: Option<String>,
    who: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    /// What was last reported: in the lobby, muted, on hold.
    tags: Vec<&'static str>,
}

/// Explanation of the result.
#[derive(Serialize)]
struct Meaning {
    words: &'static str,
    cause: &'static str,
    retry: &'static str,
}

impl Context<'_> {
    /// Returns a call as the page shows it. `heard_at` is the instant of the last report.
    pub(crate) fn sheet<C>(
        self,
        call: C,
        timeline: &Timeline,
        heard_at: Option<Timestamp>,
        stays: &[Stay],
        pack: Option<usize>,
    ) -> Sheet<C> {
        let arrivals = self.arrivals(timeline);
        let day = self.day(timeline);
        let late: BTreeSet<_> =
            arrivals.all.iter().filter(|arrival| arrival.is_late).filter_map(|arrival| arrival.step).collect();
        let why = (0..timeline.steps.len()).map(|step| {
            let why = self.why(&timeline.steps, step, day.as_deref());
            match timeline.steps[step].basis.code() {
                "placedByClock" if late.contains(&step) => why + BY_CLOCK,
                _ => why,
            }
        });
        let present = timeline.present.as_ref().map(|present| present.likely().phase());
        let silence = present.and_then(|phase| Silence::default().of(phase));
        let codes = timeline.result.as_ref().and_then(|result| result.code.zip(result.subcode));
        let meaning = codes.and_then(|(code, subcode)| explain(code, subcode));
        let facts = self.other_facts(timeline).into_iter().map(|fact| (fact.name, fact.text));
        let page = Extras {
            with: self.other_side(timeline),
            heard: heard_at.map(Timestamp::as_millis),
            silence: silence.map(|time| time.as_millis()),
            failed: has_failed(timeline),
            reordered: arrivals.reordered,
            arrivals: arrivals.all,
            why: why.collect(),
            meaning: meaning.map(|known| Meaning {
                words: &known.meaning,
                cause: &known.cause,
                retry: known.retry.as_str(),
            }),
            stays: stays.iter().map(|stay| self.stay(stay)).collect(),
            facts: facts.collect(),
            pack,
        };
        Sheet { call, page }
    }

    fn stay(self, Stay { participant, since, until, .. }: &Stay) -> StayView {
        let time = |receipt: &Receipt| {
            Some(receipt.stamp.received_at.as_millis()).filter(|_| !self.receipts.is_untimed(receipt))
        };
        let tags = [
            (participant.is_in_lobby, "in the lobby"),
            (participant.is_muted, "muted"),
            (participant.is_on_hold, "on hold"),
        ];
        StayView {
            id: participant.key.id().map(ToString::to_string),
            who: participant.identity.as_deref().map(|identity| self.identity_words(identity)),
            since: time(since),
            until: until.as_ref().and_then(time),
            tags: tags.into_iter().filter(|(is_so, _)| *is_so).map(|(_, tag)| tag).collect(),
        }
    }

    /// Returns the other side of a call in words: the caller, the callee, a meeting or a group.
    fn other_side(self, timeline: &Timeline) -> String {
        let fields = &timeline.fields;
        let targets = fields.targets.as_deref().unwrap_or_default();
        let is_incoming = timeline.direction == Some(Direction::Incoming);
        match (is_incoming, targets) {
            (true, _) => fields.source.as_ref().map_or_else(|| "call".to_owned(), |caller| self.party(caller)),
            (false, [callee]) => self.party(callee),
            (false, []) if fields.meeting_info.is_some() || fields.thread_id.is_some() => "meeting".to_owned(),
            (false, []) => "call".to_owned(),
            (false, group) => format!("group of {}", group.len()),
        }
    }

    /// Returns the kind of an identity, with its name or else its id if private data is shown.
    fn party(self, identity: &Identity) -> String {
        let name = identity.display_name.as_ref().or(identity.id.as_ref());
        match name.filter(|_| self.privacy == Privacy::Shown) {
            Some(name) => format!("{} {}", identity.kind, name.expose()),
            None => identity.kind.to_string(),
        }
    }
}

/// Returns whether a call ended with an error: its code is not that of a success.
pub(crate) fn has_failed(timeline: &Timeline) -> bool {
    timeline.result.as_ref().and_then(|result| result.code).is_some_and(|code| code >= 300)
}
