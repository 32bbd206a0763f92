use call_msgraph::{CallbackUri, CreateCall, judge};
use serde_json::{Value, json};

use super::published;

#[test]
fn published_requests_are_classified_without_problems() {
    let verdicts: Vec<_> = published().iter().map(verdict).collect();
    let join = "Calls.JoinGroupCalls.Chat|Calls.JoinGroupCallAsGuest.All|Calls.JoinGroupCall.All";
    assert_eq!(
        verdicts,
        [
            "peerToPeer serviceHosted Calls.Initiate.All",
            "peerToPeer appHosted Calls.Initiate.All + Calls.AccessMedia.All",
            "group serviceHosted Calls.InitiateGroupCall.All",
            "group appHosted Calls.InitiateGroupCall.All + Calls.AccessMedia.All",
            &format!("scheduledMeeting serviceHosted {join}"),
            &format!("scheduledMeeting appHosted {join} + Calls.AccessMedia.All"),
            &format!("joinMeetingId serviceHosted {join}"),
            &format!("joinMeetingId serviceHosted {join}"),
            "pstn serviceHosted Calls.Initiate.All",
            "pstn appHosted Calls.Initiate.All + Calls.AccessMedia.All",
        ]
    );
}

#[test]
fn a_changed_member_is_reported_at_its_path() {
    for (example, path, value, problem) in [
        (1, "/callbackUri", json!("http://bot.contoso.com/"), "/callbackUri must be an absolute https address"),
        (1, "/callbackUri", json!(7), "/callbackUri must be an absolute https address"),
        (
            1,
            "/callbackUri",
            Value::Null,
            "/callbackUri missing; the service posts the notifications of the call to this address",
        ),
        (1, "/@odata.type", json!("#microsoft.graph.user"), "/@odata.type must be #microsoft.graph.call"),
        (1, "/requestedModalities", json!([]), "/requestedModalities must be a list with at least one element"),
        (1, "/requestedModalities", Value::Null, "/requestedModalities missing; for example [\"audio\"]"),
        (
            1,
            "/requestedModalities/0",
            json!("smell"),
            "/requestedModalities/0 must be one of audio, video, videoBasedScreenSharing, data",
        ),
        (
            1,
            "/mediaConfig",
            Value::Null,
            "/mediaConfig missing; expected serviceHostedMediaConfig or appHostedMediaConfig",
        ),
        (
            1,
            "/mediaConfig/@odata.type",
            json!("#microsoft.graph.mediaConfig"),
            "/mediaConfig/@odata.type must be #microsoft.graph.serviceHostedMediaConfig or #microsoft.graph.appHostedMediaConfig",
        ),
        (
            1,
            "/targets/0/identity/user/id",
            json!(""),
            "/targets/0/identity/user/id empty, or not a text; expected the id of the callee",
        ),
        (
            1,
            "/targets/0/identity/user",
            Value::Null,
            "/targets/0/identity missing; expected a `user` or a `phone` to call",
        ),
        (
            1,
            "/targets",
            json!([]),
            "/targets the request has neither `targets` to call nor a meeting to join in `meetingInfo`",
        ),
        (3, "/direction", json!("incoming"), "/direction must be outgoing: a created call is outgoing"),
        (5, "/chatInfo/threadId", Value::Null, "/chatInfo/threadId missing; expected the thread of the meeting's chat"),
        (
            5,
            "/chatInfo/messageId",
            json!(0),
            "/chatInfo/messageId empty, or not a text; expected the message in the meeting's chat, or \"0\" if there is none",
        ),
        (
            5,
            "/meetingInfo/organizer/user/id",
            Value::Null,
            "/meetingInfo/organizer/user/id missing; expected the organizer of the meeting",
        ),
        (
            5,
            "/meetingInfo/@odata.type",
            json!("#microsoft.graph.tokenMeetingInfo"),
            "/meetingInfo/token missing; expected the token of the meeting",
        ),
        (
            5,
            "/meetingInfo/@odata.type",
            json!("#microsoft.graph.meetingInfo"),
            "/meetingInfo/@odata.type must be an organizerMeetingInfo, a tokenMeetingInfo or a joinMeetingIdMeetingInfo",
        ),
        (5, "/tenantId", Value::Null, "/tenantId missing; expected the tenant of the meeting"),
        (
            5,
            "/meetingInfo",
            Value::Null,
            "/meetingInfo missing; a request with `chatInfo` needs the organizer or a token in `meetingInfo`",
        ),
        (
            7,
            "/meetingInfo/joinMeetingId",
            Value::Null,
            "/meetingInfo/joinMeetingId missing; expected the id of the meeting",
        ),
        (
            7,
            "/meetingInfo/passcode",
            json!(123),
            "/meetingInfo/passcode must be the passcode, or null if the meeting has none",
        ),
        (
            9,
            "/targets/0/identity/phone/id",
            json!("12345"),
            "/targets/0/identity/phone/id must be an E.164 number such as +14255550100",
        ),
        (
            9,
            "/source",
            Value::Null,
            "/source/identity/applicationInstance missing; a phone can only be called as an application instance",
        ),
    ] {
        let mut request = published()[example - 1].clone();
        *request.pointer_mut(path).expect("the example has it") = value;
        assert_eq!(problems(&request), [problem], "example {example}");
    }
}

