//! Validation of the tokens that the service sends with its posts.

pub(crate) mod denied;
pub(crate) mod key_set;
pub(crate) mod open_id;
pub(crate) mod validator;
pub(crate) mod verified;
