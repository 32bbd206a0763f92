//! Escapes foreign text for HTML.

use crate::terminal::printable;

/// Escapes markup, control characters, and characters that change the writing direction.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn no_text_is_markup() {
        assert_eq!(
            escape("<b title=\"x\" y='z'>&amp;\u{202e}\n"),
            "&lt;b title=&quot;x&quot; y=&#39;z&#39;&gt;&amp;amp;\\u{202e}\\u{a}"
        );
    }
}
