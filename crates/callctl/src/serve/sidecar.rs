//! The state of the routes.

use call_engine::Engine;
use call_engine::call_msgraph::CallbackUri;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::view::mask::Privacy;

/// State of all requests.
#[derive(Clone)]
pub(super) struct Sidecar {
    pub(super) engine: Engine,
    pub(super) callback: CallbackUri,
    /// Whether clients see names, numbers and keys: those that present the API token.
    pub(super) privacy: Privacy,
    /// Cancelled when nothing new is accepted and streams end.
    pub(super) stopping: CancellationToken,
    pub(super) metrics: PrometheusHandle,
}
