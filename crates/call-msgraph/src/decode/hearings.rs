use std::collections::BTreeMap;
use std::time::Duration;

use call_core::Timestamp;

use crate::decode::decoded::Decoded;
use crate::decode::decoder::decode;
use crate::delivery::{Delivery, DeliveryKind};
use crate::record::{Intent, Record};
use crate::token::Token;

/// The creates in flight, by the token of their callback address: calls that were asked for and have no id yet.
///
/// A create whose call does not turn up within a time is no longer in flight. The stamps decide that, not a clock. The default is
/// for readers that do not ask whose a call is: it adopts only a call that turns up at once.
#[derive(Debug, Clone, Default)]
pub struct Creates {
    /// By when each call must turn up.
    until: BTreeMap<Token, Timestamp>,
    adopt_within: Duration,
}

impl Creates {
    /// Makes an empty table. A call is adopted if it turns up at most `adopt_within` after its create was intended.
    #[must_use]
    pub fn new(adopt_within: Duration) -> Self {
        Self { until: BTreeMap::new(), adopt_within }
    }

    /// Returns the tokens of the creates in flight, each with the time until which its call can turn up.
    pub fn iter(&self) -> impl Iterator<Item = (&Token, Timestamp)> {
        self.until.iter().map(|(token, until)| (token, *until))
    }

    /// Returns the time until which the call of a token can turn up; `None` if its create is not in flight.
    #[must_use]
    pub fn until(&self, token: &Token) -> Option<Timestamp> {
        self.until.get(token).copied()
    }

    /// Returns the number of creates in flight.
    #[must_use]
    pub fn len(&self) -> usize {
        self.until.len()
    }

    /// Returns whether no create is in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.until.is_empty()
    }

    /// Takes a create out: it was refused, or its call did not turn up in time.
    pub fn remove(&mut self, token: &Token) {
        self.until.remove(token);
    }

    fn insert(&mut self, token: &Token, intended_at: Timestamp) {
        self.until.insert(token.clone(), intended_at.saturating_add(self.adopt_within));
    }

    /// Takes a create out whose call has turned up, and returns whether it was in flight.
    fn bind(&mut self, token: &Token, received_at: Timestamp) -> bool {
        self.until.remove(token).is_some_and(|until| received_at <= until)
    }
}

/// Returns what a record says of each call, and what of it cannot be read.
///
/// This is the one meaning of a record. It depends on the record and on the creates in flight alone, so that an engine that runs
/// and one that reads its journal after a restart come to the same.
///
/// * A delivery is read as [`decode`] does.
/// * The first call that a delivery with the token of a create in flight names is our own, and ends the flight of that create.
/// * The call of a create response is our own, however little of the response can be read.
/// * The intent to answer, reject or redirect a call makes it our own, as the request may have been carried out.
///
/// ```
/// use std::time::Duration;
/// use call_core::{Stamp, Timestamp};
/// use call_msgraph::{Creates, Delivery, Intent, Record, Token, hearings};
///
/// let mut creates = Creates::new(Duration::from_secs(3_600));
/// let stamp = Stamp::at(Timestamp::from_millis(0));
/// let token = Token::new("2b5c")?;
/// let intended = Record::Intended { stamp, intent: Intent::Create(token.clone()) };
/// assert!(hearings(&intended, &mut creates).hearings.is_empty());
///
/// let body = br#"{"changeType": "updated", "resourceUrl": "/communications/calls/c1", "resourceData": {"state": "ringing"}}"#;
/// let post = Record::from(Delivery::post(&body[..]).stamped(stamp).with_token(token));
/// assert!(hearings(&post, &mut creates).hearings[0].is_ours, "the call that was created has turned up");
/// assert!(creates.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn hearings(record: &Record, creates: &mut Creates) -> Decoded {
    match record {
        Record::Delivered(delivery) => delivered(delivery, creates),
        Record::Intended { stamp, intent: Intent::Create(token) } => {
            creates.insert(token, stamp.received_at);
            Decoded::default()
        }
        Record::Intended { intent: Intent::Command(call, command), .. } => {
            let mut decoded = Decoded::default();
            if command.is_for_incoming() {
                decoded.own(call);
            }
            decoded
        }
    }
}

fn delivered(delivery: &Delivery, creates: &mut Creates) -> Decoded {
    let mut decoded = decode(delivery);
    if let (DeliveryKind::CreateResponse, Some(call)) = (delivery.kind, &delivery.call) {
        decoded.own(call);
    }
    if let (Some(first), Some(token)) = (decoded.hearings.first_mut(), &delivery.token) {
        first.is_ours |= creates.bind(token, delivery.stamp.received_at);
    }
    decoded
}
