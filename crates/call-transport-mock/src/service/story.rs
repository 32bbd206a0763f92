//! Stories of simulated calls, random or chosen.

use std::time::Duration;

use call_core::CallState;
use call_msgraph::RequestKind;
use fastrand::Rng;

/// The story of a simulated call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Story {
    /// The callee answers, and hangs up later.
    Answered,
    /// The callee answers, holds and resumes the call twice, and hangs up later.
    HeldAndResumed,
    /// The callee is busy.
    Busy,
    /// The callee declines.
    Declined,
    /// The callee does not answer.
    NoAnswer,
    /// The callee answers. A transfer by the bot succeeds.
    Transferred,
    /// The callee answers. A transfer by the bot fails, and the call continues.
    TransferFails,
    /// The meeting admits the bot. Participants join and leave, content is shared, and the organizer ends the meeting.
    Meeting,
    /// The callee answers, and the call continues until the bot hangs up or stops keeping it alive.
    Endless,
}

/// An entry of the plan of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    Enter(CallState),
    TransferFailed,
    End(Outcome),
    Join,
    Leave,
    SharingStarted,
    SharingUpdated,
    SharingEnded,
    /// An operation completes.
    OperationCompleted(u64),
    /// The invited participants join, and the invitation completes.
    InvitedJoin(u64),
    /// The other side presses a key.
    Tone(usize),
}

/// Result of a call: code, subcode and message.
pub(crate) type Outcome = (i64, i64, &'static str);

pub(crate) const HUNG_UP: Outcome = (0, 0, "The call was ended.");
pub(crate) const TRANSFERRED: Outcome = (0, 7015, "The call was transferred.");
pub(crate) const NOT_KEPT_ALIVE: Outcome = (408, 8537, "The call was not kept alive.");
pub(crate) const NOT_ANSWERED: Outcome = (487, 10004, "The call was not answered.");
pub(crate) const TRANSFER_FAILED: Outcome = (500, 7000, "The transfer failed.");
pub(crate) const CONSULTATION_FAILED: Outcome = (500, 7700, "The consultative transfer failed.");
pub(crate) const LONGEST_RECORDING: Outcome = (200, 8515, "The recording reached its maximum duration.");
pub(crate) const REPLACED: Outcome = (200, 0, "The call was replaced.");
const PHONE_HUNG_UP: Outcome = (0, 560_000, "The callee hung up.");
const BUSY: Outcome = (486, 560_486, "The callee is busy.");
const DECLINED: Outcome = (603, 0, "The callee declined.");
const ENDED_FOR_ALL: Outcome = (200, 4097, "The organizer ended the meeting.");

/// Tones that the other side sends after a subscription.
pub(crate) const TONES: [&str; 3] = ["tone1", "tone2", "pound"];

impl Story {
    /// Every story.
    pub const ALL: [Self; 9] = [
        Self::Answered,
        Self::HeldAndResumed,
        Self::Busy,
        Self::Declined,
        Self::NoAnswer,
        Self::Transferred,
        Self::TransferFails,
        Self::Meeting,
        Self::Endless,
    ];

    /// Returns the name of the story.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::HeldAndResumed => "held and resumed",
            Self::Busy => "busy",
            Self::Declined => "declined",
            Self::NoAnswer => "no answer",
            Self::Transferred => "transferred",
            Self::TransferFails => "transfer fails",
            Self::Meeting => "meeting",
            Self::Endless => "until hung up",
        }
    }

    /// Returns the story of a call if nothing is drawn: it is answered, and continues until the bot hangs up.
    pub(crate) const UNDRAWN: Self = Self::Endless;

    /// Returns a random story of a created call.
    pub(crate) fn of_created(kind: RequestKind, rng: &mut Rng) -> Self {
        let stories: &[_] = match kind {
            RequestKind::ScheduledMeeting | RequestKind::JoinMeetingId => {
                &[Self::Meeting, Self::Meeting, Self::Endless]
            }
            RequestKind::PeerToPeer | RequestKind::Group | RequestKind::Pstn | _ => &Self::ALL[..7],
        };
        stories[rng.usize(..stories.len())]
    }

    /// Returns a random story of an incoming call after its answer.
    pub(crate) fn of_incoming(rng: &mut Rng) -> Self {
        [Self::Answered, Self::HeldAndResumed, Self::Transferred, Self::TransferFails][rng.usize(..4)]
    }

    /// Returns the plan of the story after `establishing`. Each time counts from the entry before it.
    pub(crate) fn plan(self, kind: Option<RequestKind>, rng: &mut Rng) -> Vec<(Duration, Happening)> {
        let mut plan = Plan { rng, happenings: Vec::new() };
        let is_meeting = matches!(kind, Some(RequestKind::ScheduledMeeting | RequestKind::JoinMeetingId));
        if kind.is_some() && !is_meeting {
            plan.after(700..1_500, Happening::Enter(CallState::Ringing));
        }
        match self {
            Self::Busy => plan.after(500..2_000, Happening::End(BUSY)),
            Self::Declined => plan.after(2_000..9_000, Happening::End(DECLINED)),
            Self::NoAnswer => plan.after(25_000..40_000, Happening::End(NOT_ANSWERED)),
            Self::Answered
            | Self::HeldAndResumed
            | Self::Transferred
            | Self::TransferFails
            | Self::Meeting
            | Self::Endless => plan.after(300..6_000, Happening::Enter(CallState::Established)),
        }
        if self == Self::HeldAndResumed {
            for state in [CallState::Hold, CallState::Established].repeat(2) {
                plan.after(6_000..15_000, Happening::Enter(state));
            }
        } else if self == Self::Meeting {
            plan.meeting();
        } else if self == Self::Answered && plan.rng.bool() {
            plan.sharing();
        }
        let ended = match kind {
            Some(RequestKind::Pstn) => PHONE_HUNG_UP,
            _ if self == Self::Meeting => ENDED_FOR_ALL,
            _ => HUNG_UP,
        };
        match self {
            Self::Busy | Self::Declined | Self::NoAnswer | Self::Endless => {}
            // This leaves time for the bot to transfer the call.
            Self::Transferred | Self::TransferFails => plan.after(60_000..90_000, Happening::End(ended)),
            Self::Answered | Self::HeldAndResumed | Self::Meeting => plan.after(6_000..30_000, Happening::End(ended)),
        }
        plan.happenings
    }
}

struct Plan<'r> {
    rng: &'r mut Rng,
    happenings: Vec<(Duration, Happening)>,
}

impl Plan<'_> {
    fn after(&mut self, millis: std::ops::Range<u64>, happening: Happening) {
        self.happenings.push((Duration::from_millis(self.rng.u64(millis)), happening));
    }

    fn meeting(&mut self) {
        self.after(100..400, Happening::Join);
        for _ in 0..self.rng.u8(1..4) {
            self.after(2_000..9_000, Happening::Join);
        }
        self.sharing();
        self.after(2_000..9_000, Happening::Leave);
    }

    fn sharing(&mut self) {
        self.after(3_000..6_000, Happening::SharingStarted);
        self.after(1_000..5_000, Happening::SharingUpdated);
        self.after(1_000..5_000, Happening::SharingEnded);
    }
}
