//! The typed bodies make the published requests, field by field.

use std::collections::BTreeMap;
use std::time::Duration;

use call_msgraph::{
    Account, AddLargeGalleryView, Answer, CallOperation, CallbackUri, CancelMediaProcessing, ChangeScreenSharingRole,
    CreateAudioRoutingGroup, DeviceQuality, Dtmf, EndpointType, Invitation, Invite, MediaConfig, MediaQuality, Medium,
    Mute, MuteParticipant, OperationRequest, Party, PhoneNumber, PlayPrompt, Prompt, RecordResponse, RecordingStatus,
    Redirect, Reject, RejectReason, RoutingMode, RoutingPolicy, ScreenSharingRole, SendDtmfTones, StartHoldMusic,
    StopHoldMusic, SubscribeToTone, Transfer, Unmute, UpdateAudioRoutingGroup, UpdateRecordingStatus,
};
use serde_json::Value;

use crate::published::published;

const CONTEXT: &str = "d45324c1-fcb5-430a-902c-f20af696537c";

fn on(operation: impl CallOperation) -> OperationRequest {
    operation.on("57dab8b1-894c-409a-b240-bd8beae78896".into())
}

fn user(id: &str, name: &str) -> Account {
    Account::new(id).expect("an id").with_display_name(name)
}

fn phone() -> PhoneNumber {
    PhoneNumber::new("+12345678901").expect("a number")
}

fn callback(uri: &str) -> CallbackUri {
    CallbackUri::new(uri).expect("https")
}

