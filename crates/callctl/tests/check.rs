//! `callctl check` and `callctl explain` as a script uses them: exact bytes and exit status.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `callctl` in the directory of the published requests.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let requests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../call-msgraph/tests/create/requests");
    let mut program = Command::new(env!("CARGO_BIN_EXE_callctl"));
    let Output { status, stdout, stderr } =
        program.args(arguments).current_dir(requests).env_remove("CLICOLOR_FORCE").output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    (status.code().expect("it exits by itself"), text(stdout), text(stderr))
}

const USER: &str = "01-p2p-service-hosted.request.json";
const MEETING: &str = "06-join-scheduled-meeting-app-hosted.request.json";

#[test]
fn json_has_one_element_per_file() {
    let expected = concat!(
        r#"[{"file":"01-p2p-service-hosted.request.json","kind":"peerToPeer","media":"serviceHosted","#,
        r#""permissions":{"anyOf":["Calls.Initiate.All"],"allOf":[]},"problems":[]},"#,
        r#"{"file":"06-join-scheduled-meeting-app-hosted.request.json","kind":"scheduledMeeting","media":"appHosted","#,
        r#""permissions":{"anyOf":["Calls.JoinGroupCalls.Chat","Calls.JoinGroupCallAsGuest.All","Calls.JoinGroupCall.All"],"#,
        r#""allOf":["Calls.AccessMedia.All"]},"problems":[]}]"#,
        "\n"
    );
    assert_eq!(run(&["check", "--format", "json", USER, MEETING]), (0, expected.to_owned(), String::new()));
}

#[test]
fn the_ten_published_requests_have_no_problems() {
    let requests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../call-msgraph/tests/create/requests");
    let files = std::fs::read_dir(requests).expect("they are there").map(|file| file.expect("listed").path());
    let files: Vec<_> = files.map(|file| file.display().to_string()).collect();
    let arguments = ["check"].into_iter().chain(files.iter().map(String::as_str));
    let (status, text, errors) = run(&arguments.collect::<Vec<_>>());
    assert_eq!((status, text.lines().count(), errors.as_str()), (0, 20, ""), "{text}");
}

