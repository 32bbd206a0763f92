//! Decodes a delivery of any kind into observations.

use call_core::CallState;

use crate::decode::decoded::Decoded;
use crate::decode::{notification, reply};
use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, ReadError, Unreadable};
use crate::json::node::Node;
use crate::json::place::{Places, path_to};
use crate::json::reader::{Reader, checked};

/// Decodes a delivery. The n-th value of a batch, from 0, gets the index n in its stamp.
///
/// A value that cannot be read is rejected, and the others count. A body that is not JSON is rejected as a whole.
///
/// ```
/// use call_core::{CallState, Claim, Stamp, Timestamp};
/// use call_msgraph::{Delivery, decode};
/// let body = br##"{"changeType": "updated", "resourceUrl": "/communications/calls/2e1a0b00-b3c5-4b0f-99b3-c133bc1e6116",
///     "resourceData": {"@odata.type": "#microsoft.graph.call", "state": "Established"}}"##;
/// let decoded = decode(&Delivery::post(&body[..]).stamped(Stamp::at(Timestamp::from_millis(0))));
/// let hearing = &decoded.hearings[0];
/// assert_eq!(hearing.call.to_string(), "2e1a0b00-b3c5-4b0f-99b3-c133bc1e6116");
/// assert_eq!(hearing.observations[0].claim, Claim::state(CallState::Established));
/// ```
#[must_use]
pub fn decode(delivery: &Delivery) -> Decoded {
    let mut decoded = Decoded::default();
    if let Err(fault) = decode_into(delivery, &mut decoded) {
        let root = text(&delivery.body).ok().flatten().and_then(|text| Node::parse(text).ok());
        decoded.faults.push((root.map(|root| path_to(root, fault.at)).unwrap_or_default(), fault));
    }
    if !decoded.faults.is_empty() {
        place_faults(delivery, &mut decoded);
    }
    decoded
}

/// Lists the faults with their places.
#[cold]
fn place_faults(delivery: &Delivery, decoded: &mut Decoded) {
    let mut places = Places::new(&delivery.body);
    let mark = if delivery.body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for (path, fault) in std::mem::take(&mut decoded.faults) {
        let (line, column) = places.of(fault.at);
        // A byte order mark does not count as a column.
        let column = if line == 1 { column.saturating_sub(mark).max(1) } else { column };
        decoded.rejected.push(ReadError { line, column, path, reason: *fault.reason });
    }
}

fn decode_into(delivery: &Delivery, decoded: &mut Decoded) -> Result<(), Fault> {
    match delivery.kind {
        DeliveryKind::Notification => {
            let body = text(&delivery.body)?.ok_or_else(|| Fault::new(0, Unreadable::Empty))?;
            let read = checked(body, notification::decode(delivery, Reader::new(body), decoded));
            if read.is_err() {
                // What the values of a batch say does not count if the body around them cannot be read.
                *decoded = Decoded::default();
            }
            read
        }
        DeliveryKind::CreateResponse | DeliveryKind::Snapshot => match text(&delivery.body)? {
            Some(body) => checked(body, reply::decode(delivery, Reader::new(body), decoded)),
            None if delivery.kind == DeliveryKind::CreateResponse && delivery.call.is_some() => {
                reply::status(delivery, None, decoded)
            }
            None => Err(Fault::new(0, Unreadable::Empty)),
        },
        DeliveryKind::Gone => reply::status(delivery, Some(CallState::Terminated), decoded),
        DeliveryKind::Accepted(command) => {
            reply::status(delivery, command.leads_to(), decoded)?;
            let Some(body) = text(&delivery.body)? else { return Ok(()) };
            checked(body, reply::part(delivery, Reader::new(body), decoded))
        }
    }
}

/// Returns the body as text; `None` if it contains only white space.
fn text(body: &[u8]) -> Result<Option<&str>, Fault> {
    let text = str::from_utf8(body).map_err(|error| Fault::new(error.valid_up_to(), Unreadable::NotUtf8))?;
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok((!bare.trim_ascii().is_empty()).then_some(text))
}
