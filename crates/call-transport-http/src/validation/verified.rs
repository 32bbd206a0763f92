//! A cache of verified tokens.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Verified tokens with their expiry. The hash map has a random key, and compares whole tokens.
#[derive(Default)]
pub(super) struct Verified {
    tokens: Mutex<Tokens>,
}

#[derive(Default)]
struct Tokens {
    ends_at: HashMap<Box<str>, u64>,
    /// Generation of the keys with which they were verified.
    generation: u64,
}

/// Maximum number of cached tokens. The service uses a token for an hour or a day, so there are a few for each tenant.
const MOST: usize = 1_024;

impl Verified {
    /// Returns whether a token was verified with the same keys, and has not expired.
    pub(super) fn has(&self, token: &str, generation: u64, now: u64) -> bool {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.generation == generation && tokens.ends_at.get(token).is_some_and(|ends_at| now < *ends_at)
    }

    pub(super) fn add(&self, token: &str, generation: u64, ends_at: u64, now: u64) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.generation != generation {
            tokens.ends_at.clear();
            tokens.generation = generation;
        }
        if tokens.ends_at.len() >= MOST {
            tokens.ends_at.retain(|_, ends_at| now < *ends_at);
        }
        if tokens.ends_at.len() >= MOST {
            tokens.ends_at.clear();
        }
        tokens.ends_at.insert(token.into(), ends_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_expires_with_its_token_or_key() {
        let verified = Verified::default();
        verified.add("t", 0, 100, 50);
        assert!(verified.has("t", 0, 99) && !verified.has("t", 0, 100));
        assert!(!verified.has("T", 0, 50) && !verified.has("t", 1, 50));
        verified.add("u", 1, 100, 50);
        assert!(verified.has("u", 1, 50) && !verified.has("t", 1, 50));
    }

    #[test]
    fn the_cache_of_verified_tokens_is_bounded() {
        let verified = Verified::default();
        for number in 0..10 * MOST {
            verified.add(&number.to_string(), 0, 100, 50);
        }
        assert!(verified.tokens.lock().unwrap().ends_at.len() <= MOST);
        assert!(verified.has(&(10 * MOST - 1).to_string(), 0, 50));
    }
}
