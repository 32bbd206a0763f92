//! The body in a line of a log: JSON, text or Base64.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::fault::{Fault, ReadError, Unreadable};
use crate::json::member::Leaf;
use crate::json::node::Node;
use crate::json::place::Places;

/// The body of a delivery in a line: its bytes, and their place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Body {
    pub(super) bytes: Arc<[u8]>,
    pub(super) place: BodyPlace,
}

/// Place of a body in its line. The number is the byte at which the body begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum BodyPlace {
    #[default]
    Missing,
    /// The body is JSON in the line.
    Json(usize),
    /// The body is in a string.
    InString(usize),
}

impl Body {
    /// Reads `body` or `bodyBase64` of a line.
    pub(super) fn read(body: &Leaf<'_>, encoded: &Leaf<'_>) -> Result<Self, Fault> {
        match (body.get()?.copied(), encoded.get()?.copied()) {
            (Some(_), Some(encoded)) => Err(encoded.fault(Unreadable::TwoBodies)),
            (None, Some(encoded)) => {
                let bytes = BASE64.decode(&*encoded.string()?).map_err(|_| encoded.fault(Unreadable::NotBase64))?;
                Ok(Self { bytes: bytes.into(), place: BodyPlace::InString(encoded.start()) })
            }
            (Some(body), None) if body.is_string() => {
                Ok(Self { bytes: body.string()?.as_bytes().into(), place: BodyPlace::InString(body.start()) })
            }
            (Some(body), None) => Ok(Self::whole(body)),
            (None, None) => Ok(Self::default()),
        }
    }

    /// Returns a value that is the body.
    pub(super) fn whole(node: Node<'_>) -> Self {
        Self { bytes: node.raw().as_bytes().into(), place: BodyPlace::Json(node.start()) }
    }
}

impl BodyPlace {
    /// Returns an error in the body with its place in the line. `path` leads to the body.
    pub(super) fn locate(self, line: &str, path: &str, rejected: ReadError) -> ReadError {
        let mut places = Places::new(line.as_bytes());
        let begin = places.of(match self {
            Self::Missing => 0,
            Self::Json(start) | Self::InString(start) => start,
        });
        if let Self::InString(_) = self {
            let inside = Unreadable::Inside(Box::new(rejected));
            return ReadError { line: begin.0, column: begin.1, path: path.to_owned(), reason: inside };
        }
        let separator = if path.is_empty() || rejected.path.is_empty() { "" } else { "." };
        ReadError {
            line: begin.0 + rejected.line - 1,
            column: if rejected.line == 1 { begin.1 + rejected.column - 1 } else { rejected.column },
            path: format!("{path}{separator}{}", rejected.path),
            reason: rejected.reason,
        }
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
