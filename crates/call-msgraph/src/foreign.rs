//! Makes foreign text safe to show: limits its length, and escapes what is not visible.

use std::fmt::{self, Write as _};

/// Clips a text to a maximum number of bytes, between two characters.
pub(crate) fn clip(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// Foreign text, as it can be shown in a log, a table or a page.
///
/// It is one line of visible text, in the order in which it was written: control characters, line separators and characters that
/// change the writing direction are shown as `\u{…}`. A text that is longer than the limit, in bytes, ends with `…`.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'t>(pub &'t str, pub usize);

/// Returns whether a character could forge a line, control a terminal, or change the order of the text around it.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'
                ..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text, most) = *self;
        let clipped = clip(text, most);
        for c in clipped.chars() {
            if is_deceptive(c) {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                f.write_char(c)?;
            }
        }
        if clipped.len() < text.len() { f.write_str("…") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, clip};

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((clip("añb", 4), clip("añb", 3), clip("añb", 2), clip("añb", 0)), ("añb", "añ", "a", ""));
    }

    #[test]
    fn shown_text_is_one_line_of_visible_characters() {
        let shown = |text, most| Shown(text, most).to_string();
        assert_eq!(shown("a\nb\u{1b}[2J\u{2028}\u{202e}c\u{9b}", 100), "a\\u{a}b\\u{1b}[2J\\u{2028}\\u{202e}c\\u{9b}");
        assert_eq!(shown("José 👩‍💻 日本", 100), "José 👩‍💻 日本");
        assert_eq!(shown("abcdef", 3), "abc…");
    }
}
