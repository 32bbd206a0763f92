//! Reads the body of a post.

use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use mime::Mime;

use crate::webhook::answer::Refusal;

/// Format of a body.
pub(super) struct BodyFormat(&'static Encoding);

impl BodyFormat {
    /// Returns the format that the headers describe.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let is_plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        if !headers.get_all(CONTENT_ENCODING).iter().all(is_plain) {
            return Err(Refusal::Compressed);
        }
        let Some(content_type) = headers.get(CONTENT_TYPE) else { return Ok(Self(UTF_8)) };
        let content_type: Mime =
            content_type.to_str().ok().and_then(|text| text.parse().ok()).ok_or(Refusal::NotJson)?;
        let is_json = content_type.type_() == mime::APPLICATION
            && (content_type.subtype() == mime::JSON || content_type.suffix() == Some(mime::JSON));
        if !is_json {
            return Err(Refusal::NotJson);
        }
        // Seen with `Windows-1252` (microsoft-graph-comms-samples#23).
        let charset = content_type.get_param(mime::CHARSET).map_or("utf-8", |charset| charset.as_str());
        Encoding::for_label(charset.as_bytes()).map(Self).ok_or(Refusal::Charset)
    }

    /// Reads a body and converts it to UTF-8.
    pub(super) async fn read<B>(&self, body: B, longest: usize) -> Result<Arc<[u8]>, Refusal>
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let bytes = match Limited::new(body, longest).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Refusal::TooLong),
            Err(_) => return Err(Refusal::Torn),
        };
        if self.0 == UTF_8 {
            return Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).into());
        }
        let (text, ..) = self.0.decode(&bytes);
        Ok(text.as_bytes().into())
    }
}
