use call_msgraph::{Account, CallbackUri, CreateCall, InvalidPart, MediaConfig, Meeting, Modality, PhoneNumber, judge};
use serde_json::Value;

use super::published;

#[test]
fn the_ten_published_requests_can_be_built() {
    let built = ten().expect("nothing in them is wrong");
    for (number, (built, published)) in built.iter().zip(published()).enumerate() {
        assert_eq!(said(built.to_json()), said(published), "example {}", number + 1);
    }
}

#[test]
fn built_requests_have_no_problems() {
    for (number, request) in ten().expect("nothing in them is wrong").iter().enumerate() {
        assert_eq!(judge(&request.to_json()).problems, [], "example {}", number + 1);
    }
}

#[test]
fn invalid_requests_cannot_be_built() -> Result<(), InvalidPart> {
    assert_eq!(CallbackUri::new("http://bot.contoso.com").err(), Some(InvalidPart::NotHttps));
    assert_eq!(PhoneNumber::new("4255550100").err(), Some(InvalidPart::NotE164));
    assert_eq!(Account::new(" ").err(), Some(InvalidPart::Empty("the id of an account")));
    let bob = Account::new("bob")?;
    assert_eq!(Meeting::scheduled("", "0", &bob, "t").err(), Some(InvalidPart::Empty("the thread id")));
    assert_eq!(Meeting::by_token("t", "0", "", "t").err(), Some(InvalidPart::Empty("the token")));
    assert_eq!(Meeting::by_id("1", Some("")).err(), Some(InvalidPart::Empty("the passcode")));
    for (users, is_group) in [(1, false), (2, true), (5, true), (6, false)] {
        let group = CreateCall::to_group(callback()?, &vec![bob.clone(); users], &MediaConfig::service_hosted());
        assert_eq!(group.is_ok(), is_group, "{users}");
    }
    Ok(())
}

#[test]
fn debug_output_of_requests_shows_no_private_data() -> Result<(), InvalidPart> {
    let account = Account::new("id")?.with_display_name("Megan");
    let phone = PhoneNumber::new("+14255550100")?;
    let request = CreateCall::to_phone(callback()?, &account, &phone, &MediaConfig::service_hosted());
    let printed = format!("{account:?} {phone:?} {:?} {request:?}", Meeting::by_id("1234567", Some("psw123"))?);
    assert!(!["Megan", "4255550100", "1234567", "psw123"].iter().any(|private| printed.contains(private)), "{printed}");
    Ok(())
}

fn callback() -> Result<CallbackUri, InvalidPart> {
    CallbackUri::new("https://bot.contoso.com/callback")
}

/// Builds the examples of the reference, in its order.
fn ten() -> Result<[CreateCall; 10], InvalidPart> {
    let account = |id, name| Ok::<_, InvalidPart>(Account::new(id)?.with_display_name(name));
    let (service, app) =
        (MediaConfig::service_hosted(), MediaConfig::app_hosted(Some("<Media Session Configuration>")));
    let prefetching = service.clone().prefetching(&[
        ("https://cdn.contoso.com/beep.wav", "f8971b04-b53e-418c-9222-c82ce681a582"),
        ("https://cdn.contoso.com/cool.wav", "86dc814b-c172-4428-9112-60f8ecae1edb"),
    ]);
    let john = account("112f7296-5fa4-42ca-bae8-6a692b15d4b8", "John")?;
    let users = [
        account("98da8a1a-1b87-452c-a713-65d3f10b5555", "user1")?,
        account("bf5aae9a-d11d-47a8-93b1-782504c95555", "user2")?,
    ];
    let group = |media: MediaConfig, hosted: &str| {
        let media = media.removed_from_default_audio_group(false);
        Ok::<_, InvalidPart>(
            CreateCall::to_group(callback()?, &users, &media)?
                .with_subject(&format!("Create a group call with {hosted} hosted media"))
                .with_source(&account("dd3885da-f9ab-486b-bfae-85de3d445555", "TestBot")?),
        )
    };
    let bob = account("5810cede-f3cc-42eb-b2c1-e9bd5d53ec96", "Bob")?;
    let scheduled = |tenant, media| {
        let thread = "19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2";
        let meeting = Meeting::scheduled(thread, "0", &bob, tenant)?.allowing_conversation_without_host(true);
        Ok::<_, InvalidPart>(CreateCall::to_meeting(callback()?, &meeting, media))
    };
    let by_id = |passcode| {
        CreateCall::to_meeting(callback()?, &Meeting::by_id("1234567", passcode)?, &prefetching)
            .with_tenant_id("86dc81db-c112-4228-9222-63f3esaa1edb")
    };
    let phone = |media| {
        let instance = account("3d913abb-aec0-4964-8fa6-3c6850c4f278", "Calling Bot")?;
        CreateCall::to_phone(callback()?, &instance, &PhoneNumber::new("+12345678901")?, media)
            .with_tenant_id("aa67bd4c-8475-432d-bd41-39f255720e0a")
    };
    Ok([
        CreateCall::to_user(callback()?, &john, &service).with_content_sharing_notifications(),
        CreateCall::to_user(callback()?, &john, &app)
            .with_source(&account("2891555a-92ff-42e6-80fa-6e1300c6b5c6", "Calling Bot")?),
        group(service.clone(), "service")?,
        group(MediaConfig::app_hosted(None), "application")?,
        scheduled("86dc81db-c112-4228-9222-63f3esaa1edb", &prefetching)?,
        scheduled("aa67bd4c-8475-432d-bd41-39f255720e0a", &MediaConfig::app_hosted(None))?,
        by_id(Some("psw123"))?,
        by_id(None)?,
        phone(&service)?,
        phone(&app)?.with_modalities(Modality::Audio, &[]),
    ])
}

/// Removes members without information: nulls, and the direction that every created call has.
fn said(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|key, value| !value.is_null() && (key != "direction" || value != "outgoing"));
        members.values_mut().for_each(|value| *value = said(value.take()));
    } else if let Some(elements) = value.as_array_mut() {
        elements.iter_mut().for_each(|value| *value = said(value.take()));
    }
    value
}
