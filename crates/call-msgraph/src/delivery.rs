use call_core::{CallId, Command, Id, Source, Stamp, Timestamp};

/// What a transport hands over: a webhook post, or the reply to a request of our own.
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    /// When and where it was received; the index is given when it is read.
    pub stamp: Stamp,
    /// What it is.
    pub kind: DeliveryKind,
    /// The host's own number for it, which comes back with the evidence.
    pub number: u64,
    /// When the request left that it answers.
    pub sent_at: Option<Timestamp>,
    /// What the service called the message, in a header ("X-Microsoft-Skype-Message-ID").
    pub message_id: Option<Id>,
    /// The call, where the request or the callback address named it.
    pub call: Option<CallId>,
    /// The bytes; none if empty.
    pub body: &'a [u8],
}

/// What a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryKind {
    /// A webhook post.
    Notification,
    /// A call is about to be created: nothing was received yet, and nothing is said of any call. Whatever bears its token is ours.
    CreateRequest,
    /// The response to creating a call.
    CreateResponse,
    /// The response to a GET.
    Snapshot,
    /// The service said 404: the call is over.
    Gone,
    /// The service accepted a command.
    Accepted(Command),
}

impl<'a> Delivery<'a> {
    /// Makes a webhook post of which nothing else is known.
    #[must_use]
    pub const fn notification(stamp: Stamp, body: &'a [u8]) -> Self {
        Self { stamp, kind: DeliveryKind::Notification, number: 0, sent_at: None, message_id: None, call: None, body }
    }

    /// Returns the source of what the delivery says.
    #[must_use]
    pub const fn source(&self) -> Source {
        let sent_at = self.sent_at;
        match self.kind {
            DeliveryKind::Notification => Source::Notification,
            // That something is asked for says nothing by itself.
            DeliveryKind::CreateRequest | DeliveryKind::CreateResponse => Source::CreateResponse { sent_at },
            DeliveryKind::Snapshot => Source::Snapshot { sent_at },
            DeliveryKind::Gone => Source::Gone { sent_at },
            DeliveryKind::Accepted(command) => Source::Accepted { command, sent_at },
        }
    }
}

/// The words of the commands that claim something; any other is [`Command::Other`].
const COMMANDS: [(&str, Command); 6] = [
    ("answer", Command::Answer),
    ("reject", Command::Reject),
    ("redirect", Command::Redirect),
    ("transfer", Command::Transfer),
    ("hangUp", Command::HangUp),
    ("keepAlive", Command::KeepAlive),
];

/// Reads a command in any case; one that is not known here claims nothing about the call's state.
pub(crate) fn read_command(word: &str) -> Command {
    let known = COMMANDS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    known.map_or(Command::Other, |(_, command)| command)
}

pub(crate) fn command_word(command: Command) -> &'static str {
    COMMANDS.into_iter().find(|(_, known)| *known == command).map_or("other", |(word, _)| word)
}
