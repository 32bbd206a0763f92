//! The log of refused posts: the first ones of a minute in full, also the first one for each reason, and a flood as a summary.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use tokio::time::{Instant, sleep_until};

use crate::validation::validator::TokenValidator;
use crate::webhook::answer::Refusal;
use crate::webhook::settings::Authentication;

/// The refused posts of the present minute.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    began_at: Option<Instant>,
    logged: u32,
    /// Reasons that were logged.
    reasons: BTreeSet<&'static str>,
    /// Number of further posts for each reason.
    more: BTreeMap<&'static str, u64>,
}

/// Number of posts that are logged in full in a minute.
const IN_FULL: u32 = 10;

const MINUTE: Duration = Duration::from_secs(60);

impl Refusals {
    /// Logs a refused post, or adds it to the summary of its minute.
    pub(super) fn log(self: &Arc<Self>, refusal: Refusal, authentication: &Authentication, headers: &HeaderMap) {
        if !self.is_in_full(refusal.name()) {
            return;
        }
        let reason = refusal.name();
        match (refusal, authentication) {
            (Refusal::Denied(denied), Authentication::Token(validator)) => {
                let policy = validator.policy();
                let token = TokenValidator::claimed(headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()));
                tracing::warn!(
                    reason,
                    key_id = token.key_id,
                    issuer = token.issuer,
                    audience = token.audience,
                    tenant = token.tenant,
                    expected_issuer = policy.issuers.join(" or "),
                    expected_audience = policy.audience,
                    expected_tenant =
                        policy.tenants.as_ref().map(|tenants| Vec::from_iter(tenants.clone()).join(" or ")),
                    detail = denied.to_string(),
                    "post refused"
                );
            }
            _ => tracing::warn!(reason, "post refused"),
        }
    }

    /// Notes a refused post, and returns whether it is logged in full. The summary of the others follows at the end of the minute.
    fn is_in_full(self: &Arc<Self>, reason: &'static str) -> bool {
        let mut minute = self.minute();
        let now = Instant::now();
        let began_at = *minute.began_at.get_or_insert(now);
        if now >= began_at + MINUTE && minute.more.is_empty() {
            *minute = Minute { began_at: Some(now), ..Minute::default() };
        }
        // A flood must not hide the first post that is refused for another reason.
        if minute.reasons.insert(reason) || minute.logged < IN_FULL {
            minute.logged = minute.logged.saturating_add(1);
            return true;
        }
        if minute.more.is_empty() {
            let (own, ends_at) = (Arc::clone(self), began_at + MINUTE);
            tokio::spawn(async move {
                sleep_until(ends_at).await;
                own.summarize();
            });
        }
        *minute.more.entry(reason).or_default() += 1;
        false
    }

    fn summarize(&self) {
        let more = std::mem::take(&mut *self.minute()).more;
        let posts: u64 = more.values().sum();
        let reasons: Vec<_> = more.iter().map(|(reason, posts)| format!("{reason} {posts}")).collect();
        tracing::warn!(posts, reasons = reasons.join(", "), "more posts were refused in a minute");
    }

    fn minute(&self) -> MutexGuard<'_, Minute> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_logged_as_a_summary() {
        let refusals = Arc::new(Refusals::default());
        let flood = |posts: usize| (0..posts).filter(|_| refusals.is_in_full("signature")).count();
        assert_eq!(flood(10_000), 10);
        assert_eq!(refusals.minute().more["signature"], 9_990);
        assert!(refusals.is_in_full("audience") && !refusals.is_in_full("audience"));
        tokio::time::sleep(MINUTE * 2).await;
        assert!(refusals.minute().more.is_empty(), "the summary was logged");
        assert_eq!(flood(3), 3, "the next minute begins");
        tokio::time::sleep(MINUTE).await;
        assert_eq!(flood(20), 10);
    }
}
