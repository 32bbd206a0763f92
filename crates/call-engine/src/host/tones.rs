//! The keys that the other side presses, in order.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use call_core::{Redacted, Tone};
use call_msgraph::Dtmf;
use tokio::time::{Instant, Sleep, sleep, timeout_at};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

use crate::calls::view::CallView;
use crate::host::handle::CallHandle;

/// An item of [`Tones`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToneEvent {
    /// A key was pressed.
    Pressed(PressedKey),
    /// The notifications of these keys did not arrive: the numbers of the first and of the last one.
    Missed {
        /// Number of the first missing key.
        first: i64,
        /// Number of the last missing key.
        last: i64,
    },
}

/// A key that was pressed. `Debug` hides the key, because several may be a passcode.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PressedKey {
    /// Number of the key in its call (`sequenceId`).
    pub sequence_id: i64,
    /// The key; `None` if the service sent an unknown word.
    pub key: Option<Dtmf>,
}

/// The keys that the other side presses, from here on, in the order in which they are pressed.
///
/// Each key comes once. A notification that arrives too early waits for the ones before it, at most for the reorder window. Then the
/// missing ones are reported as missed. The stream ends with the call. The service sends tones after
/// [`CallHandle::subscribe_to_tone`].
///
/// Make the stream before you play a prompt, so that it has the keys that are pressed during the prompt.
pub struct Tones {
    views: WatchStream<CallView>,
    view: CallView,
    /// Number of the last key; `None` before the first one.
    last: Option<i64>,
    /// How long to wait for a missing key.
    window: Duration,
    /// Ends the wait for a missing key.
    waiting: Option<Pin<Box<Sleep>>>,
    is_over: bool,
}

/// Keys that were collected. `Debug` hides them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digits {
    /// The keys, as their labels: `0` to `9`, `*`, `#`, `A` to `D`.
    pub text: Redacted,
    /// What ended the collection.
    pub ended_by: DigitsEnd,
    /// Number of keys that were pressed and whose notifications did not arrive. If it is not 0, ask again.
    pub missed: u64,
}

/// What ends a collection of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigitsEnd {
    /// As many keys as were asked for.
    Count,
    /// The key that ends the input.
    Key,
    /// No key for too long after the last one.
    Pause,
    /// The time for the whole input is over.
    Time,
    /// The call ended, or the engine no longer follows it.
    CallEnded,
}

impl CallHandle {
    /// Returns the keys that the other side presses from here on.
    #[must_use]
    pub fn tones(&self) -> Tones {
        let view = self.view();
        let last = view.timeline.tones.last().map(|tone| tone.sequence_id);
        let window = self.courier().shared.settings.calls.reorder_window;
        Tones { views: WatchStream::new(self.views()), view, last, window, waiting: None, is_over: false }
    }
}

impl Tones {
    /// Waits for the next key; `None` after the call has ended.
    ///
    /// Cancel safety: no key is lost.
    pub async fn next(&mut self) -> Option<ToneEvent> {
        StreamExt::next(self).await
    }

    /// Collects keys until there are `count` of them, until the key `until` is pressed, until no key is pressed for the time `between`
    /// after the last one, or until the time `within` is over. The key that ends the input is not part of it. A hook flash is
    /// ignored.
    ///
    /// ```no_run
    /// # async fn f(call: call_engine::CallHandle) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use call_engine::call_msgraph::{Dtmf, SubscribeToTone};
    /// call.subscribe_to_tone(SubscribeToTone::new()).await?.finished().await?;
    /// let (pause, time) = (Duration::from_secs(5), Duration::from_secs(30));
    /// let digits = call.tones().collect_digits(4, Some(Dtmf::Pound), pause, time).await;
    /// if digits.missed == 0 && digits.text.expose() == "1234" {
    ///     println!("the right code");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Cancel safety: the keys that were collected so far are lost.
    pub async fn collect_digits(
        &mut self,
        count: usize,
        until: Option<Dtmf>,
        between: Duration,
        within: Duration,
    ) -> Digits {
        let ends_at = Instant::now() + within;
        let (mut text, mut collected, mut missed, mut pause_ends_at) = (String::new(), 0, 0_u64, ends_at);
        let ended_by = loop {
            if collected >= count {
                break DigitsEnd::Count;
            }
            let Ok(event) = timeout_at(pause_ends_at.min(ends_at), self.next()).await else {
                break if ends_at <= pause_ends_at { DigitsEnd::Time } else { DigitsEnd::Pause };
            };
            match event {
                None => break DigitsEnd::CallEnded,
                Some(ToneEvent::Missed { first, last }) => {
                    missed = missed.saturating_add(last.abs_diff(first).saturating_add(1));
                }
                Some(ToneEvent::Pressed(PressedKey { key, .. })) if key.is_some() && key == until => {
                    break DigitsEnd::Key;
                }
                Some(ToneEvent::Pressed(PressedKey { key, .. })) => {
                    if let Some(label) = key.and_then(Dtmf::label) {
                        text.push(label);
                        collected += 1;
                    }
                    pause_ends_at = Instant::now() + between;
                }
            }
        };
        Digits { text: Redacted::new(&text), ended_by, missed }
    }

    /// Returns the next item, if the timeline has it; `Err` with the number of the next known key if some before it are missing.
    fn known(&mut self) -> Option<Result<ToneEvent, i64>> {
        let is_new = |tone: &&Tone| self.last.is_none_or(|last| tone.sequence_id > last);
        let tone = self.view.timeline.tones.iter().find(is_new)?;
        // Keys are numbered from 1.
        let expected = self.last.map_or(1, |last| last.saturating_add(1));
        if tone.sequence_id > expected {
            return Some(Err(tone.sequence_id));
        }
        self.last = Some(tone.sequence_id);
        let key = Dtmf::from_word(tone.tone.expose());
        Some(Ok(ToneEvent::Pressed(PressedKey { sequence_id: tone.sequence_id, key })))
    }

    fn miss_until(&mut self, next: i64) -> ToneEvent {
        let first = self.last.map_or(1, |last| last.saturating_add(1));
        let last = next.saturating_sub(1);
        self.last = Some(last);
        ToneEvent::Missed { first, last }
    }
}

impl Stream for Tones {
    type Item = ToneEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ToneEvent>> {
        while !self.is_over
            && let Poll::Ready(next) = Pin::new(&mut self.views).poll_next(context)
        {
            match next {
                Some(view) => self.view = view,
                None => self.is_over = true,
            }
        }
        let is_over = self.is_over || self.view.has_ended();
        match self.known() {
            Some(Ok(event)) => {
                self.waiting = None;
                Poll::Ready(Some(event))
            }
            Some(Err(next)) => {
                let window = self.window;
                let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(window)));
                if !is_over && waiting.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                self.waiting = None;
                Poll::Ready(Some(self.miss_until(next)))
            }
            None if is_over => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl fmt::Debug for Tones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tones").field("last", &self.last).finish_non_exhaustive()
    }
}

impl fmt::Debug for PressedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PressedKey").field("sequence_id", &self.sequence_id).finish_non_exhaustive()
    }
}
