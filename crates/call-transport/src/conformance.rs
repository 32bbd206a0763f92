//! What every transport promises, as a suite that any can run against a service that calls somebody who answers.
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
use call_msgraph::{Account, Answer, CallbackUri, CreateCall, MediaConfig, Received, Request, Token};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::error::{Retry, SendError};
use crate::intake::{Intake, IntakeAnswer};
use crate::transport::Transport;

/// A transport, and a service at the other end.
pub trait Harness: Send + Sync {
    /// Returns the transport.
    fn transport(&self) -> Arc<dyn Transport>;
    /// Has what the service posts delivered into an intake.
    fn connect(&self, intake: Arc<dyn Intake>);
    /// Returns the address that the service posts to.
    fn callback(&self) -> CallbackUri;
    /// Decides what befalls the next request.
    fn befall(&self, mishap: Mishap);
    /// Returns how many times faster than in the world the service is, where time passes as it does.
    fn speed(&self) -> u32 {
        1
    }
}

/// What can befall a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mishap {
    /// It cannot be sent.
    NotSent,
    /// The service has too much to do.
    Throttled(Duration),
    /// It is done, and the response gets lost.
    ResponseLost,
}

/// Runs the suite, each part against a transport of its own.
///
/// # Panics
/// Where a promise is broken, with the promise.
pub async fn check(make: impl Fn() -> Box<dyn Harness>) {
    a_created_call_is_named_and_told_of_at_its_own_address(&*make()).await;
    a_call_can_be_asked_for_and_kept_alive_until_it_is_ended(&*make()).await;
    what_is_refused_says_why(&*make()).await;
    what_was_not_sent_was_not_done(&*make()).await;
    who_is_throttled_is_told_for_how_long(&*make()).await;
    a_lost_response_is_uncertain_and_the_call_is_told_of_all_the_same(&*make()).await;
    a_busy_intake_is_delivered_to_again(&*make()).await;
    a_request_that_is_dropped_leaves_the_transport_as_it_was(&*make()).await;
    requests_do_not_wait_for_each_other(&*make()).await;
}

/// Nothing of the suite takes longer, by the clock of the runtime.
const LONGEST: Duration = Duration::from_secs(600);

