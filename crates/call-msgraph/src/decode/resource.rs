//! What is said of a resource: an object, an array of them, or nothing.

use call_core::{CallState, Claim};

use super::call;
use super::path::Target;
use super::shape::Shape;
use super::subject::Subject;
use crate::fault::Fault;
use crate::json::{Node, Object};

/// Makes every claim of what is said of the subject.
pub(super) fn claims(subject: &mut Subject<'_>, data: Option<Node<'_>>) -> Result<(), Fault> {
    let Some(data) = data else {
        claim_bare(subject);
        return Ok(());
    };
    if !data.is_array() {
        return claim_resource(subject, &data.object()?);
    }
    let elements = data.array()?;
    if elements.is_empty() {
        claim_bare(subject);
    }
    let mut elements = elements.into_iter().filter(|element| !element.is_null());
    elements.try_for_each(|element| claim_resource(subject, &element.object()?))
}

fn claim_resource(subject: &mut Subject<'_>, resource: &Object<'_>) -> Result<(), Fault> {
    match Shape::of(resource, &subject.target)? {
        Shape::Call => {
            call::claims(subject, resource)?;
            subject.claim_existence();
        }
        Shape::Part => subject.claim_existence(),
        Shape::Aside => {}
        Shape::Unknown => {
            let name = resource.string("@odata.type")?;
            let path = if let Target::Other(path) = &subject.target { path.as_str() } else { "" };
            subject.claim(call::unknown(name.as_deref().unwrap_or(path)));
        }
    }
    Ok(())
}

/// Claims a change of which only the path tells what changed.
fn claim_bare(subject: &mut Subject<'_>) {
    subject.claim(match &subject.target {
        Target::Call if subject.is_deleted => Claim::state(CallState::Terminated),
        Target::Call | Target::Part => Claim::Exists,
        Target::Other(path) => call::unknown(path),
    });
}
