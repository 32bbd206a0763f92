mod app;
mod poster;
mod signing_key;

pub use app::HttpSettings;
pub use signing_key::{KeyError, SigningKey};