/// Says whether what it is asked is so, and panics with the promise if it is not.
macro_rules! promise {
    ($promise:literal, $is_kept:expr) => {
        assert!($is_kept, concat!("a transport promises that ", $promise))
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
        // Who does not look any more has seen enough.
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

#[expect(clippy::expect_used, reason = "a suite panics where a promise is broken")]
async fn created(harness: &dyn Harness) -> CallId {
    let (_, request) = create(harness);
    harness.transport().send(&request).await.expect("a transport promises that a call can be created").call
}

async fn a_created_call_is_named_and_told_of_at_its_own_address(harness: &dyn Harness) {
    let mut posts = record(harness, false);
    let (token, request) = create(harness);
    let reply = harness.transport().send(&request).await;
    promise!("a creation names the call", reply.is_ok());
    let post = timeout(LONGEST, posts.recv()).await.ok().flatten();
    promise!("what is told of a call bears its token", post.is_some_and(|post| post.token == Some(token)));
}

async fn a_call_can_be_asked_for_and_kept_alive_until_it_is_ended(harness: &dyn Harness) {
    let _posts = record(harness, false);
    let call = created(harness).await;
    let transport = harness.transport();
    let snapshot = transport.send(&Request::Get(call.clone())).await;
    promise!("the reply to a GET has the call", snapshot.is_ok_and(|reply| !reply.body.is_empty()));
    promise!("a call can be kept alive", transport.send(&Request::KeepAlive(call.clone())).await.is_ok());
    promise!("a call can be ended", transport.send(&Request::HangUp(call.clone())).await.is_ok());
    let gone = async {
        while !matches!(transport.send(&Request::Get(call.clone())).await, Err(SendError::Gone(_))) {
            tokio::time::sleep(Duration::from_secs(1) / harness.speed()).await;
        }
    };
    promise!("a call that has ended is gone", timeout(LONGEST, gone).await.is_ok());
}

async fn what_is_refused_says_why(harness: &dyn Harness) {
    let call = created(harness).await;
    let answer = Request::Answer(call, Answer::new(MediaConfig::service_hosted()));
    let refused = harness.transport().send(&answer).await;
    let says_why = matches!(&refused, Err(SendError::Rejected { error, .. }) if error.code.is_some());
    promise!("a refusal says why", says_why);
    let unknown = harness.transport().send(&Request::Get("no-such-call".into())).await;
    promise!("a call that never was is gone", matches!(unknown, Err(SendError::Gone(_))));
}

async fn what_was_not_sent_was_not_done(harness: &dyn Harness) {
    let mut posts = record(harness, false);
    harness.befall(Mishap::NotSent);
    let failed = harness.transport().send(&create(harness).1).await;
    promise!("what was not sent may be repeated", failed.is_err_and(|error| error.retry() == Retry::Safe));
    let nothing = timeout(Duration::from_secs(10) / harness.speed(), posts.recv()).await;
    promise!("what was not sent was not done", nothing.is_err());
}

async fn who_is_throttled_is_told_for_how_long(harness: &dyn Harness) {
    let pause = Duration::from_secs(7);
    harness.befall(Mishap::Throttled(pause));
    let throttled = harness.transport().send(&create(harness).1).await;
    let says_when = throttled.is_err_and(|error| error.retry() == Retry::SafeAfter(pause));
    promise!("who is throttled is told for how long", says_when);
}

async fn a_lost_response_is_uncertain_and_the_call_is_told_of_all_the_same(harness: &dyn Harness) {
    let mut posts = record(harness, false);
    let (token, request) = create(harness);
    harness.befall(Mishap::ResponseLost);
    let lost = timeout(LONGEST, harness.transport().send(&request)).await;
    promise!("a response is not waited for for ever", lost.is_ok());
    let is_uncertain = lost.is_ok_and(|lost| matches!(lost, Err(SendError::Uncertain(_))));
    promise!("what was sent and not answered is uncertain", is_uncertain);
    let post = timeout(LONGEST, posts.recv()).await.ok().flatten();
    promise!("what is told of a call bears its token", post.is_some_and(|post| post.token == Some(token)));
}

async fn a_busy_intake_is_delivered_to_again(harness: &dyn Harness) {
    let mut posts = record(harness, true);
    created(harness).await;
    let mut states = String::new();
    let both = async {
        while !(states.contains("establishing") && states.contains("established")) {
            let Some(post) = posts.recv().await else { break };
            states.push_str(&String::from_utf8_lossy(&post.body));
        }
    };
    promise!("a busy intake is delivered to again", timeout(LONGEST, both).await.is_ok());
}

async fn a_request_that_is_dropped_leaves_the_transport_as_it_was(harness: &dyn Harness) {
    let transport = harness.transport();
    let call = created(harness).await;
    let request = Request::Get(call);
    for _ in 0..100 {
        // Begun, and dropped before it can be done.
        drop(timeout(Duration::ZERO, transport.send(&request)).await);
    }
    promise!("dropped requests leave it as it was", transport.send(&request).await.is_ok());
}

async fn requests_do_not_wait_for_each_other(harness: &dyn Harness) {
    let transport = harness.transport();
    let call = created(harness).await;
    harness.befall(Mishap::ResponseLost);
    let (slow, fast) = (Request::Get(call.clone()), Request::Get(call));
    let mut slow = Box::pin(transport.send(&slow));
    let fast = async {
        let begun = timeout(Duration::ZERO, &mut slow).await;
        promise!("a lost response takes time to be given up on", begun.is_err());
        transport.send(&fast).await
    };
    promise!("requests do not wait for each other", fast.await.is_ok());
}
