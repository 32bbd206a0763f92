//! The nesting depth of a JSON text, without parsing it.

/// Returns whether the brackets and braces of a text are nested deeper than a limit. The text need not be valid JSON.
pub(super) fn is_deeper(json: &[u8], deepest: usize) -> bool {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => {
                depth += 1;
                if depth > deepest {
                    return true;
                }
            }
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_brackets_outside_of_strings_nest() {
        assert!(is_deeper(br#"{"a": [{}]}"#, 2) && !is_deeper(br#"{"a": [{}]}"#, 3));
        assert!(!is_deeper(br#"["[[[[", "\"[[[[", "\\", []]"#, 2));
        assert!(!is_deeper(b"[][][][]", 1));
    }
}