/// The published requests as a host makes them, by file.
fn requests() -> BTreeMap<&'static str, OperationRequest> {
    let bot = callback("https://bot.contoso.com/api/calls");
    let to_bot = callback("https://bot.contoso.com/api/calls/24701998-1a73-4d42-8085-bf46ed0ae039");
    let beep =
        || Prompt::new("https://cdn.contoso.com/beep.wav").with_resource_id("1D6DE2D4-CD51-4309-8DAA-70768651088E");
    let prefetched = MediaConfig::service_hosted().prefetching(&[
        ("https://cdn.contoso.com/beep.wav", "1D6DE2D4-CD51-4309-8DAA-70768651088E"),
        ("https://cdn.contoso.com/cool.wav", "1D6DE2D4-CD51-4309-8DAA-70768651088F"),
    ]);
    let app_hosted = MediaConfig::app_hosted(Some("<Media Session Configuration Blob>"));
    let heidi =
        || Invitation::from(user("550fae72-d251-43ec-868c-373732c2704f", "Heidi Steen")).at(EndpointType::Default);
    let replaced = "e5d39592-99bd-4db8-bca8-30fb894ec51d".into();
    let moved = "a7ebfb2d-871e-419c-87af-27290b22e8db".into();
    let guest = |id: &str| Invitation::from(user(id, "string")).replacing(&moved);
    let invited = |invite: Invite| on(invite.with_client_context("f2fa86af-3c51-4bc2-8fc0-475452d9764f"));
    let (source, receivers) = (
        "632899f8-2ea1-4604-8413-27bd2892079f",
        ["550fae72-d251-43ec-868c-373732c2704f", "72f988bf-86f1-41af-91ab-2d7cd011db47"],
    );
    let digits = (1..=9).chain([0]).map(Dtmf::Digit).chain([Dtmf::Star, Dtmf::Pound]).collect::<Vec<_>>();
    BTreeMap::from([
        (
            "addLargeGalleryView-1",
            on(AddLargeGalleryView::new().with_client_context("785f4929-92ca-497b-863f-c778c77c9758")),
        ),
        (
            "answer",
            on(Answer::new(&app_hosted)
                .with_callback(&bot)
                .with_content_sharing_notifications()
                .with_participant_capacity(200)),
        ),
        ("answer-1", on(Answer::new(&prefetched).with_callback(&bot))),
        ("answer-2", on(Answer::new(&app_hosted).with_callback(&bot))),
        ("cancelMediaProcessing-1", on(CancelMediaProcessing::new().with_client_context("clientContext-value"))),
        ("changeScreenSharingRole-1", on(ChangeScreenSharingRole::to(ScreenSharingRole::Viewer))),
        (
            "createAudioRoutingGroup-1",
            on(CreateAudioRoutingGroup::one_to_one(source, receivers[0]).with_id("oneToOne")),
        ),
        ("createAudioRoutingGroup-2", on(CreateAudioRoutingGroup::multicast(source, &receivers).with_id("multicast"))),
        ("invite-1", invited(Invite::new(guest("278405a3-f568-4b3e-b684-009193463064")))),
        (
            "invite-2",
            invited(
                Invite::new(guest("7e1b4346-85a6-4bdd-abe3-d11c5d420efe"))
                    .and(guest("1e126418-44a0-4a94-a6f8-0efe1ad71acb")),
            ),
        ),
        ("invite-3", invited(Invite::new(guest("7e1b4346-85a6-4bdd-abe3-d11c5d420efe")))),
        ("invite-4", invited(Invite::new(phone()))),
        (
            "invite-5",
            invited(Invite::new(
                Invitation::from(
                    Account::new("278405a3-f568-4b3e-b684-009193463064").expect("an id").with_identity_provider("AAD"),
                )
                .replacing(&moved),
            )),
        ),
        ("logTeleconferenceDeviceQuality-1", quality()),
        ("mute-1", on(Mute::new().with_client_context("clientContext-value"))),
        ("muteParticipant-1", on(MuteParticipant::new("p").with_client_context(CONTEXT))),
        ("playPrompt-1", on(PlayPrompt::new(beep()).with_client_context(CONTEXT))),
        (
            "recordResponse-1",
            on(RecordResponse::new()
                .barging_in()
                .with_client_context(CONTEXT)
                .after(beep())
                .with_max_duration(Duration::from_secs(10))
                .with_initial_silence(Duration::from_secs(5))
                .with_max_silence(Duration::from_secs(2))
                .with_beep(true)
                .stopping_at(&[Dtmf::Pound, Dtmf::Digit(1), Dtmf::Star])),
        ),
        (
            "redirect-1",
            on(Redirect::to(Party::application(&user("22bfd41f-550e-477d-8789-f6f7bd2a5e8b", "test bot 2")))
                .with_callback(&to_bot)),
        ),
        (
            "redirect-2",
            on(Redirect::to(user("98da8a1a-1b87-452c-a713-65d3f10b1253", "test user"))
                .and(user("bf5aae9a-d11d-47a8-93b1-782504c9c3f3", "test user 2"))
                .with_policy(RoutingPolicy::DisableForwarding)
                .with_callback(&to_bot)),
        ),
        ("redirect-3", on(Redirect::to(phone()).with_callback(&to_bot))),
        ("reject-1", on(Reject::new(RejectReason::Busy))),
        ("reject-2", on(Reject::from(RejectReason::None))),
        (
            "sendDtmfTones-1",
            on(SendDtmfTones::new(&digits)
                .with_delay(Duration::from_secs(1))
                .with_client_context("e0be71f1-a14f-4cec-b65a-e7aba5db7c53")),
        ),
        (
            "startHoldMusic-1",
            on(StartHoldMusic::new("p")
                .playing(Prompt::new("https://bot.contoso.com/onHold.wav"))
                .with_client_context(CONTEXT)),
        ),
        ("stopHoldMusic-1", on(StopHoldMusic::new("p").with_client_context(CONTEXT))),
        ("subscribeToTone-1", on(SubscribeToTone::new().with_client_context("fd1c7836-4d84-4e24-b6aa-23188688cc54"))),
        ("transfer-1", on(Transfer::to(heidi()))),
        ("transfer-2", on(Transfer::to(heidi().replacing(&replaced)))),
        (
            "transfer-3",
            on(Transfer::to(
                Invitation::from(phone()).at(EndpointType::Default).with_locale("languageId-value", "region-value"),
            )
            .with_client_context("9e90d1c1-f61e-43e7-9f75-d420159aae08")),
        ),
        (
            "transfer-4",
            on(Transfer::to(
                Invitation::from(phone()).at(EndpointType::Default).with_locale("en-us", "amer").replacing(&replaced),
            )
            .with_client_context("9e90d1c1-f61e-43e7-9f75-d420159aae08")),
        ),
        (
            "transfer-5",
            on(Transfer::to(heidi()).of(
                Account::new("751f6800-3180-414d-bd94-333364659951")
                    .expect("an id")
                    .with_tenant_id("72f988bf-86f1-41af-91ab-2d7cd011db47"),
                "909c6581-5130-43e9-88f3-fcb3582cde37",
            )),
        ),
        ("unmute-1", on(Unmute::new().with_client_context("clientContext-value"))),
        (
            "updateAudioRoutingGroup-1",
            on(UpdateAudioRoutingGroup::new("oneToOne", RoutingMode::OneToOne, source, &receivers)),
        ),
    ])
}

