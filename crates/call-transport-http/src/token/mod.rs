pub(crate) mod client_credentials;
pub(crate) mod provider;
