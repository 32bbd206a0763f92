//! The only way out: requests go through the transport, and their responses into the inlet.

use std::sync::Arc;

use call_core::{Action, CallId, Timestamp};
use call_msgraph::{
    ApiOperation, DeliveryKind, IntendedOperation, Intent, KnownCall, OperationRequest, Refused, Request, Token,
};
use call_transport::internal::chain;
use call_transport::{Reply, SendError, Transport};
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::base::mail::Letter;
use crate::base::shared::Shared;
use crate::flow::inlet::Inlet;
use crate::flow::log::ShownCall;
use crate::flow::pace::Pace;
use crate::flow::pages::with_all_pages;

/// What the response to a request belongs to.
#[derive(Default)]
pub(crate) struct Origin {
    /// Token of a create.
    pub(crate) token: Option<Token>,
    /// Client context of an operation.
    pub(crate) context: Option<Box<str>>,
}

/// Sends requests, and passes each response to the inlet.
pub(crate) struct Courier {
    pub(crate) shared: Arc<Shared>,
    inlet: Arc<Inlet>,
    transport: Arc<dyn Transport>,
    /// Limits the number of requests in flight that the core asked for.
    requests: Semaphore,
    /// Limits the number of these requests per second.
    pace: Pace,
}

impl Courier {
    pub(crate) fn new(shared: Arc<Shared>, inlet: Arc<Inlet>, transport: Arc<dyn Transport>) -> Self {
        let requests = Semaphore::new(shared.settings.max_requests_in_flight.max(1));
        let pace = Pace::new(shared.settings.requests_per_second);
        Self { shared, inlet, transport, requests, pace }
    }

    /// Checks a request and sends it. What the host left out is added: the client context, and the address for notifications.
    pub(crate) async fn operate(
        self: &Arc<Self>,
        request: OperationRequest,
        intended: Option<IntendedOperation>,
        call: &KnownCall,
    ) -> Result<Reply, SendError> {
        let request = request.with_default_callback(&self.shared.settings.callback);
        let mut problems = request.check();
        // The host has decided that the service can use this address.
        let callback = request.body().and_then(|body| body.get("callbackUri")?.as_str());
        if callback == Some(self.shared.settings.callback.as_str()) {
            problems.retain(|problem| problem.path != "/callbackUri");
        }
        let operation = request.operation().into_iter();
        problems.extend(operation.flat_map(|operation| operation.check_call(request.body(), call)));
        if problems.is_empty() { self.send(request.into(), intended).await } else { Err(SendError::Invalid(problems)) }
    }

    /// Sends a request in a separate task: the work continues if the caller stops waiting. When this returns, the view of the call
    /// contains the response. The intent is journalled first, if the outcome is awaited.
    pub(crate) async fn send(
        self: &Arc<Self>,
        request: Request,
        intended: Option<IntendedOperation>,
    ) -> Result<Reply, SendError> {
        let courier = Arc::clone(self);
        let sent = self.shared.tasks.spawn(async move {
            let outcome = courier.start(&request, intended).await;
            let Some(call) = request.spec().call else { return outcome };
            if outcome.is_ok() && request.operation() == Some(ApiOperation::DeleteParticipant) {
                // No notification says it. The participant is removed, even if the list cannot be read.
                drop(courier.exchange(&Request::list_participants(call.clone()), Origin::default()).await);
            }
            courier.shared.mail.ask(call, Letter::Settle).await;
            outcome
        });
        sent.await.unwrap_or_else(|error| Err(SendError::Uncertain(error.into())))
    }

    /// Sends a request, with the records that frame it in the journal if its outcome is awaited.
    async fn start(&self, request: &Request, intended: Option<IntendedOperation>) -> Result<Reply, SendError> {
        let Some(intended) = intended else { return self.exchange(request, Origin::default()).await };
        let context = intended.client_context.clone();
        let refused = Refused::Operation(intended.call.clone(), context.clone());
        let intent = Intent::Operation(Box::new(intended));
        self.inlet.intend(intent).await.map_err(|error| SendError::NotSent(error.into()))?;
        let outcome = self.exchange(request, Origin { context: Some(context), ..Origin::default() }).await;
        let has_no_effect = match &outcome {
            Ok(_) | Err(SendError::Uncertain(_) | SendError::Strange(_)) => false,
            // A call that is gone ends as the hang-up asks.
            Err(SendError::Gone(_)) => request.operation() != Some(ApiOperation::HangUp),
            Err(_) => true,
        };
        if has_no_effect {
            self.inlet.refuse(refused).await;
        }
        outcome
    }

    /// Carries out an action of the core in a separate task.
    pub(crate) fn carry_out(self: &Arc<Self>, call: &CallId, action: Action) {
        let Some(request) = Request::for_action(call, action) else { return };
        let courier = Arc::clone(self);
        self.shared.tasks.spawn(async move {
            let work = async {
                // The core repeats an action that had no effect, so an error needs no handling here.
                let _permit = courier.requests.acquire().await;
                courier.pace.wait().await;
                drop(courier.exchange(&request, Origin::default()).await);
            };
            tokio::select! {
                () = courier.shared.stopping.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Sends a request, and passes the response to the inlet.
    pub(crate) async fn exchange(&self, request: &Request, origin: Origin) -> Result<Reply, SendError> {
        let spec = request.spec();
        if let (DeliveryKind::Accepted(command), Some(call)) = (spec.reply, spec.call)
            && command.is_for_incoming()
        {
            let intent = Intent::Command(call.clone(), command);
            self.inlet.intend(intent).await.map_err(|error| SendError::NotSent(error.into()))?;
        }
        let sent_at = self.shared.clock.now();
        let span = tracing::debug_span!(
            "exchange",
            request = spec.name,
            of = spec.call.map(|call| tracing::field::display(ShownCall(call)))
        );
        let sending = async {
            let first = self.transport.send(request).await?;
            Ok(with_all_pages(&*self.transport, request, first).await)
        };
        let outcome = sending.instrument(span).await;
        self.report(spec.name, &outcome, sent_at);
        if let Some(mut reply) = Reply::delivery(&outcome, request, sent_at) {
            (reply.token, reply.client_context) = (origin.token, origin.context);
            self.inlet.take_reply(reply).await;
        }
        // The core repeats a probe by itself.
        if let (Err(error), Some(call)) = (&outcome, spec.call)
            && error.hints_at_end()
            && request.operation() != Some(ApiOperation::GetCall)
        {
            self.shared.mail.send(call, Letter::Suspect(call.clone()));
        }
        outcome
    }

    fn report(&self, name: &'static str, outcome: &Result<Reply, SendError>, sent_at: Timestamp) {
        let word = outcome.as_ref().err().map_or("done", SendError::name);
        metrics::counter!("call_engine_requests_total", "request" => name, "outcome" => word).increment(1);
        metrics::histogram!("call_engine_request_seconds", "request" => name)
            .record(self.shared.clock.now().saturating_since(sent_at).as_secs_f64());
        if let Err(error) = outcome {
            tracing::debug!(request = name, error = chain(error), "request failed");
        }
    }
}
