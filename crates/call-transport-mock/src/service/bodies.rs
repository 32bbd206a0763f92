//! Bodies of the service, in the shapes of "Create call" (v1.0 reference).

use std::sync::Arc;

use serde_json::{Value, json};

/// Returns the body of a post with some notifications.
pub(crate) fn envelope(values: &[Value]) -> Arc<[u8]> {
    to_bytes(&json!({ "@odata.type": "#microsoft.graph.commsNotifications", "value": values }))
}

/// Returns the notification of a change. `part` is the path after the call.
pub(crate) fn notification(change: &str, call: &str, part: &str, callback: &str, data: Option<Value>) -> Value {
    let mut value = json!({
        "@odata.type": "#microsoft.graph.commsNotification",
        "changeType": change,
        "resourceUrl": format!("/communications/calls/{call}{part}"),
        "callbackUri": callback,
    });
    if let Some(data) = data {
        value["resourceData"] = data;
    }
    value
}

pub(crate) fn result((code, subcode, message): super::story::Outcome) -> Value {
    json!({ "@odata.type": "#microsoft.graph.resultInfo", "code": code, "subcode": subcode, "message": message })
}

/// Returns the body of an error response.
pub(crate) fn error(code: &str, message: &str, request: u64) -> Arc<[u8]> {
    let inner = json!({ "request-id": format!("request-{request}") });
    to_bytes(&json!({ "error": { "code": code, "message": message, "innerError": inner } }))
}

pub(crate) fn to_bytes(value: &Value) -> Arc<[u8]> {
    value.to_string().into_bytes().into()
}
