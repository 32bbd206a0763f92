//! The live page of `serve`.

use serde_json::{Value, json};

use crate::axe::assert_usable;
use crate::chromium::{Browser, DARK, NARROW, WIDE};
use crate::running::{Running, callctl};
use crate::sidecar::{Sidecar, TOKEN, of_call};

/// Opens the page of a sidecar, and gives it the token.
fn open(sidecar: &Sidecar, view: &str) -> Option<Browser> {
    let mut browser = Browser::start()?;
    browser.give_token(TOKEN);
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

/// Reports many calls.
fn many_calls(sidecar: &Sidecar, count: usize) {
    let states = ["establishing", "ringing", "established", "terminated"];
    for first in (0..count).step_by(50) {
        let calls = first..count.min(first + 50);
        let post = |number: usize| of_call(&format!("call{number:05}"), json!({ "state": states[number % 4] }));
        sidecar.post(calls.map(post).collect());
    }
}

#[test]
fn updates_keep_selection_and_scroll_position() {
    let sidecar = Sidecar::start();
    many_calls(&sidecar, 300);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("page.calls.size === 300 && document.querySelector('#space').style.height === '8400px'");
    let shown = browser.run("document.querySelectorAll('.row').length").as_u64().unwrap();
    assert!(shown < 60, "only rows that can be seen are in the document: {shown}");
    browser.run("grid.scrollTop = 4000");
    browser.until("[...document.querySelectorAll('.row')].some((row) => row.style.transform === 'translateY(4004px)')");
    let row = "[...document.querySelectorAll('.row')].find((row) => row.style.transform === 'translateY(4200px)')";
    browser.run(&format!("window.chosen = {row}; chosen.click()"));
    browser.until("document.querySelector('#call code').textContent === chosen.call");
    let before = browser.run("[grid.scrollTop, chosen.call, chosen.style.transform]");
    // Everything changes, and new calls come.
    let reports = |number: usize| of_call(&format!("call{number:05}"), json!({ "state": "established" }));
    sidecar.post((0..400).map(reports).collect());
    browser.until("page.calls.size === 400 && !news.hidden");
    browser.until("chosen.isConnected && chosen.getAttribute('aria-selected') === 'true'");
    assert_eq!(browser.run("[grid.scrollTop, chosen.call, chosen.style.transform]"), before);
    assert_eq!(browser.run("page.view.call"), before[1]);
    browser.click("#news");
    browser.until("grid.scrollTop === 0 && document.querySelector('#space').style.height === '11200px'");
    browser.assert_clean(&[]);
}

#[test]
fn the_keyboard_alone_is_enough() {
    let sidecar = Sidecar::start();
    many_calls(&sidecar, 100);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("page.calls.size === 100");
    browser.run("grid.focus()");
    for _ in 0..40 {
        browser.press("j");
    }
    browser.press("ArrowUp");
    browser.until("document.querySelector('.row.cursor').getAttribute('aria-rowindex') === '40'");
    browser.until("document.querySelector('.row.cursor').id === grid.getAttribute('aria-activedescendant')");
    let is_seen = "((row, all) => row.top >= all.top && row.bottom <= all.bottom)(
        document.querySelector('.row.cursor').getBoundingClientRect(), grid.getBoundingClientRect())";
    browser.until(is_seen);
    browser.press("Enter");
    browser.until("!call.hidden && document.querySelector('[aria-selected=true]')");
    browser.press("Escape");
    browser.until("call.hidden && document.activeElement === grid");
    browser.press("?");
    browser.until("help.open");
    browser.press("Escape");
    browser.until("!help.open");
    browser.assert_clean(&[]);
}

#[test]
fn every_look_is_usable_for_everybody() {
    let sidecar = Sidecar::start();
    some_calls(&sidecar);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("page.calls.size === 6");
    for (name, look) in [("live", WIDE), ("live-dark", DARK), ("live-narrow", NARROW)] {
        browser.look(look);
        for (view, call) in [("list", ""), ("call", "late")] {
            browser.run(&format!("page.go({{ call: '{call}' || null }})"));
            browser.run("new Promise((done) => setTimeout(done, 300))"); // Transitions end.
            assert_usable(&mut browser, &format!("{name} {view}"));
            assert_eq!(browser.run("document.documentElement.scrollWidth > innerWidth"), false, "{name} {view}");
            browser.screenshot(&format!("{name}-{view}"));
        }
    }
    browser.assert_clean(&[]);
}

