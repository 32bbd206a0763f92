//! The media of a call.

use call_core::MediaKind;
use serde_json::{Value, json};

/// Where the media of a call are hosted ("mediaConfig resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaConfig {
    json: Value,
    kind: MediaKind,
}

/// Kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Modality {
    /// Audio.
    Audio,
    /// Video.
    Video,
    /// Video-based screen sharing.
    VideoBasedScreenSharing,
    /// Data.
    Data,
}

impl MediaConfig {
    /// Returns media that are hosted by the service.
    #[must_use]
    pub fn service_hosted() -> Self {
        Self::of(MediaKind::ServiceHosted, "#microsoft.graph.serviceHostedMediaConfig")
    }

    /// Returns media that are hosted by the application. The media library of the application makes the opaque `blob`.
    #[must_use]
    pub fn app_hosted(blob: Option<&str>) -> Self {
        let mut config = Self::of(MediaKind::AppHosted, "#microsoft.graph.appHostedMediaConfig");
        if let Some(blob) = blob {
            config.json["blob"] = blob.into();
        }
        config
    }

    fn of(kind: MediaKind, odata_type: &str) -> Self {
        Self { json: json!({ "@odata.type": odata_type }), kind }
    }

    /// Adds media that the service fetches before it plays them: pairs of an address and a resource id. Has no effect on media that
    /// the application hosts.
    #[must_use]
    pub fn prefetching(mut self, media: &[(&str, &str)]) -> Self {
        if self.kind == MediaKind::ServiceHosted {
            self.json["preFetchMedia"] =
                media.iter().map(|(uri, id)| json!({ "uri": uri, "resourceId": id })).collect();
        }
        self
    }

    /// Sets whether the bot is removed from the default routing of audio.
    #[must_use]
    pub fn removed_from_default_audio_group(mut self, is_removed: bool) -> Self {
        self.json["removeFromDefaultAudioGroup"] = is_removed.into();
        self
    }

    pub(crate) const fn json(&self) -> &Value {
        &self.json
    }
}

impl Modality {
    pub(super) const ALL: [Self; 4] = [Self::Audio, Self::Video, Self::VideoBasedScreenSharing, Self::Data];

    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
            Self::VideoBasedScreenSharing => "videoBasedScreenSharing",
            Self::Data => "data",
        }
    }
}
