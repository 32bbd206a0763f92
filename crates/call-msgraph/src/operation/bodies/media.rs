//! Operations of the media of the bot.

use std::time::Duration;

use serde_json::{Value, json};

use crate::operation::bodies::builder::{Body, typed_body, without_parameters};

/// A prompt: a .wav file with one channel, 16 bits and 16 kHz ("mediaPrompt resource type", v1.0 reference).
///
/// `Debug` shows nothing of it.
#[derive(Clone, PartialEq)]
pub struct Prompt {
    value: Value,
    length: Option<Duration>,
}

/// A key of a phone ("toneInfo resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dtmf {
    /// `0` to `9`. Larger numbers are refused before sending.
    Digit(u8),
    /// `*`
    Star,
    /// `#`
    Pound,
    /// `A`
    A,
    /// `B`
    B,
    /// `C`
    C,
    /// `D`
    D,
    /// Hook flash.
    Flash,
}

typed_body! {
    /// Plays prompts ("call: playPrompt", v1.0 reference).
    ///
    /// ```
    /// use call_msgraph::{CallOperation, PlayPrompt, Prompt};
    /// let play = PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav")).and(Prompt::new("https://cdn.contoso.com/cool.wav"));
    /// assert!(play.on("c1".into()).check().is_empty());
    /// let problems = PlayPrompt::new(Prompt::new("beep.wav")).on("c1".into()).check();
    /// assert_eq!(problems[0].path, "/prompts/0/mediaInfo/uri");
    /// ```
    PlayPrompt, with a client context
}

typed_body! {
    /// Records what the other side says ("call: record", v1.0 reference). Only what is set is sent; the service has defaults.
    RecordResponse, with a client context
}

typed_body! {
    /// Cancels prompts and recordings ("call: cancelMediaProcessing", v1.0 reference).
    CancelMediaProcessing, with a client context
}

typed_body! {
    /// Subscribes to the tones of the other side ("call: subscribeToTone", v1.0 reference).
    SubscribeToTone, with a client context
}

typed_body! {
    /// Sends tones ("call: sendDtmfTones", v1.0 reference).
    SendDtmfTones, with a client context
}

typed_body! {
    /// Mutes the bot ("call: mute", v1.0 reference).
    Mute, with a client context
}

typed_body! {
    /// Unmutes the bot ("call: unmute", v1.0 reference).
    Unmute, with a client context
}

impl Prompt {
    /// Returns a prompt at an address.
    #[must_use]
    pub fn new(uri: &str) -> Self {
        let info = json!({ "@odata.type": "#microsoft.graph.mediaInfo", "uri": uri });
        let value = json!({ "@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": info });
        Self { value, length: None }
    }

    /// Sets the key under which the service keeps the prompt.
    #[must_use]
    pub fn with_resource_id(mut self, id: &str) -> Self {
        self.value["mediaInfo"]["resourceId"] = id.into();
        self
    }

    /// Sets the length of the prompt. It is not sent: the engine then knows when the notification of the end is overdue.
    #[must_use]
    pub const fn lasting(mut self, length: Duration) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets how often the prompt is played. Only the beta version of the API has it.
    #[must_use]
    pub fn repeated(mut self, times: u32) -> Self {
        self.value["loop"] = times.into();
        self.length = self.length.map(|length| length.saturating_mul(times));
        self
    }

    pub(super) fn into_json(self) -> Value {
        self.value
    }

    pub(super) const fn length(&self) -> Option<Duration> {
        self.length
    }
}

impl PlayPrompt {
    /// Plays a prompt.
    #[must_use]
    pub fn new(prompt: Prompt) -> Self {
        Self(Body::default().lasting(Some(Duration::ZERO))).and(prompt)
    }

    /// Adds a prompt, at most 20 in all.
    #[must_use]
    pub fn and(self, prompt: Prompt) -> Self {
        let length = self.0.length().zip(prompt.length()).map(|(others, this)| others.saturating_add(this));
        Self(self.0.and("prompts", prompt.into_json()).lasting(length))
    }
}

impl RecordResponse {
    /// Records for at most five seconds, until five seconds of silence, after a beep: the defaults of the service.
    #[must_use]
    pub fn new() -> Self {
        Self(Body::default())
    }

