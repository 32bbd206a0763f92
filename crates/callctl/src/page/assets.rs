//! The files of the page, and the documents that are made of them.

/// A file of the page, with its type.
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        Asset { name: $name, kind: $kind, text: include_str!(concat!("assets/", $name)) }
    };
}

const HTML: &str = include_str!("assets/page.html");
const STYLES: Asset = asset!("page.css", "text/css; charset=utf-8");
const WORDS: Asset = asset!("words.js", SCRIPT);
const CALLS: Asset = asset!("calls.js", SCRIPT);
const LIST: Asset = asset!("list.js", SCRIPT);
const PICTURE: Asset = asset!("picture.js", SCRIPT);
const DETAIL: Asset = asset!("detail.js", SCRIPT);
const LIVE: Asset = asset!("live.js", SCRIPT);
const SAVED: Asset = asset!("saved.js", SCRIPT);
const MAIN: Asset = asset!("main.js", SCRIPT);

/// The files of the live page, in the order in which it loads them.
pub(crate) const LIVE_FILES: [Asset; 8] = [STYLES, WORDS, CALLS, LIST, PICTURE, DETAIL, LIVE, MAIN];
/// The scripts of a report.
const SAVED_SCRIPTS: [Asset; 7] = [WORDS, CALLS, LIST, PICTURE, DETAIL, SAVED, MAIN];

/// Returns the live page, which loads its files.
pub(crate) fn live() -> String {
    let (styles, scripts) = LIVE_FILES.split_at(1);
    let styles: String =
        styles.iter().map(|file| format!("<link rel=\"stylesheet\" href=\"/page/{}\">\n", file.name)).collect();
    let scripts: String =
        scripts.iter().map(|file| format!("<script src=\"/page/{}\"></script>\n", file.name)).collect();
    HTML.replace("<!--styles-->\n", &styles).replace("<!--scripts-->\n", &scripts)
}

/// Returns the parts of a report before and after its data. It contains all of its files, and may load nothing.
pub(crate) fn saved() -> (String, String) {
    const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">";
    let styles = format!("{POLICY}\n<style>{}</style>\n", STYLES.text);
    let scripts: String = SAVED_SCRIPTS.iter().map(|file| format!("<script>{}</script>\n", file.text)).collect();
    let page = HTML.replace("<!--styles-->\n", &styles);
    let (before, after) = page.split_once("<!--scripts-->\n").unwrap_or((&page, ""));
    (before.to_owned(), scripts + after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_together_are_small() {
        let files = LIVE_FILES.into_iter().chain([SAVED]).map(|file| file.text.len());
        let bytes = files.sum::<usize>() + HTML.len();
        assert!(bytes <= 60_000, "{bytes} bytes");
    }

    #[test]
    fn no_file_of_the_live_page_has_an_inline_script_or_style() {
        let page = live();
        assert!(!page.contains("<style") && !page.contains("style=") && !page.contains(" on"), "{page}");
        assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/page/").count());
    }
}
