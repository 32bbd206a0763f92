//! Thirteen of the published bodies have trailing commas, which JSON does not allow.

/// Removes the trailing commas of a published body.
pub(crate) fn without_trailing_commas(body: &str) -> String {
    let mut mended = String::new();
    for line in body.lines() {
        if line.trim_start().starts_with(['}', ']']) && mended.ends_with(",\n") {
            mended.truncate(mended.len() - 2);
        }
        mended.push_str(line);
        mended.push('\n');
    }
    mended
}
