//! The fields of a call resource: the last report of each counts.

use crate::rule::fact::Fact;
use crate::words::claim::Claim;
use crate::words::field::Fields;

/// Returns the last report of each field, from facts in the order of their stamps.
pub(crate) fn latest(facts: &[Fact<'_>]) -> Fields {
    let mut fields = Fields::default();
    for fact in facts {
        if let Claim::Field(field) = &fact.first.claim {
            fields.update(field);
        }
    }
    fields
}
