use std::sync::Arc;

use async_trait::async_trait;
use call_msgraph::is_older_format;
use call_transport::{Intake, IntakeAnswer, Post};

use crate::shared::{Reading, Shared};

/// Where a transport delivers into.
pub(crate) struct EngineIntake(pub(crate) Arc<Shared>);

#[async_trait]
impl Intake for EngineIntake {
    async fn deliver(&self, post: Post) -> IntakeAnswer {
        let busy = IntakeAnswer::Busy { retry_after: self.0.settings.retry_after };
        if self.0.stopping.is_cancelled() {
            return busy;
        }
        let Ok(permit) = Arc::clone(&self.0.room).try_acquire_owned() else {
            metrics::counter!("call_engine_busy_total").increment(1);
            return busy;
        };
        let (shared, body) = (Arc::clone(&self.0), Arc::clone(&post.body));
        // A task of its own: what was begun is done, though the service hang up.
        let taken = self.0.tasks.spawn(async move { shared.take_post(post, permit).await });
        match taken.await {
            Ok(Ok(Reading::Read)) => IntakeAnswer::Taken,
            Ok(Ok(Reading::WantsJoinResponse)) => {
                IntakeAnswer::Reply(self.0.settings.join_response.to_json().to_string().into_bytes().into())
            }
            Ok(Ok(Reading::Unreadable)) if is_older_format(&body) => IntakeAnswer::SendAgain,
            Ok(Ok(Reading::Unreadable)) => IntakeAnswer::Unreadable,
            Ok(Err(error)) => {
                tracing::error!(%error, "a delivery could not be kept");
                busy
            }
            Err(error) => {
                tracing::error!(%error, "a delivery was not taken");
                busy
            }
        }
    }
}
