//! Operations of participants.

use crate::operation::bodies::builder::{Body, typed_body};
use crate::operation::bodies::media::Prompt;
use crate::operation::bodies::party::Invitation;

typed_body! {
    /// Invites participants ("participant: invite", v1.0 reference).
    ///
    /// ```
    /// use call_msgraph::{Account, CallOperation, Invite};
    /// let invite = Invite::new(Account::new("278405a3-f568-4b3e-b684-009193463064")?);
    /// assert_eq!(invite.on("c1".into()).path(), "/communications/calls/c1/participants/invite");
    /// # Ok::<(), call_msgraph::InvalidPart>(())
    /// ```
    Invite, with a client context
}

typed_body! {
    /// Mutes a participant ("participant: mute", v1.0 reference).
    MuteParticipant, with a client context
}

typed_body! {
    /// Puts a participant on hold and plays music ("participant: startHoldMusic", v1.0 reference).
    StartHoldMusic, with a client context
}

typed_body! {
    /// Takes a participant off hold ("participant: stopHoldMusic", v1.0 reference).
    StopHoldMusic, with a client context
}

impl Invite {
    /// Invites a party.
    #[must_use]
    pub fn new(party: impl Into<Invitation>) -> Self {
        Self(Body::default()).and(party)
    }

    /// Adds a party, at most 5 in all. The call needs a chat then.
    #[must_use]
    pub fn and(self, party: impl Into<Invitation>) -> Self {
        Self(self.0.and("participants", party.into().into_json()))
    }
}

impl MuteParticipant {
    /// Mutes the participant with an id.
    #[must_use]
    pub fn new(participant: &str) -> Self {
        Self(Body::of_part(participant))
    }
}

impl StartHoldMusic {
    /// Puts the participant with an id on hold, with the music of the service.
    #[must_use]
    pub fn new(participant: &str) -> Self {
        Self(Body::of_part(participant))
    }

    /// Sets the music.
    #[must_use]
    pub fn playing(self, prompt: Prompt) -> Self {
        Self(self.0.with("customPrompt", prompt.into_json()))
    }
}

impl StopHoldMusic {
    /// Takes the participant with an id off hold.
    #[must_use]
    pub fn new(participant: &str) -> Self {
        Self(Body::of_part(participant))
    }
}
