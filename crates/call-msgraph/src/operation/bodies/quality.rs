//! Quality of a teleconference device.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::operation::bodies::builder::Body;
use crate::operation::request::OperationRequest;
use crate::operation::table::ApiOperation;

/// Quality of a teleconference device and its media ("teleconferenceDeviceQuality resource type", v1.0 reference).
///
/// It is not sent to one call, so it is no [`CallOperation`](crate::CallOperation).
///
/// ```
/// use call_msgraph::{DeviceQuality, MediaQuality, Medium};
/// let mut audio = MediaQuality::new(Medium::Audio);
/// audio.inbound.packets = Some(5_500);
/// let quality = DeviceQuality::new(audio).with_device("TestAgent", "a device for tests");
/// assert!(quality.request().check().is_empty());
/// ```
#[derive(Clone, PartialEq)]
pub struct DeviceQuality {
    quality: Value,
    media: Vec<MediaQuality>,
}

/// Medium of a [`MediaQuality`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Medium {
    /// Audio.
    Audio,
    /// Video.
    Video,
    /// Screen sharing.
    ScreenSharing,
}

/// Quality of one medium ("teleconferenceDeviceMediaQuality resource type", v1.0 reference). What is `None` is not sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MediaQuality {
    /// The medium.
    pub medium: Medium,
    /// Number of the channel, from 1.
    pub channel_index: Option<u32>,
    /// Duration of the medium.
    pub duration: Option<Duration>,
    /// Speed of the network, in bytes per second.
    pub link_speed: Option<u64>,
    /// Address of the device.
    pub local: Option<SocketAddr>,
    /// Address of the other side.
    pub remote: Option<SocketAddr>,
    /// What the device received.
    pub inbound: Traffic,
    /// What the device sent.
    pub outbound: Traffic,
}

/// Quality of one direction. What is `None` is not sent.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Traffic {
    /// Number of packets.
    pub packets: Option<u64>,
    /// Average and maximum loss of packets, in percent.
    pub loss: Option<(f64, f64)>,
    /// Average and maximum round trip.
    pub round_trip: Option<(Duration, Duration)>,
    /// Average and maximum jitter.
    pub jitter: Option<(Duration, Duration)>,
}

impl DeviceQuality {
    /// Returns the quality of a device with a medium.
    #[must_use]
    pub fn new(medium: MediaQuality) -> Self {
        Self { quality: json!({ "@odata.type": "#microsoft.graph.teleconferenceDeviceQuality" }), media: vec![medium] }
    }

    /// Adds a medium.
    #[must_use]
    pub fn and(mut self, medium: MediaQuality) -> Self {
        self.media.push(medium);
        self
    }

    /// Sets the call: its `callChainId`, the bot's `myParticipantId`, and the id of the leg of the media.
    #[must_use]
    pub fn with_call(self, call_chain: &str, participant: &str, media_leg: &str) -> Self {
        self.with("callChainId", call_chain).with("participantId", participant).with("mediaLegId", media_leg)
    }

    /// Sets name and description of the device.
    #[must_use]
    pub fn with_device(self, name: &str, description: &str) -> Self {
        self.with("deviceName", name).with("deviceDescription", description)
    }

    /// Sets the cloud service: its name, its instance, the id of its deployment, and the environment of the deployment.
    #[must_use]
    pub fn with_cloud_service(self, name: &str, instance: &str, deployment: &str, environment: &str) -> Self {
        self.with("cloudServiceName", name)
            .with("cloudServiceInstanceName", instance)
            .with("cloudServiceDeploymentId", deployment)
            .with("cloudServiceDeploymentEnvironment", environment)
    }

    /// Returns the request that logs the quality.
    #[must_use]
    pub fn request(self) -> OperationRequest {
        let media: Vec<_> = self.media.iter().map(MediaQuality::to_json).collect();
        let body = Body::default().with("quality", self.with("mediaQualityList", media).quality);
        body.request(ApiOperation::LogTeleconferenceDeviceQuality, None)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.quality[key] = value.into();
        self
    }
}

impl MediaQuality {
    /// Returns the quality of a medium, of which nothing is known yet.
    #[must_use]
    pub fn new(medium: Medium) -> Self {
        Self {
            medium,
            channel_index: None,
            duration: None,
            link_speed: None,
            local: None,
            remote: None,
            inbound: Traffic::default(),
            outbound: Traffic::default(),
        }
    }

    fn to_json(&self) -> Value {
        let name = match self.medium {
            Medium::Audio => "Audio",
            Medium::Video => "Video",
            Medium::ScreenSharing => "ScreenSharing",
        };
        let mut json = json!({ "@odata.type": format!("#microsoft.graph.teleconferenceDevice{name}Quality") });
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                json[key] = value;
            }
        };
        set("channelIndex", self.channel_index.map(Value::from));
        set("mediaDuration", self.duration.map(iso_8601));
        set("networkLinkSpeedInBytes", self.link_speed.map(Value::from));
        set("localIPAddress", self.local.map(|local| local.ip().to_string().into()));
        set("localPort", self.local.map(|local| local.port().into()));
        set("remoteIPAddress", self.remote.map(|remote| remote.ip().to_string().into()));
        set("remotePort", self.remote.map(|remote| remote.port().into()));
        for (way, packets, traffic) in
            [("Inbound", "inboundPackets", &self.inbound), ("Outbound", "outboundPackets", &self.outbound)]
        {
            let loss = traffic.loss.map(|(average, maximum)| (average.into(), maximum.into()));
            let times = |pair: Option<(Duration, Duration)>| {
                pair.map(|(average, maximum)| (iso_8601(average), iso_8601(maximum)))
            };
            set(packets, traffic.packets.map(Value::from));
            for (what, pair) in [
                ("PacketLossRateInPercentage", loss),
                ("RoundTripDelay", times(traffic.round_trip)),
                ("Jitter", times(traffic.jitter)),
            ] {
                let Some((average, maximum)) = pair else { continue };
                set(&format!("average{way}{what}"), Some(average));
                set(&format!("maximum{way}{what}"), Some(maximum));
            }
        }
        json
    }
}

/// Writes a duration as ISO 8601 has it, with minutes if it is a whole number of them.
fn iso_8601(duration: Duration) -> Value {
    let seconds = duration.as_secs();
    if duration.subsec_nanos() == 0 && seconds > 0 && seconds.is_multiple_of(60) {
        return format!("PT{}M", seconds / 60).into();
    }
    let fraction = format!("{:09}", duration.subsec_nanos());
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("PT{seconds}{point}{fraction}S").into()
}

impl std::fmt::Debug for DeviceQuality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceQuality").field("media", &self.media.len()).finish_non_exhaustive()
    }
}
