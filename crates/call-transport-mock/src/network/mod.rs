//! The network between service and bot, which does its worst, and a ledger of what it carried.

pub(crate) mod chaos;
pub(crate) mod ledger;
