//! Bodies of the documentation, without white space, and larger ones of the same kind.

use call_core::{Stamp, Timestamp};
use call_msgraph::Delivery;

const PUBLISHED: [&str; 3] = [
    include_str!("../../../crates/call-msgraph/tests/published/01-p2p-service-hosted.notification-2-established.json"),
    include_str!(
        "../../../crates/call-msgraph/tests/published/05-join-scheduled-meeting-service-hosted.notification-2-established.json"
    ),
    include_str!(
        "../../../crates/call-msgraph/tests/published/05-join-scheduled-meeting-service-hosted.notification-3-roster.json"
    ),
];

fn compact(published: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(published).expect("it is JSON");
    // The order of the members is part of what is measured, so the text is not written anew.
    let text: String = published.lines().map(str::trim).collect::<String>().replace("\": ", "\":");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&text).ok(), Some(value));
    text
}

/// A call that is established: 407 bytes.
pub(crate) fn established() -> String {
    compact(PUBLISHED[0])
}

/// A meeting that is established: 817 bytes.
pub(crate) fn meeting() -> String {
    compact(PUBLISHED[1])
}

/// A roster of two participants: 1,606 bytes.
pub(crate) fn published_roster() -> String {
    compact(PUBLISHED[2])
}

/// A roster of `count` participants, each as the second one that is published.
pub(crate) fn roster(count: usize) -> String {
    with_participants(count, "\"isMuted\":false")
}

/// A roster in which a member of each participant has the wrong type.
pub(crate) fn wrong_roster(count: usize) -> String {
    with_participants(count, "\"isMuted\":\"no\"")
}

fn with_participants(count: usize, muted: &str) -> String {
    let whole = published_roster();
    let (from, until) = (
        whole.find(":[{\"@odata.type\":\"#microsoft.graph.participant\"").expect("a list") + 2,
        whole.len() - "]}]}".len(),
    );
    let one = whole[from..until].rfind(",{\"@odata.type\":\"#microsoft.graph.participant\"").expect("a second one");
    let one = &whole[from + one + 1..until];
    let participants: Vec<_> = (0..count)
        .map(|nth| {
            one.replace("05491616-385f-44a8-9974-18cc5f9933c1", &format!("05491616-385f-44a8-9974-{nth:012x}"))
                .replace("\"isMuted\":false", muted)
        })
        .collect();
    format!("{}{}{}", &whole[..from], participants.join(","), &whole[until..])
}

/// A batch of `count` notifications, each of another call.
pub(crate) fn batch(count: usize) -> String {
    let one = established();
    let from = one.find("[{").expect("a batch") + 1;
    let until = one.len() - "]}".len();
    let values: Vec<_> = (0..count).map(|nth| one[from..until].replace("b3c5", &format!("{nth:04x}"))).collect();
    format!("{}{}{}", &one[..from], values.join(","), &one[until..])
}

/// Bodies that cannot be read: truncated, with a wrong type, with a member that occurs twice, and not UTF-8.
pub(crate) fn damaged() -> Vec<(&'static str, Vec<u8>)> {
    let whole = established();
    vec![
        ("truncated", whole.as_bytes()[..whole.len() - 20].to_vec()),
        ("state of a wrong type", whole.replace("\"established\"", "7").into_bytes()),
        ("member twice", whole.replace("\"direction\"", "\"state\"").into_bytes()),
        ("not UTF-8", [whole.as_bytes(), b"\xff"].concat()),
    ]
}

/// Returns the delivery of a body.
pub(crate) fn post(body: impl Into<Vec<u8>>) -> Delivery {
    Delivery::post(body.into()).stamped(Stamp::at(Timestamp::from_millis(1_700_000_000_000)))
}
