use call_core::{CallId, CallState, Claim, Observation};

use super::call;
use super::path::Target;
use super::resource::Shape;
use crate::delivery::Delivery;
use crate::fault::Fault;
use crate::json::{Node, Object};

/// What one value of a delivery is about, and what it claimed so far.
pub(super) struct Subject<'s> {
    pub(super) call: CallId,
    pub(super) target: Target,
    /// Whether the resource was reported as deleted.
    pub(super) is_deleted: bool,
    /// Made so far; a value that cannot be read leaves none.
    pub(super) observations: Vec<(CallId, Observation)>,
    /// What was wrong with something that the rest does not depend on.
    pub(super) faults: Vec<Fault>,
    /// The place of the value in its batch.
    pub(super) index: u32,
    pub(super) delivery: &'s Delivery<'s>,
}

impl<'s> Subject<'s> {
    pub(super) fn new(delivery: &'s Delivery<'s>, call: CallId, target: Target) -> Self {
        let (observations, faults) = (Vec::new(), Vec::new());
        Self { call, target, is_deleted: false, observations, faults, index: 0, delivery }
    }

    pub(super) fn claim(&mut self, claim: Claim) {
        let mut stamp = self.delivery.stamp;
        stamp.index = self.index;
        let observation =
            Observation { stamp, claim, source: self.delivery.source(), message_id: self.delivery.message_id.clone() };
        self.observations.push((self.call.clone(), observation));
    }

    /// Claims that the call exists, unless something else was claimed of it: that says so too.
    fn claim_existence(&mut self) {
        if self.observations.is_empty() {
            self.claim(Claim::Exists);
        }
    }

    /// Reads what is said of the resource: an object, an array of them, or nothing.
    pub(super) fn read(&mut self, data: Option<Node<'_>>) -> Result<(), Fault> {
        match data {
            None => self.bare(),
            Some(data) if data.is_array() => {
                let elements = data.array()?;
                if elements.is_empty() {
                    self.bare();
                }
                for element in elements.into_iter().filter(|element| !element.is_null()) {
                    self.resource(&element.object()?)?;
                }
            }
            Some(data) => self.resource(&data.object()?)?,
        }
        Ok(())
    }

    pub(super) fn resource(&mut self, resource: &Object<'_>) -> Result<(), Fault> {
        match Shape::of(resource, &self.target)? {
            Shape::Call => {
                call::claims(self, resource)?;
                self.claim_existence();
            }
            Shape::Part => self.claim_existence(),
            Shape::Aside => {}
            Shape::Unknown => {
                let name = resource.string("@odata.type")?;
                let path = if let Target::Other(path) = &self.target { path.as_str() } else { "" };
                self.claim(call::unknown(name.as_deref().unwrap_or(path)));
            }
        }
        Ok(())
    }

    /// Reads a change of which only the path tells what changed.
    fn bare(&mut self) {
        self.claim(match &self.target {
            Target::Call if self.is_deleted => Claim::state(CallState::Terminated),
            Target::Call | Target::Part => Claim::Exists,
            Target::Other(path) => call::unknown(path),
        });
    }
}
