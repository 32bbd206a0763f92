use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anstream::ColorChoice;
use call_core::Timestamp;
use call_engine::Retention;
use call_transport_mock::ChaosLevel;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::check::{Check, CheckInput};
use crate::demo::run::Demo;
use crate::emulate::Emulate;
use crate::explain::{Codes, Explain};
use crate::journal::{JournalTask, What};
use crate::replay::run::{Format, Replay};
use crate::serve::arguments::ServeArguments;
use crate::serve::run::Serve;
use crate::times::{duration, time};

/// What became of a call, from webhook deliveries that came late, twice or in the wrong order; what a request for one would do.
#[derive(Parser)]
#[command(name = "callctl", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to colour the output; `NO_COLOR` turns it off as well
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: When,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Watch the engine follow calls of each kind through a network in chaos, and compare what it says with the truth
    #[command(long_about = DEMO_ABOUT, after_help = DEMO_STATUS)]
    Demo {
        /// How many calls: the ten kinds of create and an incoming one in turn
        #[arg(long, default_value_t = 22, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
        calls: u32,
        /// What decides everything that happens; without one, something new each time
        #[arg(long, value_name = "S")]
        seed: Option<u64>,
    },
    /// Be the calling service, for a bot in any language: calls that are made here are told of as the real ones are
    #[command(long_about = EMULATE_ABOUT, after_help = EMULATE_STATUS)]
    Emulate(EmulateArguments),
    /// Read a log of deliveries, in any order, and show the timeline of each call
    #[command(long_about = REPLAY_ABOUT, after_help = EXIT_STATUS)]
    Replay(ReplayArguments),
    /// Judge requests that create a call: what they do, what they need, what the service would refuse
    #[command(long_about = CHECK_ABOUT, after_help = CHECK_STATUS)]
    Check(CheckArguments),
    /// Run the engine as a sidecar, for a bot in any language
    #[command(long_about = SERVE_ABOUT, after_help = SERVE_STATUS)]
    Serve(Box<ServeArguments>),
    /// Look into the journal of an engine that does not run
    #[command(after_help = JOURNAL_STATUS)]
    Journal {
        #[command(subcommand)]
        what: JournalCommand,
    },
    /// Say what the codes of a result mean; without any, list all that are known
    #[command(after_help = "Exit status: 0; 1 for a pair that nobody has explained.")]
    Explain {
        /// Such as 500/7000
        #[arg(value_name = "CODE/SUBCODE")]
        codes: Option<Codes>,
    },
}

const DEMO_STATUS: &str =
    "Exit status: 0; 1 if a timeline is not the truth; 2 wrong usage; 74 a result that cannot be written.";

const DEMO_ABOUT: &str = concat!(
    "Watch the engine follow calls of each kind through a network in chaos, and compare what it says with the truth.\n\n",
    "A simulated service, reached over HTTP on this machine, decides what becomes of each call, and knows the truth. Its ",
    "notifications come late, twice, together, empty, out of order, before the response that names the call, or never; requests ",
    "and responses get lost. Everything goes 25 times faster than in the world, and is told in the world's seconds. At the end, ",
    "of each call: what arrived in which order, the timeline that was made of it (`~` marks what was inferred), and the truth ",
    "(in brackets what nothing told)."
);

const EMULATE_STATUS: &str = "Exit status: 0; 2 wrong usage; 74 an address that cannot be listened on.";

const EMULATE_ABOUT: &str = concat!(
    "Be the calling service, for a bot in any language: calls that are made here are told of as the real ones are.\n\n",
    "The base of the API is http://ADDR/v1.0; any bearer token will do. Notifications are posted to the `callbackUri` of each ",
    "call: an https address, or an http one of this machine. They bear a token of the service's own key, published at ",
    "http://ADDR/v1/.well-known/openidconfiguration. Who answers 5xx is posted to again.\n\n",
    "  POST http://ADDR/emulator/incoming {\"callbackUri\": \"http://127.0.0.1:9000/callback\"}\n\n",
    "has somebody call the bot; GET http://ADDR/emulator/calls tells the truth of each call. What becomes of each call is drawn by the seed: it is answered or not, ends by itself or goes on."
);

