//! The operations of a simulated call: what was started, and how it ended.

use std::collections::BTreeMap;

use call_core::Timestamp;
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::story::Outcome;

/// The operations of a simulated call.
#[derive(Default)]
pub(crate) struct Operations {
    all: BTreeMap<u64, SimulatedOperation>,
    /// Instant at which the last queued prompt or recording ends.
    media_ends_at: Option<Timestamp>,
}

/// An operation.
pub(crate) struct SimulatedOperation {
    /// Name of its type without the namespace and `Operation`.
    kind: &'static str,
    context: Option<String>,
    status: &'static str,
    /// Members beside id, status and context.
    more: Vec<(&'static str, Value)>,
    /// Whether it is a prompt or a recording, which queues behind the others.
    is_media: bool,
    /// Members once it completes. The last of a name counts.
    at_end: Vec<(&'static str, Value)>,
}

const COMPLETED: Outcome = (200, 0, "Action completed successfully.");
const CANCELLED: Outcome = (400, 8508, "Action canceled.");

impl Operations {
    /// Adds an operation.
    pub(crate) fn add(&mut self, number: u64, kind: &'static str, body: &Value, status: &'static str) {
        let context = body.get("clientContext").and_then(Value::as_str).map(str::to_owned);
        let is_media = matches!(kind, "playPrompt" | "record");
        let at_end = vec![("resultInfo", bodies::result(COMPLETED))];
        self.all.insert(number, SimulatedOperation { kind, context, status, more: Vec::new(), is_media, at_end });
    }

    /// Returns the instant at which a prompt or a recording begins, and moves the end of the queue by its duration.
    pub(crate) fn queue(&mut self, duration: std::time::Duration, now: Timestamp) -> Timestamp {
        let starts_at = self.media_ends_at.map_or(now, |ends_at| ends_at.max(now));
        let ends_at = starts_at.saturating_add(duration);
        self.media_ends_at = Some(ends_at);
        ends_at
    }

    /// Returns the numbers of the prompts and recordings that have not ended, in order.
    pub(crate) fn pending_media(&self) -> Vec<u64> {
        let pending = self.all.iter().filter(|(_, operation)| operation.is_media && operation.status == "running");
        pending.map(|(number, _)| *number).collect()
    }

    /// Sets the members that an operation has once it completes.
    pub(crate) fn will_have(&mut self, number: u64, more: Vec<(&'static str, Value)>) {
        if let Some(operation) = self.all.get_mut(&number) {
            operation.at_end.extend(more);
        }
    }

    /// Completes an operation.
    pub(crate) fn complete(&mut self, number: u64) {
        if let Some(operation) = self.all.get_mut(&number) {
            operation.status = "completed";
            operation.more = std::mem::take(&mut operation.at_end);
        }
    }

    /// Cancels an operation, and empties the queue.
    pub(crate) fn cancel(&mut self, number: u64) {
        self.media_ends_at = None;
        if let Some(operation) = self.all.get_mut(&number) {
            operation.status = "failed";
            operation.more =
                vec![("completionReason", "operationCanceled".into()), ("resultInfo", bodies::result(CANCELLED))];
        }
    }

    /// Returns the resource of an operation.
    pub(crate) fn get(&self, number: u64) -> Option<Value> {
        let operation = self.all.get(&number)?;
        let mut resource = json!({
            "@odata.type": format!("#microsoft.graph.{}Operation", operation.kind),
            "id": operation_id(number),
            "status": operation.status,
        });
        if let Some(context) = &operation.context {
            resource["clientContext"] = context.as_str().into();
        }
        for (key, value) in &operation.more {
            resource[*key] = value.clone();
        }
        Some(resource)
    }

    /// Returns the resources of all operations, in the order of their requests.
    pub(crate) fn all(&self) -> impl Iterator<Item = Value> {
        self.all.keys().filter_map(|number| self.get(*number))
    }

    /// Returns the resource of an operation by its id.
    pub(crate) fn by_id(&self, id: &str) -> Option<Value> {
        self.get(id.strip_prefix("operation-")?.parse().ok()?)
    }
}

pub(crate) fn operation_id(number: u64) -> String {
    format!("operation-{number}")
}
