//! The simulated service in the process of the bot: a transport, and posts into an intake.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use call_msgraph::{Received, Request, ServiceError, Token};
use call_transport::{Intake, IntakeAnswer, Reply, SendError, Transport};
use tokio::time::timeout;

use crate::network::chaos::Packet;
use crate::shells::running::{Bot, Fault, Shared};

/// Transport to the service.
pub(crate) struct InProcess {
    service: Arc<Shared>,
    patience: Duration,
}

/// Delivery of posts to an intake.
pub(crate) struct IntoIntake(pub(crate) Arc<dyn Intake>);

impl InProcess {
    pub(crate) const fn new(service: Arc<Shared>, patience: Duration) -> Self {
        Self { service, patience }
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let fault = self.service.next_fault();
        match fault {
            Some(Fault::NotSent) => return Err(SendError::NotSent("as the test requested".into())),
            Some(Fault::Throttled(retry_after)) => {
                return Err(SendError::Throttled { status: 429, retry_after, error: ServiceError::default() });
            }
            Some(Fault::ResponseLost) | None => {}
        }
        let response = self.service.request(request.spec().method, request.path(), request.body().map(Cow::into_owned));
        let response =
            async { if fault == Some(Fault::ResponseLost) { std::future::pending().await } else { response.await } };
        match timeout(self.patience, response).await {
            Ok(Ok(response)) => Reply::read(request, response),
            Ok(Err(_)) => Err(SendError::Uncertain("the simulation has stopped".into())),
            Err(_) => Err(SendError::Uncertain("no response in time".into())),
        }
    }
}

#[async_trait]
impl Bot for IntoIntake {
    async fn post(&self, packet: &Packet) -> Option<Duration> {
        let mut post = Received::post(Arc::clone(&packet.body)).with_message_id(&*packet.message_id);
        post.token = packet.callback.rsplit('/').next().and_then(|segment| Token::new(segment).ok());
        let IntakeAnswer::Busy { retry_after } = self.0.deliver(post).await else { return None };
        Some(retry_after)
    }
}
