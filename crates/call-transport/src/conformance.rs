//! A test suite that any transport can run against a service whose callee answers.
//!
//! ```no_run
//! use call_transport::conformance::{Harness, check};
//! async fn my_transport_keeps_its_promises(make: impl Fn() -> Box<dyn Harness>) {
//!     check(make).await; // panics where it does not
//! }
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use call_core::CallId;
use call_msgraph::{
    Account, Answer, CallOperation as _, CallbackUri, CreateCall, MediaConfig, Received, Request, Token,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::error::{Retry, SendError};
use crate::intake::{Intake, IntakeAnswer};
use crate::transport::Transport;

/// A transport, and the service that it leads to.
pub trait Harness: Send + Sync {
    /// Returns the transport.
    fn transport(&self) -> Arc<dyn Transport>;
    /// Delivers the posts of the service into an intake.
    fn connect(&self, intake: Arc<dyn Intake>);
    /// Returns the address that the service posts to.
    fn callback(&self) -> CallbackUri;
    /// Causes a fault of the next request.
    fn inject(&self, fault: Fault);
    /// Returns the number of calls that the service has created.
    fn calls(&self) -> usize;
    /// Returns the speed of the service, as a multiple of real time.
    fn speed(&self) -> u32 {
        1
    }
}

/// A fault of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request cannot be sent.
    NotSent,
    /// The service throttles the request.
    Throttled(Duration),
    /// The request is carried out, and the response is lost.
    ResponseLost,
}

/// Runs the suite. Each part uses its own transport.
///
/// # Panics
/// Panics with the promise if one is broken.
pub async fn check(make: impl Fn() -> Box<dyn Harness>) {
    a_created_call_is_notified_at_its_address(&*make()).await;
    a_call_is_read_kept_alive_and_ended(&*make()).await;
    a_refusal_has_a_reason(&*make()).await;
    an_unsent_request_has_no_effect(&*make()).await;
    a_throttled_request_reports_the_retry_delay(&*make()).await;
    a_lost_response_is_uncertain(&*make()).await;
    a_busy_intake_receives_the_post_again(&*make()).await;
    a_dropped_request_does_not_harm_the_transport(&*make()).await;
    requests_do_not_wait_for_each_other(&*make()).await;
}

/// Maximum time of each step, by the clock of the runtime.
const LONGEST: Duration = Duration::from_secs(600);

/// Panics with the promise if the condition is false, and shows what was sent and what came back.
macro_rules! promise {
    ($promise:literal, $is_kept:expr, $sent:expr, $got:expr) => {
        assert!($is_kept, "broken promise of a transport: {}\n  sent: {:?}\n  came back: {:?}", $promise, $sent, $got)
    };
}

struct Recorder {
    posts: mpsc::UnboundedSender<Received>,
    is_busy: AtomicBool,
}

#[async_trait]
impl Intake for Recorder {
    async fn deliver(&self, post: Received) -> IntakeAnswer {
        if self.is_busy.swap(false, Ordering::Relaxed) {
            return IntakeAnswer::Busy { retry_after: Duration::from_secs(1) };
        }
        // Fails if the test has seen enough.
        drop(self.posts.send(post));
        IntakeAnswer::Accepted
    }
}

fn record(harness: &dyn Harness, is_busy: bool) -> mpsc::UnboundedReceiver<Received> {
    let (posts, received) = mpsc::unbounded_channel();
    harness.connect(Arc::new(Recorder { posts, is_busy: AtomicBool::new(is_busy) }));
    received
}

#[expect(clippy::expect_used, reason = "these are constants")]
fn create(harness: &dyn Harness) -> (Token, Request) {
    let token = Token::new("conformance").expect("a token");
    let callback = harness.callback().with_token(&token);
    let callee = Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8").expect("an id");
    (token, Request::Create(CreateCall::to_user(callback, &callee, &MediaConfig::service_hosted())))
}

/// Creates a call, and returns its token, the request and the call.
#[expect(clippy::expect_used, reason = "a promise before it says so")]
async fn created(harness: &dyn Harness) -> (Token, Request, CallId) {
    let (token, request) = create(harness);
    let reply = harness.transport().send(&request).await;
    promise!("a call can be created", reply.is_ok(), request, reply);
    let call = reply.as_ref().ok().and_then(|reply| reply.call.clone());
    promise!("the response to a create contains the call", call.is_some(), request, reply);
    (token, request, call.expect("it is there"))
}

/// Returns what a post says of itself, for messages.
fn shown(post: Option<&Received>) -> Option<String> {
    post.map(|post| {
        let id = post.message_id.as_ref().map(|id| id.spelling());
        let id = id.as_deref().unwrap_or("none");
        format!(
            "a post with {} bytes, message id {id}, {} token",
            post.body.len(),
            if post.token.is_some() { "a" } else { "no" }
        )
    })
}

async fn a_created_call_is_notified_at_its_address(harness: &dyn Harness) {
    let mut posts = record(harness, false);
    let (token, request, _) = created(harness).await;
    let post = timeout(LONGEST, posts.recv()).await.ok().flatten();
    let has_token = post.as_ref().is_some_and(|post| post.token == Some(token));
    promise!("a notification of a call has its token", has_token, request, shown(post.as_ref()));
    let has_id = post.as_ref().is_some_and(|post| post.message_id.is_some());
    promise!("a notification has the id of its message", has_id, request, shown(post.as_ref()));
    promise!("a create is carried out once", harness.calls() == 1, request, format!("{} calls", harness.calls()));
}

