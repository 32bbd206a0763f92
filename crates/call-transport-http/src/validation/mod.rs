mod denied;
mod key_set;
mod open_id;
mod validator;
mod verified;

pub use denied::Denied;
pub use open_id::OpenIdSettings;
pub use validator::{TokenPolicy, TokenValidator};
