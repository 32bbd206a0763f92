//! Audio routing groups: who hears whom.

use call_core::Id;

use crate::operation::bodies::builder::{Body, typed_body};

typed_body! {
    /// Creates an audio routing group ("call: create audioRoutingGroup", v1.0 reference).
    ///
    /// ```
    /// use call_msgraph::{CallOperation, CreateAudioRoutingGroup};
    /// let group = CreateAudioRoutingGroup::one_to_one("p1", "p2");
    /// assert!(group.on("c1".into()).check().is_empty());
    /// ```
    CreateAudioRoutingGroup
}

typed_body! {
    /// Changes the receivers of an audio routing group ("audioRoutingGroup: update", v1.0 reference).
    UpdateAudioRoutingGroup
}

/// Mode of an audio routing group ("audioRoutingGroup resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoutingMode {
    /// One source and one receiver.
    OneToOne,
    /// One source and several receivers.
    Multicast,
}

/// An audio routing group ("audioRoutingGroup resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AudioRoutingGroup {
    /// Id of the group.
    pub id: Id,
    /// Mode; `None` if it is unknown.
    pub mode: Option<RoutingMode>,
    /// Participants that are heard.
    pub sources: Vec<Id>,
    /// Participants that hear them.
    pub receivers: Vec<Id>,
}

impl CreateAudioRoutingGroup {
    /// Returns a group in which one participant hears another.
    #[must_use]
    pub fn one_to_one(source: &str, receiver: &str) -> Self {
        Self(group(Body::default(), RoutingMode::OneToOne, source, &[receiver]))
    }

    /// Returns a group in which some participants hear another.
    #[must_use]
    pub fn multicast(source: &str, receivers: &[&str]) -> Self {
        Self(group(Body::default(), RoutingMode::Multicast, source, receivers))
    }

    /// Sets the id of the group.
    #[must_use]
    pub fn with_id(self, id: &str) -> Self {
        Self(self.0.with("id", id))
    }
}

impl UpdateAudioRoutingGroup {
    /// Sets the source and the receivers of the group with an id.
    #[must_use]
    pub fn new(id: &str, mode: RoutingMode, source: &str, receivers: &[&str]) -> Self {
        Self(group(Body::of_part(id), mode, source, receivers).with("id", id))
    }
}

fn group(body: Body, mode: RoutingMode, source: &str, receivers: &[&str]) -> Body {
    body.with("routingMode", mode.as_str()).with("sources", vec![source]).with("receivers", receivers.to_vec())
}

impl RoutingMode {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneToOne => "oneToOne",
            Self::Multicast => "multicast",
        }
    }

    /// Reads the API's word, in any case.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::OneToOne, Self::Multicast].into_iter().find(|mode| mode.as_str().eq_ignore_ascii_case(word))
    }
}
