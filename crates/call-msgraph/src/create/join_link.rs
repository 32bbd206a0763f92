//! Join links of meetings.

use std::borrow::Cow;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use crate::create::meeting::Meeting;
use crate::create::party::Account;
use crate::create::rules::InvalidPart;

/// Reads the join link of an invitation:
/// `https://teams.microsoft.com/l/meetup-join/{thread}/{message}?context={"Tid":…,"Oid":…}`, or
/// `https://teams.microsoft.com/meet/{id}?p={passcode}`.
///
/// ```
/// let link = "https://teams.microsoft.com/meet/1234567?p=psw123";
/// let meeting: call_msgraph::Meeting = link.parse()?;
/// assert_eq!(meeting.to_json()["meetingInfo"]["joinMeetingId"], "1234567");
/// # Ok::<(), call_msgraph::InvalidPart>(())
/// ```
impl FromStr for Meeting {
    type Err = InvalidPart;

    fn from_str(link: &str) -> Result<Self, InvalidPart> {
        let no_link = InvalidPart::NotAJoinLink;
        let url = Url::parse(link.trim()).map_err(|_| no_link("it is not an absolute address"))?;
        if url.scheme() != "https" {
            return Err(no_link("it does not begin with https"));
        }
        let segments = url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty());
        let segments: Vec<_> = segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect();
        let parts: Vec<_> = segments.iter().map(|segment| &**segment).collect();
        match parts[..] {
            ["l", "meetup-join", thread, message] => meetup_join(&url, thread, message),
            ["meet", id] => Self::by_id(id, query(&url, "p").as_deref().filter(|passcode| !passcode.is_empty())),
            _ => Err(no_link("its path is neither /l/meetup-join/{thread}/{message} nor /meet/{id}")),
        }
    }
}

fn meetup_join(url: &Url, thread: &str, message: &str) -> Result<Meeting, InvalidPart> {
    let no_link = InvalidPart::NotAJoinLink;
    let context = query(url, "context").ok_or(no_link("`context` is missing"))?;
    let context: Value = serde_json::from_str(&context).map_err(|_| no_link("`context` is not JSON"))?;
    let member = |name: &str| {
        let mut members = context.as_object().into_iter().flatten();
        members.find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
    };
    let tenant = member("Tid").ok_or(no_link("`context` has no tenant (`Tid`)"))?;
    let organizer = member("Oid").ok_or(no_link("`context` has no organizer (`Oid`)"))?;
    Meeting::scheduled(thread, message, &Account::new(organizer)?, tenant)
}

fn query<'u>(url: &'u Url, name: &str) -> Option<Cow<'u, str>> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_invitation_link_names_chat_organizer_and_tenant() {
        let link = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Win6%40thread.v2/0\
                    ?context=%7b%22Tid%22%3a%22t%22%2c%22Oid%22%3a%22o%22%7d";
        let meeting: Meeting = link.parse().expect("this is a link");
        let user = json!({ "@odata.type": "#microsoft.graph.identity", "id": "o", "tenantId": "t" });
        assert_eq!(
            *meeting.to_json(),
            json!({
                "chatInfo": {
                    "@odata.type": "#microsoft.graph.chatInfo", "threadId": "19:meeting_Win6@thread.v2", "messageId": "0",
                },
                "meetingInfo": {
                    "@odata.type": "#microsoft.graph.organizerMeetingInfo",
                    "organizer": { "@odata.type": "#microsoft.graph.identitySet", "user": user },
                },
                "tenantId": "t",
            })
        );
        let plain =
            r#"https://teams.microsoft.com/l/meetup-join/19:meeting_Win6@thread.v2/0?context={"Tid":"t","Oid":"o"}"#;
        assert_eq!(plain.parse(), Ok(meeting));
    }

    #[test]
    fn a_newer_link_names_meeting_id_and_passcode() {
        let info = |link: &str| link.parse::<Meeting>().expect("this is a link").to_json()["meetingInfo"].clone();
        let with = info("https://teams.microsoft.com/meet/1234567?p=a%2Bb&x=1");
        assert_eq!((&with["joinMeetingId"], &with["passcode"]), (&json!("1234567"), &json!("a+b")));
        for link in ["https://teams.microsoft.com/meet/1234567", "https://teams.microsoft.com/meet/1234567/?p="] {
            assert_eq!(info(link)["passcode"], Value::Null);
        }
    }

    #[test]
    fn other_links_are_refused_with_a_reason() {
        let context = "https://teams.microsoft.com/l/meetup-join/t/0?context=";
        for (link, reason) in [
            ("teams.microsoft.com/meet/1", "it is not an absolute address"),
            ("http://teams.microsoft.com/meet/1", "it does not begin with https"),
            ("https://teams.microsoft.com/", "its path is neither /l/meetup-join/{thread}/{message} nor /meet/{id}"),
            ("https://teams.microsoft.com/l/meetup-join/t/0", "`context` is missing"),
            (&format!("{context}x"), "`context` is not JSON"),
            (&format!("{context}[]"), "`context` has no tenant (`Tid`)"),
            (&format!(r#"{context}{{"Tid":"t"}}"#), "`context` has no organizer (`Oid`)"),
        ] {
            assert_eq!(link.parse::<Meeting>(), Err(InvalidPart::NotAJoinLink(reason)), "{link}");
        }
    }
}