async fn a_call_is_read_kept_alive_and_ended(harness: &dyn Harness) {
    let _posts = record(harness, false);
    let (_, _, call) = created(harness).await;
    let transport = harness.transport();
    let request = Request::get(call.clone());
    let reply = transport.send(&request).await;
    let has_body = reply.as_ref().is_ok_and(|reply| !reply.body.is_empty());
    promise!("the response to a GET contains the call", has_body, request, reply);
    let request = Request::keep_alive(call.clone());
    let reply = transport.send(&request).await;
    promise!("a call can be kept alive", reply.is_ok(), request, reply);
    let request = Request::hang_up(call.clone());
    let reply = transport.send(&request).await;
    promise!("a call can be hung up", reply.is_ok(), request, reply);
    let request = Request::get(call);
    let gone = async {
        while !matches!(transport.send(&request).await, Err(SendError::Gone(_))) {
            tokio::time::sleep(Duration::from_secs(1) / harness.speed()).await;
        }
    };
    let is_gone = timeout(LONGEST, gone).await.is_ok();
    promise!("an ended call is gone", is_gone, request, "no 404 that says it");
}

async fn a_refusal_has_a_reason(harness: &dyn Harness) {
    let (_, _, call) = created(harness).await;
    let answer = Request::from(Answer::new(&MediaConfig::service_hosted()).on(call));
    let refused = harness.transport().send(&answer).await;
    let says_why = matches!(&refused, Err(SendError::Rejected { error, .. }) if error.code.is_some());
    promise!("a refusal contains the error of the service", says_why, answer, refused);
    let request = Request::get("no-such-call".into());
    let unknown = harness.transport().send(&request).await;
    promise!("an unknown call is gone", matches!(unknown, Err(SendError::Gone(_))), request, unknown);
}

async fn an_unsent_request_has_no_effect(harness: &dyn Harness) {
    let mut posts = record(harness, false);
    harness.inject(Fault::NotSent);
    let (_, request) = create(harness);
    let failed = harness.transport().send(&request).await;
    let is_safe = failed.as_ref().is_err_and(|error| error.retry() == Retry::Safe);
    promise!("a request that was not sent is safe to retry", is_safe, request, failed);
    let post = timeout(Duration::from_secs(10) / harness.speed(), posts.recv()).await;
    let post = post.ok().flatten();
    promise!(
        "a request that was not sent has no effect",
        post.is_none() && harness.calls() == 0,
        request,
        shown(post.as_ref())
    );
}

async fn a_throttled_request_reports_the_retry_delay(harness: &dyn Harness) {
    let pause = Duration::from_secs(7);
    harness.inject(Fault::Throttled(pause));
    let (_, request) = create(harness);
    let throttled = harness.transport().send(&request).await;
    let says_when = throttled.as_ref().is_err_and(|error| error.retry() == Retry::SafeAfter(pause));
    promise!("a throttled request has a time for the retry", says_when, request, throttled);
}

async fn a_lost_response_is_uncertain(harness: &dyn Harness) {
    let mut posts = record(harness, false);
    let (token, request) = create(harness);
    harness.inject(Fault::ResponseLost);
    let lost = timeout(LONGEST, harness.transport().send(&request)).await;
    promise!("a lost response causes a timeout", lost.is_ok(), request, "nothing");
    let is_uncertain = lost.as_ref().is_ok_and(|lost| matches!(lost, Err(SendError::Uncertain(_))));
    promise!("a request without a response is uncertain", is_uncertain, request, lost);
    let post = timeout(LONGEST, posts.recv()).await.ok().flatten();
    let has_token = post.as_ref().is_some_and(|post| post.token == Some(token));
    promise!("a notification of a call has its token", has_token, request, shown(post.as_ref()));
    let calls = harness.calls();
    promise!("a create without a response is not repeated", calls == 1, request, format!("{calls} calls"));
}

async fn a_busy_intake_receives_the_post_again(harness: &dyn Harness) {
    let mut posts = record(harness, true);
    created(harness).await;
    let mut states = String::new();
    let both = async {
        while !(states.contains("establishing") && states.contains("established")) {
            let Some(post) = posts.recv().await else { break };
            states.push_str(&String::from_utf8_lossy(&post.body));
        }
    };
    let is_delivered = timeout(LONGEST, both).await.is_ok();
    promise!("a post to a busy intake is delivered again", is_delivered, "busy", states);
}

async fn a_dropped_request_does_not_harm_the_transport(harness: &dyn Harness) {
    let transport = harness.transport();
    let (_, _, call) = created(harness).await;
    let request = Request::get(call);
    for _ in 0..100 {
        // Started, and dropped before it can finish.
        drop(timeout(Duration::ZERO, transport.send(&request)).await);
    }
    let reply = transport.send(&request).await;
    promise!("dropped requests do not affect later ones", reply.is_ok(), request, reply);
}

async fn requests_do_not_wait_for_each_other(harness: &dyn Harness) {
    let transport = harness.transport();
    let (_, _, call) = created(harness).await;
    harness.inject(Fault::ResponseLost);
    let (slow, request) = (Request::get(call.clone()), Request::get(call));
    let mut slow = Box::pin(transport.send(&slow));
    let begun = timeout(Duration::ZERO, &mut slow).await;
    promise!("the timeout takes some time", begun.is_err(), request, begun);
    let fast = timeout(LONGEST, transport.send(&request)).await;
    promise!("a request does not wait for another one", matches!(fast, Ok(Ok(_))), request, fast);
}