fn quality() -> OperationRequest {
    let (ms, percent) = (Duration::from_millis, 0.01);
    let medium = |medium| {
        let mut quality = MediaQuality::new(medium);
        quality.channel_index = Some(1);
        quality.duration = Some(Duration::from_secs(20 * 60));
        quality.link_speed = Some(13_000);
        quality.local = Some("127.0.0.1:6300".parse().expect("an address"));
        quality.remote = Some("102.1.1.101:6301".parse().expect("an address"));
        quality.inbound.packets = Some(5_500);
        quality.inbound.loss = Some((percent, 5.0 * percent));
        quality.inbound.round_trip = Some((ms(30), ms(130)));
        quality.inbound.jitter = Some((ms(10), ms(23)));
        quality.outbound.packets = Some(5_400);
        quality.outbound.loss = Some((2.0 * percent, 6.0 * percent));
        quality.outbound.round_trip = Some((ms(40), ms(140)));
        quality.outbound.jitter = Some((ms(15), ms(24)));
        quality
    };
    DeviceQuality::new(medium(Medium::Audio))
        .and(medium(Medium::Video))
        .and(medium(Medium::ScreenSharing))
        .with_call(
            "0622673d-9f69-49b3-9d4f-5ec64f42ecce",
            "ea078406-b5d4-4d3c-b85e-90103dcec7f6",
            "bd9ee398-4b9d-42c7-8b8d-4e8efad9435f",
        )
        .with_device("TestAgent", "TestDescription")
        .request()
}

/// Published requests that are made in another way: placeholders, and operations that are sent as they are.
const OTHERS: [&str; 4] =
    ["configureMixer-1", "startTranscription-1", "stopTranscription-1", "updateRecordingStatus-1"];

/// Removes the types that decide nothing: the examples of the reference contain some of them only sometimes.
fn without_plain_types(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|key, value| {
                let decides = ["MediaConfig", "Quality", "Options"];
                key != "@odata.type" || value.as_str().is_some_and(|name| decides.iter().any(|end| name.ends_with(end)))
            });
            members.values_mut().for_each(without_plain_types);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_plain_types),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn typed_bodies_make_the_published_requests() {
    let mut requests = requests();
    for published in published("request") {
        let file = published.file.trim_end_matches(".request.json");
        if OTHERS.contains(&file) {
            continue;
        }
        let request = requests.remove(file).unwrap_or_else(|| panic!("{file} is not made"));
        assert_eq!(request.check(), [], "{file}");
        assert_eq!(request.operation(), published.operation, "{file}");
        let (mut made, mut expected) = (request.body().expect("a body").clone(), published.body);
        if file == "answer" {
            expected["callbackUri"] = made["callbackUri"].clone(); // a placeholder
        }
        without_plain_types(&mut made);
        without_plain_types(&mut expected);
        assert_eq!(made, expected, "{file}");
    }
    assert!(requests.is_empty(), "{:?}", requests.keys());
}

#[test]
fn recording_status_has_the_words_of_the_placeholder() {
    let words = [RecordingStatus::NotRecording, RecordingStatus::Recording, RecordingStatus::Failed];
    for status in words {
        assert_eq!(on(UpdateRecordingStatus::to(status)).check(), []);
    }
    assert_eq!(
        words.map(RecordingStatus::as_str).join(" | "),
        crate::published::request("updateRecordingStatus-1")["status"]
    );
}

#[test]
fn debug_shows_no_private_value() {
    for (file, request) in requests() {
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("Heidi") && !shown.contains("+123") && !shown.contains("cdn.contoso"),
            "{file}: {shown}"
        );
    }
    let shown = format!("{:?} {:?}", Transfer::to(phone()), Invite::new(user("u", "Heidi")));
    assert!(!shown.contains("+123") && !shown.contains("Heidi"), "{shown}");
}

#[test]
fn a_digit_above_nine_is_refused() {
    let problems = on(SendDtmfTones::new(&[Dtmf::Digit(1), Dtmf::Digit(10)])).check();
    assert_eq!(problems.iter().map(|problem| &*problem.path).collect::<Vec<_>>(), ["/tones/1"]);
    assert_eq!(on(RecordResponse::new().stopping_at(&[Dtmf::Flash])).check().len(), 1, "no key of a phone");
}

#[test]
fn what_the_host_left_out_is_added_once() {
    let (engine, own) =
        (callback("https://engine.contoso.com/callback"), callback("https://bot.contoso.com/api/calls"));
    let answer = || Answer::new(&MediaConfig::service_hosted());
    let added = on(answer()).with_default_callback(&engine);
    assert_eq!(added.body().expect("a body")["callbackUri"], engine.as_str());
    let kept = on(answer().with_callback(&own)).with_default_callback(&engine);
    assert_eq!(kept.body().expect("a body")["callbackUri"], own.as_str());
    let without = on(Mute::new()).with_default_callback(&engine).with_default_client_context(|| Some("chosen".into()));
    assert_eq!(*without.body().expect("a body"), serde_json::json!({ "clientContext": "chosen" }));
    let kept = on(Mute::new().with_client_context("own")).with_default_client_context(|| Some("chosen".into()));
    assert_eq!(kept.client_context(), Some("own"));
}
