//! What the fuzzer and the tests with its corpus attack: the report and the pictures of a log.

use call_core::DEFAULT_REORDER_WINDOW;

use crate::page::report;
use crate::replay::history::History;
use crate::replay::svg;
use crate::view::context::Context;
use crate::view::mask::Privacy;

/// Any log has a report and pictures, in which no foreign text is markup or a control character.
pub fn page(bytes: &[u8]) {
    let history = History::new(DEFAULT_REORDER_WINDOW, None, true).read(bytes).expect("a buffer can be read");
    for privacy in [Privacy::Masked, Privacy::Shown] {
        let context = Context { receipts: &history.receipts, privacy, tracked: None };
        let mut page = Vec::new();
        report::write(&mut page, &history, context).expect("a buffer can be written");
        let page = String::from_utf8(page).expect("the page is text");
        let (_, rest) = page.split_once("id=\"report\">").expect("it contains its data");
        let (data, _) = rest.split_once("</script>").expect("its data end");
        assert!(data.bytes().all(|byte| byte.is_ascii() && byte != b'<' && !byte.is_ascii_control()), "{data}");
        let data: serde_json::Value = serde_json::from_str(data).expect("its data are JSON");
        assert_eq!(data["calls"].as_array().map(Vec::len), Some(history.calls().len()));
        for call in history.calls() {
            let mut picture = Vec::new();
            svg::write(&mut picture, &call, context).expect("a buffer can be written");
            let picture = String::from_utf8(picture).expect("a picture is text");
            let is_known = |tag: &str| {
                let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
                ["svg", "title", "style", "rect", "text", "path"].contains(&name)
            };
            assert!(picture.split('<').skip(1).all(is_known), "{picture}");
            assert!(picture.chars().all(|c| c == '\n' || !c.is_control()), "{picture}");
        }
    }
}
