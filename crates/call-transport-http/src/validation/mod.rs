//! Validation of the tokens that the service sends with its posts.

mod budget;
pub(crate) mod denied;
mod document;
pub(crate) mod key_set;
pub(crate) mod open_id;
pub(crate) mod validator;
pub(crate) mod verified;
