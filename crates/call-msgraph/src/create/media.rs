//! Who handles the media of a call, and which there are.

use serde_json::{Value, json};

use crate::create::kind::MediaKind;

/// Who handles the media ("mediaConfig resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaConfig {
    json: Value,
    kind: MediaKind,
}

/// A kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Modality {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
    /// A shared screen.
    VideoBasedScreenSharing,
    /// Anything else.
    Data,
}

impl MediaConfig {
    /// Leaves the media to the service.
    #[must_use]
    pub fn service_hosted() -> Self {
        Self::of(MediaKind::ServiceHosted, "#microsoft.graph.serviceHostedMediaConfig")
    }

    /// Takes the media over. The media library makes the `blob`, which is opaque to all others.
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

    /// Lets the service fetch what will be played, each by its address, to be named by its resource id. Media that the bot
    /// hosts are none of the service's to fetch: nothing changes.
    #[must_use]
    pub fn prefetching(mut self, media: &[(&str, &str)]) -> Self {
        if self.kind == MediaKind::ServiceHosted {
            self.json["preFetchMedia"] =
                media.iter().map(|(uri, id)| json!({ "uri": uri, "resourceId": id })).collect();
        }
        self
    }

    /// Says whether the bot hears others, and they it, before audio is routed in another way.
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