#[derive(Args)]
pub(crate) struct EmulateArguments {
    /// Where to listen; port 0 is chosen by the system
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// What decides everything that happens; without one, something new each time
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// What the network does: nothing; late, twice and out of order; also lost, empty and a minute late
    #[arg(long, value_enum, default_value = "none", value_name = "LEVEL")]
    chaos: Level,
    /// How much later everything arrives, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=600_000))]
    latency: u32,
    /// How many times faster than in the world everything happens
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    speed: u32,
    /// Whom the notifications are for: the audience of their tokens
    #[arg(long, value_name = "ID", default_value = "emulated-bot")]
    app_id: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
    None,
    Mild,
    Wild,
}

const SERVE_STATUS: &str = "Exit status: 0 when it was told to stop; 2 wrong usage; 74 an address, a journal or a service that cannot be used.";

const SERVE_ABOUT: &str = concat!(
    "Run the engine as a sidecar, for a bot in any language.\n\n",
    "The service posts what becomes of calls to /callback; the bot creates calls, does things with them and hears of them at /v1. What was ",
    "acknowledged is in the journal, and known again after any crash. Everything can be set by flags, by the environment or in a file; ",
    "flags come first, then the environment.\n\n",
    "  POST   /v1/calls                    create a call, by the body of the API's reference\n",
    "  GET    /v1/calls                    the calls that are followed\n",
    "  GET    /v1/calls/{id}               one of them, with its timeline\n",
    "  GET    /v1/calls/{id}/events        server-sent events, each with the call as it is by then\n",
    "  GET    /v1/events                   those of all calls\n",
    "  POST   /v1/calls/{id}/{operation}   answer, reject, transfer, playPrompt, participants/invite, ...\n",
    "  DELETE /v1/calls/{id}               hang up\n",
    "  GET    /                            a page that shows calls as they change\n",
    "  GET    /openapi.json, /healthz, /readyz, /metrics"
);

const JOURNAL_STATUS: &str =
    "Exit status: 0; 1 if anything is damaged; 2 wrong usage; 66 no journal; 74 one that is in use, or cannot be used.";

#[derive(Subcommand)]
pub(crate) enum JournalCommand {
    /// Write everything that was received, a line each, as `callctl replay` reads it: names, numbers and tokens too
    Export {
        /// Where the journal is
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Read everything, and say what cannot be read
    Verify {
        /// Where the journal is
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Let go of what need not be kept any more, and give its room back
    Compact {
        /// Where the journal is
        #[arg(value_name = "DIR")]
        directory: PathBuf,
        #[command(flatten)]
        retention: RetentionArguments,
    },
}

#[derive(Args)]
pub(crate) struct RetentionArguments {
    /// How long the deliveries of a call are kept after it has ended: `24h`, `7d`
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
    retain_ended: Duration,
    /// How long anything is kept
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = duration)]
    retain: Duration,
}

const CHECK_STATUS: &str = "Exit status: 0; 1 if anything has problems; 2 wrong usage; 66 a file that cannot be read.";

const CHECK_ABOUT: &str = concat!(
    "Judge requests that create a call: what they do, which permissions they need, and what the service would refuse, ",
    "with its place.\n\nEach file holds the body of a `POST /communications/calls`. A link of an invitation to a meeting ",
    "becomes the part of such a body that names the meeting: `chatInfo`, `meetingInfo` and `tenantId`."
);

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// The requests, a file each; `-` for the standard input
    #[arg(required_unless_present = "join_url", conflicts_with = "join_url", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A link to a meeting, with its passcode if it has one
    #[arg(long, value_name = "URL")]
    join_url: Option<String>,
    /// How to show what was found
    #[arg(long, value_enum, default_value = "text")]
    format: CheckFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    Text,
    Json,
}

const EXIT_STATUS: &str = concat!(
    "Exit status: 0; 1 with --strict if anything was rejected; 2 wrong usage; 66 a file that cannot be read; ",
    "74 a result that cannot be written."
);

