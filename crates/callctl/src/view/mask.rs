//! Masks private data in text, unless the operator asks for it.

use std::borrow::Cow;

use call_core::Redacted;

/// Whether private data is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privacy {
    Masked,
    Shown,
}

/// Replacement of private data.
pub(crate) const MASK: &str = "***";

impl Privacy {
    /// Returns a private text, or its replacement.
    pub(crate) fn reveal(self, text: &Redacted) -> &str {
        if self == Self::Shown { text.expose() } else { MASK }
    }

    /// Masks what looks like a phone number, an address or a token. Ids that are GUIDs stay.
    pub(crate) fn apply(self, text: &str) -> Cow<'_, str> {
        if self == Self::Shown {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        let separates = |c: char| c.is_whitespace() || "\"'<>,;=()".contains(c);
        for word in text.split_inclusive(separates) {
            let bare = word.trim_end_matches(separates).trim_end_matches(['.', '!', '?', ':']);
            masked.push_str(if is_private(bare) { MASK } else { bare });
            masked.push_str(&word[bare.len()..]);
        }
        Cow::Owned(numbers(&masked))
    }
}

/// Returns whether a word looks like an address or a token.
fn is_private(word: &str) -> bool {
    let is_address = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let has_prefix = |prefix: &&str| word.starts_with(*prefix) && word.len() > prefix.len();
    let is_prefixed = ["tel:", "sip:", "4:", "8:", "eyJ"].iter().any(has_prefix);
    // A GUID has 36 characters. No other word has that many, with digits among them.
    let is_token = word.split(['/', '.']).any(|part| part.len() >= 40 && part.contains(|c: char| c.is_ascii_digit()));
    is_address || is_prefixed || is_token
}

/// Masks seven or more digits, or five or more after a plus, with any separators between them, except within a word.
fn numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '+' || c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let end = from.find(|c: char| !(c.is_ascii_digit() || "+-. ()".contains(c))).unwrap_or(from.len());
        // Separators after the last digit belong to the text. Without a digit there is no number.
        let run = &from[..from[..end].rfind(|c: char| c.is_ascii_digit()).map_or(end, |last| last + 1)];
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let is_in_word = shown.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '-')
            || from[run.len()..].starts_with(|c: char| c.is_alphanumeric());
        // A plus always begins a number.
        let is_number = if run.starts_with('+') { digits >= 5 } else { digits >= 7 && !is_in_word };
        shown.push_str(if is_number { MASK } else { run });
        rest = &from[run.len()..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_addresses_and_tokens_are_masked() {
        for (text, masked) in [
            ("Callee +1 (425) 555-0100 was busy", "Callee *** was busy"),
            ("no route to 4:+14255550100.", "no route to ***."),
            ("tel:+14255550100", "***"),
            ("ask megan@contoso.example, please", "ask ***, please"),
            ("token=eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "token=***"),
            ("called 425.555.0100", "called ***"),
            ("failed: +14255550100/7000, 480/4255550100", "failed: ***/7000, 480/***"),
            ("callee+14255550100x", "callee***x"),
            ("link aHR0cHM6Ly9leGFtcGxlLmNvbS8rMTQyNTU1NTAxMDA=", "link ***="),
        ] {
            assert_eq!(Privacy::Masked.apply(text), masked);
            assert_eq!(Privacy::Shown.apply(text), text);
        }
    }

    #[test]
    fn words_codes_and_guids_stay() {
        for text in [
            "Call transfer failed: 500/7000.",
            "DiagCode 0#540000, 2 of 17 devices",
            "call /communications/calls/57dab8b1-894c-409a-b240-bd8beae78896",
            "x1234567 + y",
            "",
        ] {
            assert_eq!(Privacy::Masked.apply(text), text);
        }
    }
}
