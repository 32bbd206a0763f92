//! Sample create requests.

use call_msgraph::{Account, CallbackUri, CreateCall, InvalidPart, MediaConfig, Meeting, PhoneNumber};

/// Returns a named sample of each of the ten kinds of create request, in the order of "Create call" (v1.0 reference).
///
/// # Errors
/// No input causes an error: every part is a constant.
pub fn sample_requests(callback: &CallbackUri) -> Result<Vec<(&'static str, CreateCall)>, InvalidPart> {
    let media = [MediaConfig::service_hosted(), MediaConfig::app_hosted(Some("<media session>"))];
    let [service, app] = &media;
    let john = Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8")?;
    let users = [john.clone(), Account::new("278405a3-f568-4b3e-b684-009193463064")?];
    let bot = Account::new("2891555a-92ff-42e6-80fa-6e1300c6b5c6")?;
    let phone = PhoneNumber::new("+12065550100")?;
    let tenant = "86dc81db-c112-4228-9222-63f3e5aa1edb";
    let scheduled = Meeting::scheduled("19:meeting_1@thread.v2", "0", &john, tenant)?;
    let (locked, open) = (Meeting::by_id("1234567", Some("psw123"))?, Meeting::by_id("7654321", None)?);
    let to_user = |media| CreateCall::to_user(callback.clone(), &john, media).with_source(&bot);
    let to_group = |media| CreateCall::to_group(callback.clone(), &users, media);
    let to_meeting = |meeting, media| CreateCall::to_meeting(callback.clone(), meeting, media);
    let to_phone = |media| CreateCall::to_phone(callback.clone(), &bot, &phone, media);
    Ok(vec![
        ("peer to peer, service-hosted", to_user(service).with_content_sharing_notifications()),
        ("peer to peer, app-hosted", to_user(app)),
        ("group, service-hosted", to_group(service)?),
        ("group, app-hosted", to_group(app)?),
        ("scheduled meeting, service-hosted", to_meeting(&scheduled, service)),
        ("scheduled meeting, app-hosted", to_meeting(&scheduled, app)),
        ("meeting id and passcode", to_meeting(&locked, service)),
        ("meeting id", to_meeting(&open, service)),
        ("phone, service-hosted", to_phone(service)),
        ("phone, app-hosted", to_phone(app)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use call_msgraph::{MediaKind, RequestKind, judge};

    #[test]
    fn the_samples_are_ten_valid_kinds() {
        let callback = CallbackUri::new("https://bot.contoso.com/callback").unwrap();
        let judgements: Vec<_> =
            sample_requests(&callback).unwrap().into_iter().map(|(_, request)| judge(&request.to_json())).collect();
        assert!(judgements.iter().all(|judgement| judgement.problems.is_empty()));
        for kind in [RequestKind::PeerToPeer, RequestKind::Group, RequestKind::ScheduledMeeting, RequestKind::Pstn] {
            for media in [MediaKind::ServiceHosted, MediaKind::AppHosted] {
                let of_kind = judgements.iter().filter(|found| (found.kind, found.media) == (Some(kind), Some(media)));
                assert_eq!(of_kind.count(), 1);
            }
        }
    }
}
