//! What the bot does with its calls: what the story of each wants of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use call_engine::call_core::CallState;
use call_engine::call_msgraph::{
    Account, Answer, CreateCall, InvalidPart, MediaConfig, Redirect, RejectReason, Transfer,
};
use call_engine::{CallHandle, CreateError, Engine, IncomingCall};
use call_transport_mock::Story;

use crate::demo::stage::fast;

/// What a bot needs to play its part.
#[derive(Clone)]
pub(super) struct Bot {
    engine: Engine,
    colleague: Account,
    incoming: Arc<AtomicU64>,
}

impl Bot {
    pub(super) fn new(engine: Engine) -> Result<Self, InvalidPart> {
        let colleague = Account::new("550fae72-d251-43ec-868c-373732c2704f")?;
        Ok(Self { engine, colleague, incoming: Arc::default() })
    }

    /// Creates a call; `None` if there is none, as far as anybody will ever know.
    pub(super) async fn create(&self, create: CreateCall) -> Option<CallHandle> {
        match self.engine.create_call(create).await {
            Ok(call) => Some(call),
            Err(CreateError::Uncertain(pending, _)) => pending.adopted().await,
            // The network loses requests; the service refuses none of these.
            Err(_) => None,
        }
    }

    /// Takes most calls that come in, rejects some and sends some on; `None` if the call ended before.
    pub(super) async fn take(&self, offered: IncomingCall) -> Option<CallHandle> {
        let handle = offered.handle().clone();
        let taken = match self.incoming.fetch_add(1, Ordering::Relaxed) % 4 {
            2 => offered.reject(RejectReason::Busy).await,
            3 => offered.redirect(Redirect::to(self.colleague.clone(), &[])).await,
            _ => offered.answer(Answer::new(MediaConfig::service_hosted())).await,
        };
        // Where the answer got lost the call may be answered all the same.
        Some(taken.unwrap_or(handle))
    }

    /// Does what the story of a call wants of a bot, and waits for its end.
    pub(super) async fn play(&self, call: &CallHandle, story: Option<Story>) {
        let is_up = call.wait_has_been(CallState::Established).await.is_ok();
        if is_up && matches!(story, Some(Story::Transferred | Story::TransferFails)) {
            tokio::time::sleep(fast(10)).await;
            // A request that gets lost leaves the call to its end.
            drop(call.transfer(Transfer::to(self.colleague.clone())).await);
        }
        if is_up && story == Some(Story::Endless) {
            tokio::time::sleep(fast(40)).await;
            while !call.view().has_ended() && call.hang_up().await.is_err() {}
        }
        // What nobody tells is found out.
        drop(call.wait_ended().await);
    }
}
