//! An intake that records the deliveries of the webhook.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use call_msgraph::Received;
use call_transport::{Intake, IntakeAnswer};

/// An intake that records everything and always gives the same answer, or never answers.
pub(crate) struct Recorder {
    answer: Option<IntakeAnswer>,
    posts: Mutex<Vec<Received>>,
}

impl Recorder {
    pub(crate) fn that_answers(answer: IntakeAnswer) -> Arc<Self> {
        Arc::new(Self { answer: Some(answer), posts: Mutex::default() })
    }

    pub(crate) fn that_never_answers() -> Arc<Self> {
        Arc::new(Self { answer: None, posts: Mutex::default() })
    }

    pub(crate) fn posts(&self) -> Vec<Received> {
        self.posts.lock().unwrap().clone()
    }
}

#[async_trait]
impl Intake for Recorder {
    async fn deliver(&self, post: Received) -> IntakeAnswer {
        self.posts.lock().unwrap().push(post);
        match self.answer.clone() {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}