#[test]
fn attacks_by_text_break_nothing() {
    let sidecar = Sidecar::start();
    let long = "x\u{301}".repeat(5_000);
    let name = format!("</script><img src=x onerror=alert(1)>\u{202e}{long}");
    let identity = json!({ "user": { "id": name, "displayName": name } });
    let attack = json!({ "state": "established", "subject": name, "source": { "identity": identity },
        "targets": [{ "identity": identity }], "terminationReason": name, "callChainId": name,
        "resultInfo": { "code": 500, "subcode": 1, "message": name } });
    sidecar.post(vec![
        of_call("attack", attack),
        of_call("attack", json!({ "state": name })),
        of_call("roster", json!({})),
    ]);
    sidecar.post(vec![of_call("\"><svg onload=alert(1)>", json!({ "state": "hold" }))]);
    let Some(mut browser) = open(&sidecar, "#call=attack") else { return };
    browser.run("document.getElementById('private').click()");
    browser.until("document.querySelector('.row .with')?.textContent.startsWith('user </script>')");
    browser.until("document.querySelector('[data-key=load]')");
    browser.click("[data-key=load]");
    browser.until("document.querySelector('details.line')");
    browser.run("document.querySelectorAll('details.line').forEach((one) => { one.open = true; })");
    browser.until("document.querySelector('details.line pre').textContent.includes('onerror')");
    for look in [WIDE, NARROW] {
        browser.look(look);
        assert_eq!(browser.run("document.documentElement.scrollWidth > innerWidth"), false, "{}", look.width);
    }
    let foreign = browser.run("document.querySelectorAll('img, svg[onload], script:not([src])').length");
    assert_eq!(foreign, 0, "no text became markup");
    assert_eq!(
        browser.run("document.body.innerText.includes('\\u202e')"),
        false,
        "no text changes the order of others"
    );
    browser.assert_clean(&[]);
}

#[test]
fn an_empty_page_says_how_to_make_a_call() {
    let service = Running::start(callctl(&["emulate", "--listen", "127.0.0.1:0", "--speed", "100"]));
    let sidecar = Sidecar::of_service(&service.url);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.until("!document.getElementById('first').hidden");
    let commands = browser.text("#first pre");
    assert!(commands.contains(&sidecar.url("/v1/calls")), "{commands}");
    let (_, rest) = commands.split_once("--json '").unwrap();
    let body: Value = serde_json::from_str(rest.split_once("' ").unwrap().0).unwrap();
    sidecar.create(&body);
    browser.until("document.querySelectorAll('.row').length === 1 && document.getElementById('first').hidden");
    browser.assert_clean(&[]);
}

#[test]
fn times_go_on_without_new_events() {
    let sidecar = Sidecar::start();
    sidecar.report("a", &["established"]);
    let Some(mut browser) = open(&sidecar, "") else { return };
    browser.run("window.shown = () => parseInt(document.querySelector('.row .last').textContent)");
    browser.until("(window.first = shown()) >= 0");
    browser.until("shown() > first + 1");
}

#[test]
fn a_step_says_why_it_stands_there() {
    let sidecar = Sidecar::start();
    some_calls(&sidecar);
    let Some(mut browser) = open(&sidecar, "#call=late") else { return };
    browser.until("document.querySelectorAll('.lines .late').length === 1");
    browser.run("document.querySelector('[data-step=\"0\"][role]').focus()");
    browser.until("/late .*, but always before established/.test(document.querySelector('.why').textContent)");
    assert_eq!(browser.run("document.querySelectorAll('.lines .on').length"), 1, "its line is highlighted");
    assert!(browser.text(".said-first").contains("1 step arrived out of order and was put right."));
    browser.assert_clean(&[]);
}

#[test]
fn an_ended_call_shows_who_was_there() {
    let sidecar = Sidecar::start();
    let megan =
        json!([{ "id": "p1", "isMuted": true, "info": { "identity": { "user": { "displayName": "Megan" } } } }]);
    sidecar.report("a", &["established"]);
    sidecar.post(vec![json!({ "resourceUrl": "/communications/calls/a/participants", "resourceData": megan })]);
    sidecar.report("a", &["terminated"]);
    let Some(mut browser) = open(&sidecar, "#call=a") else { return };
    browser.until("/user \\*\\*\\* p1 from .* to the end ?muted/.test(document.getElementById('call').textContent)");
    browser.click("#private");
    browser.until("/user Megan p1/.test(document.getElementById('call').textContent)");
    browser.assert_clean(&[]);
}
