//! The bot: plays its part in the story of each call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use call_engine::call_core::CallState;
use call_engine::call_msgraph::{
    Account, Answer, CreateCall, InvalidPart, MediaConfig, Redirect, RejectReason, Transfer,
};
use call_engine::{CallHandle, CreateError, Engine, IncomingCall};
use call_transport_mock::Story;

use crate::demo::stage::fast;

/// A bot.
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

    /// Creates a call; `None` if no call is known to exist.
    pub(super) async fn create(&self, create: CreateCall) -> Option<CallHandle> {
        match self.engine.create_call(create).await {
            Ok(call) => Some(call),
            Err(CreateError::Uncertain(pending, _)) => pending.adopted().await,
            // The network loses requests. The service refuses none of them.
            Err(_) => None,
        }
    }

    /// Answers most incoming calls, rejects and redirects others; `None` if the call ended first.
    pub(super) async fn take(&self, offered: IncomingCall) -> Option<CallHandle> {
        let handle = offered.handle().clone();
        let taken = match self.incoming.fetch_add(1, Ordering::Relaxed) % 4 {
            2 => offered.reject(RejectReason::Busy).await,
            3 => offered.redirect(Redirect::to(self.colleague.clone())).await,
            _ => offered.answer(Answer::new(&MediaConfig::service_hosted())).await,
        };
        // If the response was lost, the call may be answered nevertheless.
        Some(taken.unwrap_or(handle))
    }

    /// Plays the part of the bot in the story of a call, and waits for its end.
    pub(super) async fn play(&self, call: &CallHandle, story: Option<Story>) {
        let is_up = call.wait_has_been(CallState::Established).await.is_ok();
        if is_up && matches!(story, Some(Story::Transferred | Story::TransferFails)) {
            tokio::time::sleep(fast(10)).await;
            // After a lost request, the call ends by itself.
            drop(call.transfer(Transfer::to(self.colleague.clone())).await);
        }
        if is_up && story == Some(Story::Endless) {
            tokio::time::sleep(fast(40)).await;
            // A hang-up is harmless to repeat, so a lost response is no reason to wait.
            while !call.view().has_ended() && call.hang_up().await.map_or(true, |started| started.uncertain.is_some()) {
            }
        }
        // If the notification of the end is lost, a probe finds the end.
        drop(call.wait_ended().await);
    }
}
