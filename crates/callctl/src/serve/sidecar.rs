//! The state of the routes.

use std::sync::Arc;

use call_core::CallId;
use call_engine::call_msgraph::CallbackUri;
use call_engine::{CallView, Engine};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::serve::joins::Joins;
use crate::serve::parts::Parts;
use crate::serve::problem::Problem;
use crate::view::mask::Privacy;

/// State of all requests.
#[derive(Clone)]
pub(super) struct Sidecar {
    pub(super) engine: Engine,
    pub(super) callback: CallbackUri,
    /// Whether clients see names, numbers and keys: those that present the API token.
    pub(super) privacy: Privacy,
    pub(super) joins: Arc<Joins>,
    /// Cancelled when nothing new is accepted and streams end.
    pub(super) stopping: CancellationToken,
    pub(super) metrics: PrometheusHandle,
    pub(super) parts: Arc<Parts>,
}

impl Sidecar {
    /// Returns the view of a call, also after its end from the journal.
    pub(super) async fn view(&self, id: &CallId) -> Result<CallView, Problem> {
        let view = self.engine.past_view(id).await.map_err(|error| Problem::of_journal(&error))?;
        view.ok_or_else(Problem::no_such_call)
    }
}
