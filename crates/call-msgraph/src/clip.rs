//! Limits the length of foreign text.

/// Clips a text to a maximum number of bytes, between two characters.
pub(crate) fn clip(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::clip;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((clip("añb", 4), clip("añb", 3), clip("añb", 2), clip("añb", 0)), ("añb", "añ", "a", ""));
    }
}
