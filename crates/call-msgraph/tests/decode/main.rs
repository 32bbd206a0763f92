//! What the service is known to send, and what is made of it.

mod bad_input;
mod lines;
mod published;
mod reading_rules;
mod replies;

use std::fmt::Write;

use call_core::{Claim, Oddity, Stamp, Timestamp};
use call_msgraph::{Delivery, decode};

/// Checks what a webhook post says of its calls, a claim a line.
#[track_caller]
fn check(body: &str, expected: &str) {
    check_delivery(&post(body.as_bytes()), expected);
}

/// Checks what a delivery says: `CALL INDEX CLAIM` lines, then `! LINE:COLUMN PATH: REASON` lines.
#[track_caller]
fn check_delivery(delivery: &Delivery<'_>, expected: &str) {
    let expected: Vec<_> = expected.lines().map(str::trim).collect();
    assert_eq!(read(delivery), expected);
}

fn post(body: &[u8]) -> Delivery<'_> {
    Delivery::notification(Stamp::at(Timestamp::from_millis(0)), body)
}

fn read(delivery: &Delivery<'_>) -> Vec<String> {
    let decoded = decode(delivery);
    let claims = decoded.observations.iter().map(|(call, observation)| {
        assert_eq!(observation.source, delivery.source());
        format!("{call} {} {}", observation.stamp.index, words(&observation.claim))
    });
    let rejected = decoded.rejected.iter().map(|fault| format!("! {}:{} {fault}", fault.line, fault.column));
    claims.chain(rejected).collect()
}

fn words(claim: &Claim) -> String {
    match claim {
        Claim::Exists => "exists".to_owned(),
        Claim::State { state, result } => {
            let mut words = state.to_string();
            if let Some(result) = result {
                let code = |code: Option<i64>| code.map_or("-".to_owned(), |code| code.to_string());
                let _ = write!(words, " {}/{}", code(result.code), code(result.subcode));
                let _ = write!(words, " {}", result.message.as_deref().unwrap_or("-"));
            }
            words
        }
        Claim::Direction(direction) => format!("direction {}", direction.as_str()),
        Claim::Field(field) => format!("{field:?}"),
        Claim::Oddity(Oddity::UnrecognizedState(word)) => format!("unrecognizedState {word}"),
        Claim::Oddity(Oddity::IdMismatch(id)) => format!("idMismatch {id}"),
        Claim::Oddity(Oddity::UnknownResource(name)) => format!("unknownResource {name}"),
        Claim::Oddity(_) | _ => panic!("no words for {claim:?}"),
    }
}
