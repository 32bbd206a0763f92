//! The truth of simulated calls: what happened, and what the service reports of it.

use std::collections::BTreeMap;
use std::ops::Range;

use call_core::CallState::{self, *};
use fastrand::Rng;

/// A kind of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call that is answered, held a few times at most, and hung up.
    Plain,
    /// A call that is held and resumed many times in quick succession.
    Holds,
    /// A call in which the callee presses many keys, often just before a transfer. Each is reported with the state.
    Tones,
    /// A call that the bot transfers, often without success at first.
    Transfers,
    /// A meeting in which participants come and go.
    Meetings,
}

/// What happened in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// States with the instants at which they were entered.
    pub steps: Vec<(i64, CallState)>,
    /// What the service reports, in this order.
    pub news: Vec<News>,
}

/// One notification of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Instant at which it is sent.
    pub at: i64,
    /// Content.
    pub what: What,
}

/// Content of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The call is in a state.
    State(CallState),
    /// The participants, each with the update of the roster in which it last changed.
    Roster(BTreeMap<u32, i64>),
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Holds, Self::Tones, Self::Transfers, Self::Meetings];

    /// Returns the name of the kind.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain calls",
            Self::Holds => "storms of holds",
            Self::Tones => "calls with tones",
            Self::Transfers => "transfers",
            Self::Meetings => "meetings",
        }
    }
}

impl Truth {
    /// Returns a random call.
    pub fn random(kind: Kind, rng: &mut Rng) -> Self {
        let mut call = Call { rng, now: 0, steps: Vec::new(), news: Vec::new() };
        call.enter(Establishing);
        if kind != Kind::Meetings && call.rng.bool() {
            call.wait(200..1_500);
            call.enter(Ringing);
        }
        call.wait(500..8_000);
        call.enter(Established);
        match kind {
            Kind::Plain => call.hold(0..4, 2_000..60_000, 1_000..30_000),
            Kind::Holds => call.hold(3..12, 300..4_000, 300..4_000),
            Kind::Tones => call.press_keys(),
            Kind::Transfers => call.transfer(500..6_000),
            Kind::Meetings => call.meet(),
        }
        call.wait(500..20_000);
        if call.rng.u8(..4) == 0 {
            call.enter(Terminating);
            call.wait(50..1_000);
        }
        call.enter(Terminated);
        let Call { steps, mut news, .. } = call;
        news.sort_by_key(|news| news.at);
        Self { steps, news }
    }

    /// Returns the state at an instant.
    #[must_use]
    pub fn state_at(&self, instant: i64) -> CallState {
        self.steps.iter().rev().find(|(at, _)| *at <= instant).map_or(Establishing, |(_, state)| *state)
    }

    /// Returns who is present at an instant.
    #[must_use]
    pub fn roster_at(&self, instant: i64) -> Vec<u32> {
        let mut rosters =
            self.news.iter().rev().filter(|news| news.at <= instant).filter_map(|news| match &news.what {
                What::Roster(roster) => Some(roster),
                What::State(_) => None,
            });
        rosters.next().map_or_else(Vec::new, |roster| roster.keys().copied().collect())
    }

    /// Returns when the call was answered, and when it ended.
    #[must_use]
    pub fn connected(&self) -> (i64, i64) {
        let first = self.steps.iter().find(|(_, state)| *state == Established).map_or(0, |(at, _)| *at);
        let end = self.steps.iter().find(|(_, state)| matches!(state, Terminating | Terminated));
        (first, end.map_or(first, |(at, _)| *at))
    }
}

/// A call in the making.
struct Call<'r> {
    rng: &'r mut Rng,
    now: i64,
    steps: Vec<(i64, CallState)>,
    news: Vec<News>,
}

impl Call<'_> {
    fn wait(&mut self, millis: Range<i64>) {
        self.now += self.rng.i64(millis);
    }

    fn enter(&mut self, state: CallState) {
        self.steps.push((self.now, state));
        self.news.push(News { at: self.now, what: What::State(state) });
    }

    fn hold(&mut self, times: Range<u8>, talk: Range<i64>, hold: Range<i64>) {
        for _ in 0..self.rng.u8(times) {
            self.wait(talk.clone());
            self.enter(Hold);
            self.wait(hold.clone());
            self.enter(Established);
        }
    }

    fn press_keys(&mut self) {
        for _ in 0..self.rng.u8(1..3) {
            self.wait(1_000..5_000);
            for _ in 0..self.rng.u8(5..25) {
                self.wait(120..500);
                self.news.push(News { at: self.now, what: What::State(Established) });
            }
        }
        if self.rng.bool() {
            self.wait(100..2_000);
            self.transfer(500..3_000);
        }
    }

    fn transfer(&mut self, pause: Range<i64>) {
        self.wait(pause.clone());
        self.enter(Transferring);
        self.wait(pause.clone());
        if self.rng.bool() {
            self.enter(Established);
            self.wait(pause.clone());
            self.enter(Transferring);
            self.wait(pause);
        }
        self.enter(TransferAccepted);
    }

    fn meet(&mut self) {
        let mut roster = BTreeMap::from([(0, 1)]);
        let mut guests = 0;
        self.news.push(News { at: self.now, what: What::Roster(roster.clone()) });
        for update in 2..self.rng.i64(6..30) {
            self.wait(200..8_000);
            let present: Vec<u32> = roster.keys().copied().filter(|guest| *guest > 0).collect();
            match self.rng.u8(..5) {
                // Somebody is muted.
                0 => {
                    _ = roster.insert(present.get(self.rng.usize(..present.len().max(1))).copied().unwrap_or(0), update)
                }
                1 | 2 if !present.is_empty() => _ = roster.remove(&present[self.rng.usize(..present.len())]),
                _ => {
                    guests += 1;
                    roster.insert(guests, update);
                }
            }
            self.news.push(News { at: self.now, what: What::Roster(roster.clone()) });
        }
    }
}