    /// Plays a prompt before the recording.
    #[must_use]
    pub fn after(self, prompt: Prompt) -> Self {
        let length = prompt.length();
        Self(self.0.with("prompts", vec![prompt.into_json()]).lasting(length))
    }

    /// Breaks into queued and running prompts and recordings.
    #[must_use]
    pub fn barging_in(self) -> Self {
        Self(self.0.with("bargeInAllowed", true))
    }

    /// Sets the silence after the prompt that ends the recording as failed, 1 to 120 whole seconds.
    #[must_use]
    pub fn with_initial_silence(self, time: Duration) -> Self {
        self.with_seconds("initialSilenceTimeoutInSeconds", time)
    }

    /// Sets the silence that ends the recording, 1 to 120 whole seconds.
    #[must_use]
    pub fn with_max_silence(self, time: Duration) -> Self {
        self.with_seconds("maxSilenceTimeoutInSeconds", time)
    }

    /// Sets the maximum duration, 1 to 120 whole seconds.
    #[must_use]
    pub fn with_max_duration(self, time: Duration) -> Self {
        self.with_seconds("maxRecordDurationInSeconds", time)
    }

    /// Sets whether a beep precedes the recording.
    #[must_use]
    pub fn with_beep(self, is_played: bool) -> Self {
        Self(self.0.with("playBeep", is_played))
    }

    /// Sets the tones that end the recording.
    #[must_use]
    pub fn stopping_at(self, tones: &[Dtmf]) -> Self {
        let tones: Vec<_> = tones.iter().map(|tone| tone.key()).collect();
        Self(self.0.with("stopTones", tones))
    }

    /// Makes the recording readable while it is made. Only the beta version of the API has it.
    #[must_use]
    pub fn streaming(self) -> Self {
        Self(self.0.with("streamWhileRecording", true))
    }

    fn with_seconds(self, key: &str, time: Duration) -> Self {
        Self(self.0.with(key, time.as_secs()))
    }
}

impl SendDtmfTones {
    /// Sends tones, in this order.
    #[must_use]
    pub fn new(tones: &[Dtmf]) -> Self {
        let words: Vec<_> = tones.iter().map(|tone| tone.word()).collect();
        Self(Body::default().with("tones", words))
    }

    /// Sets the pause between two tones, in whole milliseconds.
    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        Self(self.0.with("delayBetweenTonesMs", u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)))
    }
}

without_parameters!(CancelMediaProcessing SubscribeToTone Mute Unmute);

impl Default for RecordResponse {
    fn default() -> Self {
        Self::new()
    }
}

impl Dtmf {
    /// Reads the API's word in upper or lower case; `None` if it is not a known one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let digits = (0..=9).map(Self::Digit);
        let all = digits.chain([Self::Star, Self::Pound, Self::A, Self::B, Self::C, Self::D, Self::Flash]);
        all.into_iter().find(|key| key.word().eq_ignore_ascii_case(word))
    }

    /// Returns the label of the key; `None` for a hook flash.
    ///
    /// ```
    /// use call_msgraph::Dtmf;
    /// assert_eq!(Dtmf::from_word("tone7").and_then(Dtmf::label), Some('7'));
    /// assert_eq!(Dtmf::Flash.label(), None);
    /// ```
    #[must_use]
    pub const fn label(self) -> Option<char> {
        match self {
            Self::Digit(digit) => char::from_digit(digit as u32, 10),
            Self::Star => Some('*'),
            Self::Pound => Some('#'),
            Self::A => Some('A'),
            Self::B => Some('B'),
            Self::C => Some('C'),
            Self::D => Some('D'),
            Self::Flash => None,
        }
    }

    /// Returns the API's word: `tone0` to `tone9`, `star`, …
    fn word(self) -> String {
        match self {
            Self::Digit(digit) => format!("tone{digit}"),
            Self::Star => "star".into(),
            Self::Pound => "pound".into(),
            Self::Flash => "flash".into(),
            Self::A | Self::B | Self::C | Self::D => self.key().to_ascii_lowercase(),
        }
    }

    /// Returns what `stopTones` calls the key.
    fn key(self) -> String {
        match self {
            Self::Digit(digit) => digit.to_string(),
            Self::Star | Self::Pound | Self::A | Self::B | Self::C | Self::D | Self::Flash => {
                self.label().map_or_else(|| "flash".into(), String::from)
            }
        }
    }
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prompt(***)")
    }
}
