use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::fault::{Fault, Reason, Rejected};
use crate::json::{Node, Object, Places};

/// What was received, as a line has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body<'a> {
    Missing,
    /// JSON that stands in the line, from this byte on.
    Json(&'a str, usize),
    /// The text as received, and where the string begins that holds it.
    Text(Cow<'a, str>, usize),
    /// The bytes as received, and where the string begins that holds them.
    Bytes(Vec<u8>, usize),
}

impl<'a> Body<'a> {
    /// Reads `body` or `bodyBase64` of a line.
    pub(super) fn read(line: &Object<'a>) -> Result<Self, Fault> {
        let (body, encoded) = (line.get("body")?, line.get("bodyBase64")?);
        match (body, encoded) {
            (Some(_), Some(encoded)) => Err(encoded.fault(Reason::TwoBodies)),
            (None, Some(encoded)) => {
                let bytes = BASE64.decode(&*encoded.string()?).map_err(|_| encoded.fault(Reason::NotBase64))?;
                Ok(Self::Bytes(bytes, encoded.start()))
            }
            (Some(body), None) if body.is_string() => Ok(Self::Text(body.string()?, body.start())),
            (Some(body), None) => Ok(Self::whole(body)),
            (None, None) => Ok(Self::Missing),
        }
    }

    /// Takes a value that is the body.
    pub(super) fn whole(node: Node<'a>) -> Self {
        Self::Json(node.raw(), node.start())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Missing => &[],
            Self::Json(text, _) => text.as_bytes(),
            Self::Text(text, _) => text.as_bytes(),
            Self::Bytes(bytes, _) => bytes,
        }
    }

    /// Tells where in the line something stands that cannot be read in the body; `path` leads to the body.
    pub(super) fn locate(&self, line: &str, path: &str, rejected: Rejected) -> Rejected {
        let mut places = Places::new(line.as_bytes());
        let start = match self {
            Self::Missing => 0,
            Self::Json(_, start) | Self::Text(_, start) | Self::Bytes(_, start) => *start,
        };
        let begin = places.of(start);
        if matches!(self, Self::Text(..) | Self::Bytes(..)) {
            let inside = Reason::Inside(Box::new(rejected));
            return Rejected { line: begin.0, column: begin.1, path: path.to_owned(), reason: inside };
        }
        let separator = if path.is_empty() || rejected.path.is_empty() { "" } else { "." };
        Rejected {
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
