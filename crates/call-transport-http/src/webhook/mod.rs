mod answer;
mod body;
mod nesting;
mod service;
mod settings;

pub use service::Webhook;
pub use settings::{Authentication, EmptyPost, WebhookSettings};
