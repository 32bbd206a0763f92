mod signing_key;

pub use signing_key::{KeyError, SigningKey};
