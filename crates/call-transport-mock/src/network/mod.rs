//! The simulated network, and a ledger of the messages that it carried.

pub(crate) mod chaos;
pub(crate) mod ledger;
