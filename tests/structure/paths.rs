//! The files that a page of the docs mentions.

use std::path::Path;

/// Returns the names in a page that look like files or folders of the code and do not exist.
pub(crate) fn missing<'p>(page: &'p str, workspace: &Path) -> Vec<&'p str> {
    let code = page.split('`').skip(1).step_by(2);
    let paths = code.filter(|name| {
        name.contains('/') && name.chars().all(|letter| letter.is_alphanumeric() || "-_/.".contains(letter))
    });
    let exists = |name: &str| workspace.join(name).exists() || workspace.join("crates").join(name).exists();
    paths.filter(|name| !exists(name)).collect()
}
