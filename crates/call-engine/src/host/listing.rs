//! A page of calls in the order of their ids, from all shards.

use std::collections::VecDeque;

use call_core::CallId;

use crate::base::mail::{Letter, Mail};
use crate::calls::view::CallView;

/// Maximum number of calls that a shard copies at a time, so that a long page does not delay its deliveries and deadlines.
const LIMIT_OF_A_TURN: usize = 32;

/// Merges the calls of all shards. Each shard returns at most its share of the page at a time, so that the cost depends on the
/// length of the page and not on the number of calls.
pub(crate) struct Listing<'e> {
    mail: &'e Mail,
    parts: Vec<Part>,
    limit: usize,
    turn: usize,
}

/// The calls of one shard.
struct Part {
    shard: usize,
    fetched: VecDeque<(CallId, CallView)>,
    /// The last call that was fetched.
    after: Option<CallId>,
    is_at_the_end: bool,
}

impl<'e> Listing<'e> {
    /// Prepares a page of up to `limit` calls after `after`.
    pub(crate) fn new(mail: &'e Mail, after: Option<&CallId>, limit: usize) -> Self {
        let part = |shard| Part { shard, fetched: VecDeque::new(), after: after.cloned(), is_at_the_end: false };
        let turn = limit.div_ceil(mail.shards()).clamp(1, LIMIT_OF_A_TURN);
        Self { mail, parts: (0..mail.shards()).map(part).collect(), limit, turn }
    }

    /// Returns the calls of the page.
    pub(crate) async fn collect(mut self) -> Vec<(CallId, CallView)> {
        let mut page = Vec::new();
        while page.len() < self.limit {
            for part in &mut self.parts {
                part.fetch(self.mail, self.turn).await;
            }
            let first = self.parts.iter_mut().filter(|part| !part.fetched.is_empty());
            let first = first.min_by(|one, next| one.next_id().cmp(&next.next_id()));
            let Some(call) = first.and_then(|part| part.fetched.pop_front()) else { break };
            page.push(call);
        }
        page
    }
}

impl Part {
    /// Asks the shard for its next calls if no fetched call is left.
    async fn fetch(&mut self, mail: &Mail, turn: usize) {
        if self.is_at_the_end || !self.fetched.is_empty() {
            return;
        }
        let after = self.after.clone();
        let listed = mail.ask_shard(self.shard, |answer| Letter::List { after, limit: turn, answer }).await;
        self.fetched = listed.unwrap_or_default().into();
        self.is_at_the_end = self.fetched.len() < turn;
        self.after = self.fetched.back().map(|(id, _)| id.clone()).or(self.after.take());
    }

    fn next_id(&self) -> Option<&CallId> {
        self.fetched.front().map(|(id, _)| id)
    }
}
