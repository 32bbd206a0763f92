//! The meaning of a record: what it reports about each call, and which calls are ours.

use std::collections::BTreeMap;
use std::time::Duration;

use call_core::{CallId, Input, Timestamp};

use crate::decode::decoded::{Decoded, Hearing};
use crate::decode::decoder::decode;
use crate::delivery::{Delivery, DeliveryKind};
use crate::record::{Intent, Record, Refused};
use crate::token::Token;

/// Creates in flight, by the token of their callback address: calls that were requested and have no id yet.
///
/// A create is in flight until its call is adopted, or until a time limit. The stamps decide this, not a clock. The default has a
/// time limit of zero, for readers to which it does not matter whether a call is our own.
#[derive(Debug, Clone, Default)]
pub struct Creates {
    in_flight: BTreeMap<Token, InFlight>,
    adopt_within: Duration,
}

/// A create in flight.
#[derive(Debug, Clone)]
struct InFlight {
    /// Instant until which the call is adopted.
    until: Timestamp,
    /// The host's own name of the call.
    reference: Option<Box<str>>,
}

impl Creates {
    /// Returns an empty table. A call is adopted if its first delivery is received at most `adopt_within` after the intent to create
    /// it.
    #[must_use]
    pub fn new(adopt_within: Duration) -> Self {
        Self { in_flight: BTreeMap::new(), adopt_within }
    }

    /// Returns the tokens of the creates in flight, each with the instant until which its call is adopted.
    pub fn iter(&self) -> impl Iterator<Item = (&Token, Timestamp)> {
        self.in_flight.iter().map(|(token, create)| (token, create.until))
    }

    /// Returns the instant until which the call of a token is adopted; `None` if its create is not in flight.
    #[must_use]
    pub fn until(&self, token: &Token) -> Option<Timestamp> {
        self.in_flight.get(token).map(|create| create.until)
    }

    /// Returns the number of creates in flight.
    #[must_use]
    pub fn len(&self) -> usize {
        self.in_flight.len()
    }

    /// Returns whether no create is in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Extends the time limit of all creates in flight, for a reader that cannot trust its clock.
    pub fn follow_until(&mut self, until: Timestamp) {
        self.in_flight.values_mut().for_each(|create| create.until = create.until.max(until));
    }

    /// Removes a create: it was refused, or its time limit was reached.
    pub fn remove(&mut self, token: &Token) {
        self.in_flight.remove(token);
    }

    fn insert(&mut self, token: &Token, intended_at: Timestamp, reference: Option<Box<str>>) {
        let until = intended_at.saturating_add(self.adopt_within);
        self.in_flight.insert(token.clone(), InFlight { until, reference });
    }

    /// Removes a create whose call is known, and returns it if its call is adopted.
    fn bind(&mut self, token: &Token, received_at: Timestamp) -> Option<InFlight> {
        self.in_flight.remove(token).filter(|create| received_at <= create.until)
    }
}

/// Returns the hearings of a record: what it says about each call.
///
/// This function alone defines the meaning of a record. It depends only on the record and on the creates in flight. So an engine
/// that runs, and one that reads its journal after a restart, get the same calls.
///
/// * A delivery is decoded by [`decode`].
/// * If a delivery has the token of a create in flight, its first call is our own, and the create is no longer in flight.
/// * The call of a create response is our own, even if the response cannot be read.
/// * The call of a create with a reference has that reference.
/// * The intent to start an operation makes the core track it, and a refusal ends that.
/// * The intent to answer, reject or redirect a call makes it our own, because the service may have carried out the request.
///
/// ```
/// use std::time::Duration;
/// use call_core::{Stamp, Timestamp};
/// use call_msgraph::{Creates, Delivery, Intent, Record, Token, hearings};
///
/// let mut creates = Creates::new(Duration::from_secs(3_600));
/// let stamp = Stamp::at(Timestamp::from_millis(0));
/// let token = Token::new("2b5c")?;
/// let intended = Record::Intended { stamp, intent: Intent::Create { token: token.clone(), reference: None } };
/// assert!(hearings(&intended, &mut creates).hearings.is_empty());
///
/// let body = br#"{"changeType": "updated", "resourceUrl": "/communications/calls/c1", "resourceData": {"state": "ringing"}}"#;
/// let post = Record::from(Delivery::post(&body[..]).stamped(stamp).with_token(token));
/// assert!(hearings(&post, &mut creates).hearings[0].is_ours, "the created call is adopted");
/// assert!(creates.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn hearings(record: &Record, creates: &mut Creates) -> Decoded {
    match record {
        Record::Delivered(delivery) => delivered(delivery, creates),
        Record::Intended { stamp, intent: Intent::Create { token, reference } } => {
            creates.insert(token, stamp.received_at, reference.clone());
            Decoded::default()
        }
        Record::Intended { intent: Intent::Command(call, command), .. } => {
            let mut decoded = Decoded::default();
            if command.is_for_incoming() {
                decoded.own(call);
            }
            decoded
        }
        Record::Intended { stamp, intent: Intent::Operation(intended) } => {
            let requested = intended.requested(stamp.received_at);
            about_operation(&intended.call, Input::Requested(Box::new(requested)))
        }
        Record::Refused { refused: Refused::Create(token), .. } => {
            creates.remove(token);
            Decoded::default()
        }
        Record::Refused { refused: Refused::Operation(call, client_context), .. } => {
            about_operation(call, Input::Refused(client_context.clone()))
        }
    }
}

fn about_operation(call: &CallId, input: Input) -> Decoded {
    let mut decoded = Decoded::default();
    let mut hearing = Hearing::new(call.clone());
    hearing.inputs.push(input);
    decoded.hearings.push(hearing);
    decoded
}

fn delivered(delivery: &Delivery, creates: &mut Creates) -> Decoded {
    let mut decoded = decode(delivery);
    if let (DeliveryKind::CreateResponse, Some(call)) = (delivery.kind, &delivery.call) {
        decoded.own(call);
    }
    if let (Some(first), Some(token)) = (decoded.hearings.first_mut(), &delivery.token)
        && let Some(create) = creates.bind(token, delivery.stamp.received_at)
    {
        first.is_ours = true;
        first.inputs.extend(create.reference.map(Input::Referenced));
    }
    decoded
}