#[test]
fn problems_are_reported_with_their_place() {
    let broken = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/broken.json");
    let (status, text, _) = run(&["check", broken]);
    let expected = format!(
        "{broken}: calls a user
  needs Calls.Initiate.All
  ! /callbackUri: must be an absolute https address [cloud communications: notifications]
  ! /mediaConfig: missing; expected serviceHostedMediaConfig or appHostedMediaConfig [Create call, v1.0 reference]
  ! /requestedModalities/1: must be one of audio, video, videoBasedScreenSharing, data [call resource type, v1.0 reference]
"
    );
    assert_eq!((status, text), (1, expected));
    let (status, json, _) = run(&["check", "--format", "json", USER, broken]);
    let problem = r#""problems":[{"path":"/callbackUri","reason":"must be an absolute https address","source":"cloud communications: notifications"},"#;
    assert!(status == 1 && json.contains(problem) && json.contains(r#""media":null"#), "{json}");
}

#[test]
fn invalid_json_is_one_problem() {
    let (status, text, _) = run(&["check", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    assert!(status == 1 && text.contains("! not JSON: expected value at line 1 column 2"), "{text}");
}

#[test]
fn an_unreadable_file_leaves_the_others_checked() {
    let (status, text, errors) = run(&["check", "missing.json", USER]);
    assert_eq!(status, 66);
    assert!(errors.starts_with("error: cannot read missing.json: "), "{errors}");
    assert!(text.starts_with(USER), "{text}");
}

#[test]
fn a_join_link_becomes_request_members() {
    let link = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Win6%40thread.v2/0\
                ?context=%7b%22Tid%22%3a%22t%22%2c%22Oid%22%3a%22o%22%7d";
    let expected = concat!(
        r##"[{"file":null,"request":{"chatInfo":{"@odata.type":"#microsoft.graph.chatInfo","messageId":"0","##,
        r##""threadId":"19:meeting_Win6@thread.v2"},"meetingInfo":{"@odata.type":"#microsoft.graph.organizerMeetingInfo","##,
        r##""organizer":{"@odata.type":"#microsoft.graph.identitySet","user":{"@odata.type":"#microsoft.graph.identity","##,
        r##""id":"o","tenantId":"t"}}},"tenantId":"t"},"kind":"scheduledMeeting","media":null,"permissions":{"anyOf":["##,
        r##""Calls.JoinGroupCalls.Chat","Calls.JoinGroupCallAsGuest.All","Calls.JoinGroupCall.All"],"allOf":[]},"problems":[]}]"##,
        "\n"
    );
    assert_eq!(run(&["check", "--format", "json", "--join-url", link]), (0, expected.to_owned(), String::new()));
    let (status, text, _) = run(&["check", "--join-url", "https://teams.microsoft.com/meet/1234567?p=psw123"]);
    assert!(status == 0 && text.contains("\n    \"passcode\": \"psw123\"\n"), "{text}");
}

#[test]
fn a_link_without_a_meeting_is_refused() {
    let (status, json, _) = run(&["check", "--format", "json", "--join-url", "https://example.com/"]);
    assert!(status == 1 && json.starts_with(r#"[{"file":null,"request":null,"kind":null"#), "{json}");
    assert!(json.contains("its path is neither"), "{json}");
}

#[test]
fn files_or_a_link_are_required() {
    assert_eq!(run(&["check"]).0, 2);
    assert_eq!(run(&["check", USER, "--join-url", "https://teams.microsoft.com/meet/1"]).0, 2);
}

#[test]
fn a_result_code_is_explained_or_shown() {
    let expected = "408/8537  The call was not kept alive.
  cause   The service received no keepAlive request for 45 minutes. Send one every 15 minutes.
  retry   after the cause is fixed
  source  Delete call, v1.0 reference
";
    assert_eq!(run(&["explain", "408/8537"]), (0, expected.to_owned(), String::new()));
    let seen = "500/3003  unknown: there is no explanation for this pair; it was seen in logs\n";
    assert_eq!(run(&["explain", "500/3003"]), (1, seen.to_owned(), String::new()));
    let unknown = "7/8  unknown: there is no explanation for this pair\n";
    assert_eq!(run(&["explain", "7/8"]), (1, unknown.to_owned(), String::new()));
    assert_eq!(run(&["explain", "500"]).0, 2);
}

#[test]
fn the_docs_page_matches_the_code_book() {
    let page = include_str!("../../../docs/result-codes.md");
    assert_eq!(run(&["explain"]).1, page, "run `callctl explain > docs/result-codes.md`");
}

#[test]
fn an_operation_has_rules_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("prompt.json");
    std::fs::write(&file, r#"{"prompts": [{"mediaInfo": {"uri": "beep.wav"}}], "loop": 1}"#).expect("it is written");
    let file = file.display().to_string();
    let (status, text, _) = run(&["check", "--format", "json", "--operation", "playPrompt", &file]);
    let expected = concat!(
        r#""kind":"playPrompt","media":null,"permissions":{"anyOf":["Calls.Initiate.All","Calls.AccessMedia.All"],"allOf":[]},"#,
        r#""problems":[{"path":"/loop","reason":"playPrompt has no such member","source":"call: playPrompt, v1.0 reference"},"#,
        r#"{"path":"/prompts/0/mediaInfo/uri","reason":"expected an absolute http or https address","source":"call: playPrompt, v1.0 reference"}]}]"#,
        "\n"
    );
    assert_eq!(status, 1);
    assert!(text.ends_with(expected), "{text}");
    let (status, text, _) = run(&["check", "--operation", "recordResponse", &file]);
    assert_eq!(status, 1);
    assert!(text.contains("is a body of recordResponse\n  needs Calls.AccessMedia.All\n"), "{text}");
    let (status, _, errors) = run(&["check", "--operation", "playPromt", &file]);
    assert_eq!(status, 2);
    assert!(errors.contains("playPrompt"), "it suggests the right name: {errors}");
}