const REPLAY_ABOUT: &str = concat!(
    "Read a log of deliveries, in any order, and show the timeline of each call.\n\n",
    "Each JSON value of the log is what was posted to the webhook (a `commsNotifications` envelope, or one notification), ",
    "or a call as the response to its create; or it is one of these with what is known of its receipt:\n\n",
    "  {\"receivedAt\": \"2026-03-01T10:00:01.250Z\", \"body\": {...}}\n",
    "  {\"receivedAt\": \"...\", \"sentAt\": \"...\", \"kind\": \"snapshot\", \"callId\": \"...\", \"body\": {...}}\n\n",
    "`kind` is notification, createResponse, snapshot, gone or accepted (with `command`); `messageId`, `node`, `seq` and `id` ",
    "may be given; a `body` that was no JSON is a string, or `bodyBase64`. One JSON array of them works too."
);

#[derive(Args)]
pub(crate) struct ReplayArguments {
    /// The log; `-` or none for the standard input
    file: Option<PathBuf>,
    /// How to show the timelines
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with status 1 if anything was rejected
    #[arg(long)]
    strict: bool,
    /// How long a notification may have been on its way: `2s`, `500ms`
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = duration)]
    reorder_window: Duration,
    /// Count only what was received by then: an RFC 3339 time
    #[arg(long, value_name = "TIME", value_parser = time)]
    as_known_at: Option<Timestamp>,
    /// Show names, phone numbers, subjects, tones and tokens
    #[arg(long)]
    show_private: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// What to do, in plain words.
pub(crate) enum Task {
    Demo(Demo),
    Emulate(Emulate),
    Replay(Replay),
    Check(Check),
    Serve(Box<Serve>),
    Journal(JournalTask),
    Explain(Explain),
}

impl Arguments {
    /// Says what to do.
    pub(crate) fn task(self) -> Task {
        let color = match self.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        match self.command {
            Command::Demo { calls, seed } => Task::Demo(Demo { calls: calls as usize, seed, color }),
            Command::Emulate(emulate) => Task::Emulate(emulate.task(color)),
            Command::Replay(replay) => Task::Replay(replay.task(color)),
            Command::Check(check) => Task::Check(check.task(color)),
            Command::Serve(arguments) => Task::Serve(Box::new(Serve { arguments: *arguments, color })),
            Command::Journal { what } => Task::Journal(what.task()),
            Command::Explain { codes } => Task::Explain(Explain(codes)),
        }
    }
}

impl EmulateArguments {
    fn task(self, color: ColorChoice) -> Emulate {
        Emulate {
            listen: self.listen,
            seed: self.seed,
            chaos: match self.chaos {
                Level::None => ChaosLevel::None,
                Level::Mild => ChaosLevel::Mild,
                Level::Wild => ChaosLevel::Wild,
            },
            latency: Duration::from_millis(self.latency.into()),
            speed: self.speed,
            application: self.app_id,
            color,
        }
    }
}

impl ReplayArguments {
    fn task(self, color: ColorChoice) -> Replay {
        Replay {
            file: self.file.filter(|file| file.as_os_str() != "-"),
            format: self.format,
            is_strict: self.strict,
            reorder_window: self.reorder_window,
            as_known_at: self.as_known_at,
            shows_private: self.show_private,
            color,
        }
    }
}

impl JournalCommand {
    fn task(self) -> JournalTask {
        let (directory, what) = match self {
            Self::Export { directory } => (directory, What::Export),
            Self::Verify { directory } => (directory, What::Verify),
            Self::Compact { directory, retention: RetentionArguments { retain_ended, retain } } => {
                (directory, What::Compact(Retention { ended: retain_ended, age: retain }))
            }
        };
        JournalTask { directory, what }
    }
}

impl CheckArguments {
    fn task(self, color: ColorChoice) -> Check {
        let input = self.join_url.map_or(CheckInput::Files(self.files), CheckInput::JoinUrl);
        Check { input, is_json: self.format == CheckFormat::Json, color }
    }
}
