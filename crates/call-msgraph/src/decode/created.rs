//! Finds the id of a call in the response to its create.

use std::sync::Arc;

use call_core::{CallId, Stamp, Timestamp};

use crate::decode::decoder::decode;
use crate::decode::path::ResourcePath;
use crate::delivery::{Delivery, DeliveryKind};
use crate::segment::is_id;

/// Returns the call in the response to a create: from its body, or else from its header `Location`.
///
/// ```
/// use call_msgraph::internal::created_call;
/// let location = "https://graph.microsoft.com/v1.0/communications/calls/57dab8b1-894c-409a-b240-bd8beae78896";
/// assert_eq!(created_call(&b""[..].into(), Some(location)), Some("57dab8b1-894c-409a-b240-bd8beae78896".into()));
/// assert_eq!(created_call(&b"<html>"[..].into(), None), None);
/// ```
#[must_use]
pub fn created_call(body: &Arc<[u8]>, location: Option<&str>) -> Option<CallId> {
    let stamp = Stamp::at(Timestamp::MIN);
    let delivery = Delivery { body: Arc::clone(body), ..Delivery::new(stamp, DeliveryKind::CreateResponse) };
    let in_body = decode(&delivery).hearings.into_iter().map(|hearing| hearing.call).next();
    in_body.or_else(|| ResourcePath::read(location?).filter(|path| is_id(path.call)).map(|path| path.call.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_responses_are_valid_ids() {
        let (long, longest) = ("x".repeat(513), "x".repeat(512));
        for wrong in ["", ".", "..", &long] {
            let location = format!("https://graph.microsoft.com/v1.0/communications/calls/{wrong}");
            assert_eq!(created_call(&b""[..].into(), Some(&location)), None, "{wrong}");
            let body =
                format!(r##"{{"@odata.type": "#microsoft.graph.call", "id": "{wrong}", "state": "establishing"}}"##);
            assert_eq!(created_call(&body.into_bytes().into(), None), None, "{wrong}");
        }
        let location = format!("/communications/calls/{longest}");
        assert_eq!(created_call(&b""[..].into(), Some(&location)), Some(longest.as_str().into()));
    }
}