#[test]
fn an_unknown_member_is_reported() {
    let [user, meeting] = [0, 4].map(|example| published()[example].clone());
    for (request, key, value, problem) in [
        (
            &meeting,
            "targets",
            user["targets"].clone(),
            "/targets a request that joins a meeting must not call targets; remove `targets` or `meetingInfo`",
        ),
        (
            &user,
            "chatInfo",
            meeting["chatInfo"].clone(),
            "/chatInfo only allowed with `meetingInfo`: a new call has no chat yet",
        ),
        (&user, "clientContext", json!("x".repeat(257)), "/clientContext must have at most 256 characters"),
    ] {
        let mut request = request.clone();
        request[key] = value;
        assert_eq!(problems(&request), [problem]);
    }
    let mut six = user.clone();
    six["targets"] = vec![user["targets"][0].clone(); 6].into();
    assert_eq!(problems(&six), ["/targets 6 users: a group call has at most 5"]);
    let mut app_hosted = meeting;
    app_hosted["mediaConfig"]["@odata.type"] = json!("#microsoft.graph.appHostedMediaConfig");
    assert_eq!(
        problems(&app_hosted),
        [
            "/mediaConfig/preFetchMedia only allowed with serviceHostedMediaConfig: the application fetches its own media"
        ]
    );
}

#[test]
fn a_misspelt_member_of_a_create_is_reported() {
    let callback = CallbackUri::new("https://bot.contoso.com/callback").unwrap();
    for request in published() {
        assert!(CreateCall::from_json(request.clone(), &callback).is_ok(), "{request}");
    }
    let mut request = published().swap_remove(0);
    request["ringingTimeoutInSecond"] = 5.into();
    request["targets"][0]["replacesCalId"] = "c".into();
    request["mediaConfig"]["blob"] = "of the other type".into();
    request["answeredBy"] = Value::Null;
    let problems = CreateCall::from_json(request, &callback).unwrap_err();
    let mut places: Vec<_> = problems.iter().map(|problem| &*problem.path).collect();
    places.sort_unstable();
    assert_eq!(places, ["/mediaConfig/blob", "/ringingTimeoutInSecond", "/targets/0/replacesCalId"]);
}

#[test]
fn spellings_that_the_service_accepts_are_valid() {
    let mut request = published()[4].clone();
    request["meetingInfo"]["@odata.type"] = json!("microsoft.graph.OrganizerMeetingInfo");
    request["requestedModalities"] = json!(["Audio", "videoBasedScreenSharing"]);
    request["targets"] = json!([]);
    assert_eq!(problems(&request), [""; 0]);
}

#[test]
fn a_body_of_another_kind_is_invalid() {
    for (request, problem) in [(json!([]), " expected an object"), (json!(7), " expected an object")] {
        assert_eq!(problems(&request), [problem]);
    }
    let judgement = judge(&json!({}));
    assert_eq!((judgement.kind, judgement.media), (None, None));
    let paths: Vec<_> = judgement.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["", "/callbackUri", "/mediaConfig", "/requestedModalities"]);
}

fn problems(request: &Value) -> Vec<String> {
    let problems = judge(request).problems;
    problems.iter().map(|problem| format!("{} {}", problem.path, problem.reason)).collect()
}

fn verdict(request: &Value) -> String {
    let judgement = judge(request);
    assert_eq!(judgement.problems, []);
    let (kind, media) = (judgement.kind.expect("it has a kind"), judgement.media.expect("it has media"));
    let mut words = format!("{} {} {}", kind.as_str(), media.as_str(), judgement.permissions.any_of.join("|"));
    judgement.permissions.all_of.iter().for_each(|name| words.push_str(&format!(" + {name}")));
    words
}
