//! Deliberately faulty transports: each breaks exactly one promise of the suite.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use call_msgraph::{ApiOperation, CallbackUri, Received, Request, ServiceError};
use call_transport::conformance::{Fault, Harness, check};
use call_transport::{Intake, IntakeAnswer, Reply, SendError, Transport};

use crate::in_process::InProcess;
use crate::promises::{assert_each_is_broken, promises_in};

/// A flaw, by the promise that it breaks.
type Flaw = &'static str;

const FLAWS: &[Flaw] = &[
    "a call can be created",
    "the response to a create contains the call",
    "a notification of a call has its token",
    "a notification has the id of its message",
    "a create is carried out once",
    "the response to a GET contains the call",
    "a call can be kept alive",
    "a call can be hung up",
    "an ended call is gone",
    "a refusal contains the error of the service",
    "an unknown call is gone",
    "a request that was not sent is safe to retry",
    "a request that was not sent has no effect",
    "a throttled request has a time for the retry",
    "a lost response causes a timeout",
    "a request without a response is uncertain",
    "a create without a response is not repeated",
    "a post to a busy intake is delivered again",
    "dropped requests do not affect later ones",
    "the timeout takes some time",
    "a request does not wait for another one",
];

/// A good transport with a flaw.
struct Faulty {
    good: Arc<dyn Transport>,
    flaw: Flaw,
    /// Whether the response to the next request is lost, for the flaw that does not wait for it.
    is_lost: Arc<AtomicBool>,
    is_in_flight: AtomicBool,
    turn: tokio::sync::Mutex<()>,
}

#[async_trait]
impl Transport for Faulty {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let is_create = matches!(request, Request::Create(_));
        let operation = request.operation();
        let refused = || Err(SendError::NotSent("a flaw".into()));
        let _turn =
            if self.flaw == "a request does not wait for another one" { Some(self.turn.lock().await) } else { None };
        match self.flaw {
            "a call can be created" if is_create => return refused(),
            "a call can be kept alive" if operation == Some(ApiOperation::KeepAlive) => return refused(),
            "a call can be hung up" if operation == Some(ApiOperation::HangUp) => return refused(),
            "a create is carried out once" if is_create => drop(self.good.send(request).await),
            "the timeout takes some time" if self.is_lost.swap(false, Ordering::Relaxed) => {
                return Err(SendError::Uncertain("at once".into()));
            }
            "dropped requests do not affect later ones" if self.is_in_flight.swap(true, Ordering::Relaxed) => {
                return refused();
            }
            _ => {}
        }
        let outcome = self.good.send(request).await;
        self.is_in_flight.store(false, Ordering::Relaxed);
        let is_unknown = request.path().ends_with("no-such-call");
        match (self.flaw, outcome) {
            ("the response to a create contains the call", Ok(mut reply)) => {
                reply.call = None;
                Ok(reply)
            }
            ("the response to a GET contains the call", Ok(reply)) if operation == Some(ApiOperation::GetCall) => {
                Ok(reply.with_body(Vec::new()))
            }
            ("an ended call is gone", Err(SendError::Gone(_))) if !is_unknown => refused(),
            ("an unknown call is gone", Err(SendError::Gone(_))) if is_unknown => refused(),
            ("a refusal contains the error of the service", Err(SendError::Rejected { status, .. })) => {
                Err(SendError::Rejected { status, error: ServiceError::default(), permissions: None })
            }
            ("a request that was not sent is safe to retry", Err(SendError::NotSent(cause))) => {
                Err(SendError::Uncertain(cause))
            }
            ("a request that was not sent has no effect", Err(error @ SendError::NotSent(_))) => {
                drop(self.good.send(request).await);
                Err(error)
            }
            ("a throttled request has a time for the retry", Err(SendError::Throttled { status, error, .. })) => {
                Err(SendError::Throttled { status, retry_after: Duration::ZERO, error })
            }
            ("a lost response causes a timeout", Err(SendError::Uncertain(_))) => std::future::pending().await,
            ("a request without a response is uncertain", Err(SendError::Uncertain(cause))) => {
                Err(SendError::NotSent(cause))
            }
            ("a create without a response is not repeated", Err(error @ SendError::Uncertain(_))) => {
                drop(self.good.send(request).await);
                Err(error)
            }
            (_, outcome) => outcome,
        }
    }
}

/// Passes posts to an intake, with a flaw.
struct FaultyPosts(Arc<dyn Intake>, Flaw);

#[async_trait]
impl Intake for FaultyPosts {
    async fn deliver(&self, mut post: Received) -> IntakeAnswer {
        match self.1 {
            "a notification of a call has its token" => post.token = None,
            "a notification has the id of its message" => post.message_id = None,
            _ => {}
        }
        let answer = self.0.deliver(post).await;
        let is_dropped =
            self.1 == "a post to a busy intake is delivered again" && matches!(answer, IntakeAnswer::Busy { .. });
        if is_dropped { IntakeAnswer::Accepted } else { answer }
    }
}

struct Flawed {
    good: InProcess,
    flaw: Flaw,
    transport: Arc<Faulty>,
    is_lost: Arc<AtomicBool>,
}

impl Flawed {
    fn start(flaw: Flaw) -> Self {
        let good = InProcess::start();
        let is_lost = Arc::new(AtomicBool::new(false));
        let transport = Faulty {
            good: good.transport(),
            flaw,
            is_lost: Arc::clone(&is_lost),
            is_in_flight: AtomicBool::new(false),
            turn: tokio::sync::Mutex::new(()),
        };
        Self { good, flaw, transport: Arc::new(transport), is_lost }
    }
}

impl Harness for Flawed {
    fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport) as _
    }

    fn connect(&self, intake: Arc<dyn Intake>) {
        self.good.connect(Arc::new(FaultyPosts(intake, self.flaw)));
    }

    fn callback(&self) -> CallbackUri {
        self.good.callback()
    }

    fn calls(&self) -> usize {
        self.good.calls()
    }

    fn inject(&self, fault: Fault) {
        // The part with the create has to find a slow timeout.
        if fault == Fault::ResponseLost && self.good.calls() > 0 {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        self.good.inject(fault);
    }
}

#[tokio::test(start_paused = true)]
async fn each_transport_promise_finds_its_flaw() {
    let promises = promises_in(include_str!("../../crates/call-transport/src/conformance.rs"));
    assert_each_is_broken("a transport", &promises, FLAWS, |flaw| async move {
        check(|| Box::new(Flawed::start(flaw))).await;
    })
    .await;
}
