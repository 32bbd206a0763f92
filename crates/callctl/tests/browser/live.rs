//! The live page of `serve`.

use serde_json::json;

use crate::chromium::Browser;
use crate::sidecar::{Sidecar, TOKEN, of_call};

/// Opens the page of a sidecar, and gives it the token.
fn open(sidecar: &Sidecar, view: &str) -> Option<Browser> {
    let mut browser = Browser::start()?;
    browser.before_each_page(&format!(
        "if (location.origin !== 'null') sessionStorage.setItem('secret', {})",
        json!(TOKEN)
    ));
    browser.open(&sidecar.url(&format!("/{view}")));
    browser.until("document.querySelector('#state.live')");
    Some(browser)
}

#[test]
fn the_page_asks_for_the_token() {
    let sidecar = Sidecar::start();
    sidecar.report("a", &["established"]);
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&sidecar.url("/"));
    browser.until("state.textContent.includes('the API token is needed')");
    let give = |browser: &mut Browser, token: &str| {
        let given = json!(token);
        browser.run(&format!("secret.querySelector('input').value = {given}; secret.querySelector('button').click()"));
    };
    give(&mut browser, "sesame");
    browser.until("state.textContent.includes('the API token is wrong')");
    give(&mut browser, TOKEN);
    browser.until("document.querySelector('#state.live') && document.querySelectorAll('.row').length === 1");
    browser.assert_clean(&["401"]);
}

#[test]
fn calls_change_in_place() {
    let sidecar = Sidecar::start();
    sidecar.report("a", &["established"]);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("document.querySelector('.row .state').innerText.includes('established')");
    browser.run("window.first = document.querySelector('.row')");
    sidecar.report("a", &["terminated"]);
    browser.until("first.isConnected && first.querySelector('.state').innerText.includes('ended')");
    browser.assert_clean(&[]);
}

#[test]
fn foreign_text_is_neither_markup_nor_control() {
    let sidecar = Sidecar::start();
    sidecar.post(vec![of_call("<b>\u{202e}\u{1b}x", json!({ "state": "established" }))]);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("document.querySelector('.row .call').textContent === '<b>\\\\u{202e}\\\\u{1b}x'");
    browser.assert_clean(&[]);
}

#[test]
fn a_killed_sidecar_is_followed_again() {
    let mut sidecar = Sidecar::start();
    sidecar.report("a", &["establishing", "established"]);
    let Some(mut browser) = open(&sidecar, "#call=a") else { return };
    browser.until("document.querySelector('#call h2').innerText.includes('established')");
    sidecar.kill();
    browser.until("/not live since .*, trying again/.test(state.textContent)");
    sidecar.start_again();
    sidecar.report("a", &["terminated"]);
    sidecar.report("b", &["establishing"]);
    browser.until("document.querySelector('#state.live') && page.calls.size === 2");
    browser.until("document.querySelector('#call h2').innerText.includes('ended')");
    browser.assert_clean(&["ERR_", "Failed to load resource"]);
}

/// Shows a view of some calls, one of each kind.
fn some_calls(sidecar: &Sidecar) {
    sidecar.report("ringing", &["establishing", "ringing"]);
    sidecar.report("talking", &["establishing", "established"]);
    let busy =
        json!({ "state": "terminated", "resultInfo": { "code": 486, "subcode": 10057, "message": "Busy Here" } });
    sidecar.post(vec![of_call("busy", json!({ "state": "ringing" })), of_call("busy", busy)]);
    sidecar.report("over", &["established", "terminated"]);
    sidecar.report("late", &["established"]);
    sidecar.report("late", &["establishing"]);
    sidecar.report("odd", &["established"]);
    sidecar.report("odd", &["levitating"]);
}

#[test]
fn filters_and_search_are_in_the_address() {
    let sidecar = Sidecar::start();
    some_calls(&sidecar);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("document.querySelectorAll('.row').length === 6");
    let rows = "[...document.querySelectorAll('.row .call')].map((cell) => cell.textContent).sort().join()";
    for (chip, calls) in [("failed", "busy"), ("ended", "over"), ("reordered", "late"), ("anomalies", "odd")] {
        browser.click(&format!("[data-show={chip}]"));
        browser.until(&format!("{rows} === '{calls}'"));
        assert_eq!(browser.text(&format!("[data-show={chip}] .count")), "1");
        assert_eq!(browser.run("location.hash"), format!("#show={chip}"));
    }
    browser.click("[data-show=all]");
    browser.press("/");
    for key in "486".chars() {
        browser.press(&key.to_string());
    }
    browser.until(&format!("{rows} === 'busy'"));
    browser.press("Enter");
    browser.press("Enter");
    browser.until("document.querySelector('#call h2').innerText.includes('failed')");
    assert_eq!(browser.run("location.hash"), "#find=486&call=busy");
    assert!(browser.text("#call").contains("486/10057"), "the reason is there");
    // The address shows the same to another reader.
    let link = browser.run("location.href").as_str().unwrap().to_owned();
    browser.open(&link);
    browser.until(&format!("{rows} === 'busy' && document.querySelector('#call h2').innerText.includes('failed')"));
    browser.assert_clean(&[]);
}

#[test]
fn the_page_says_how_far_a_restart_is() {
    let sidecar = Sidecar::start();
    let Some(mut browser) = Browser::start() else { return };
    let answer = "{ detail: 'restoring, 7 of 9 records' }";
    browser.before_each_page(&format!("window.fetch = async () => Response.json({answer}, {{ status: 503 }})"));
    browser.open(&sidecar.url("/"));
    browser.until("state.textContent === '● restoring, 7 of 9 records'");
    browser.assert_clean(&[]);
}
