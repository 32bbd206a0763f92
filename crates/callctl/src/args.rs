//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anstream::ColorChoice;
use call_core::Timestamp;
use call_engine::Retention;
use call_msgraph::ApiOperation;
use call_transport_mock::{Callbacks, ChaosLevel};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::addresses::listen_address;
use crate::check::{Check, CheckInput};
use crate::demo::run::Demo;
use crate::emulate::Emulate;
use crate::explain::{Codes, Explain};
use crate::journal::{JournalTask, What};
use crate::replay::run::{Format, Replay};
use crate::serve::arguments::ServeArguments;
use crate::serve::run::Serve;
use crate::times::{duration, time};

/// Follows calls of the Microsoft Graph calling API: timelines from notifications that are late, repeated or out of order
///
/// Checks create requests and explains results too.
#[derive(Parser)]
#[command(name = "callctl", version, arg_required_else_help = true, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colors in the output; the variable `NO_COLOR` turns them off too
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: When,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the engine following calls of each kind over a faulty network, and compare its timelines with the truth
    #[command(long_about = DEMO_ABOUT, after_help = DEMO_STATUS)]
    Demo {
        /// Number of calls: in turn, the ten kinds of create and an incoming call
        #[arg(long, default_value_t = 22, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
        calls: u32,
        /// Seed of all random choices; the default is a new one for each run
        #[arg(long, value_name = "S")]
        seed: Option<u64>,
        /// Also write the report of `callctl replay --format html` to this file
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Emulate the calling service, to test a bot in any language
    #[command(long_about = EMULATE_ABOUT, after_help = EMULATE_STATUS)]
    Emulate(EmulateArguments),
    /// Read a log of deliveries in any order, and show the timeline of each call
    #[command(long_about = REPLAY_ABOUT, after_help = EXIT_STATUS)]
    Replay(ReplayArguments),
    /// Check create requests and bodies of operations: the permissions that they need, and what the service would refuse
    #[command(long_about = CHECK_ABOUT, after_help = CHECK_STATUS)]
    Check(CheckArguments),
    /// Run the engine as a sidecar, for a bot in any language
    #[command(long_about = SERVE_ABOUT, after_help = SERVE_STATUS)]
    Serve(Box<ServeArguments>),
    /// Export, verify or compact the journal of a stopped engine
    #[command(after_help = JOURNAL_STATUS)]
    Journal {
        #[command(subcommand)]
        what: JournalCommand,
    },
    /// Explain the codes of a result; without codes, list all explanations
    #[command(after_help = "Exit status: 0; 1 for a pair without an explanation.")]
    Explain {
        /// Code and subcode, such as 500/7000
        #[arg(value_name = "CODE/SUBCODE")]
        codes: Option<Codes>,
    },
}

const DEMO_STATUS: &str =
    "Exit status: 0; 1 if a timeline differs from the truth; 2 wrong usage; 74 the result cannot be written.";

const DEMO_ABOUT: &str = concat!(
    "Show the engine following calls of each kind over a faulty network, and compare its timelines with the truth.\n\n",
    "A simulated service on this machine decides the story of each call, and knows the truth. Its notifications are late, ",
    "repeated, combined, empty, out of order, before the response that contains the call id, or lost. Requests and responses are ",
    "lost too. Everything runs 25 times faster than real time; all times are shown in real seconds. The report shows for each ",
    "call what was received and in which order, the timeline (`~` marks inferred steps), and the truth (in brackets what no ",
    "notification or response shows)."
);

const EMULATE_STATUS: &str = "Exit status: 0; 2 wrong usage; 74 cannot listen on the address.";

const EMULATE_ABOUT: &str = concat!(
    "Emulate the calling service, to test a bot in any language.\n\n",
    "The base address of the API is http://ADDR/v1.0, and it accepts any bearer token. Notifications are posted to the ",
    "`callbackUri` of each call: an https address, or an http address of this machine. Their tokens are signed with a key that is ",
    "published at http://ADDR/v1/.well-known/openidconfiguration. A post is retried after a response 5xx.\n\n",
    "  POST http://ADDR/emulator/incoming {\"callbackUri\": \"http://127.0.0.1:9000/callback\"}\n\n",
    "starts an incoming call to the bot. GET http://ADDR/emulator/calls returns the truth of each call. Every call is answered and ",
    "continues until the bot hangs up, unless --draw lets the seed decide. Each operation of the API is carried out."
);

#[derive(Args)]
pub(crate) struct EmulateArguments {
    /// Address to listen on, `:8080` for a port of this machine only; with port 0 the system chooses a port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = listen_address)]
    listen: SocketAddr,
    /// Post notifications also to http addresses of other machines, for networks of containers
    #[arg(long)]
    allow_plain_http: bool,
    /// Draw the stories of calls by the seed: whether a call is answered, and how it ends. Without it, every call is answered, and
    /// continues until the bot hangs up
    #[arg(long)]
    draw: bool,
    /// Seed of all random choices; the default is a new one for each run
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Faults of the network: none; mild: late, repeated, out of order; wild: also lost, empty, a minute late
    #[arg(long, value_enum, default_value = "none", value_name = "LEVEL")]
    chaos: Level,
    /// Additional delay of everything, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=600_000))]
    latency: u32,
    /// Speed, as a multiple of real time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    speed: u32,
    /// Application id of the bot: the audience of the tokens of notifications
    #[arg(long, value_name = "ID", default_value = "emulated-bot")]
    app_id: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
    None,
    Mild,
    Wild,
}

const SERVE_STATUS: &str =
    "Exit status: 0 after SIGTERM or Ctrl-C; 2 wrong usage; 74 the address or the journal cannot be used.";

const SERVE_ABOUT: &str = concat!(
    "Run the engine as a sidecar, for a bot in any language.\n\n",
    "The service posts notifications to /callback. The bot creates and controls calls at /v1, and receives their events there. ",
    "Acknowledged notifications are in the journal, so they survive a crash. Each setting is a flag, an environment variable or a ",
    "line of a file, in this order of precedence.\n\n",
    "  POST   /v1/calls                    create a call, as in the API, with a `reference` of your own\n",
    "  GET    /v1/calls                    list calls\n",
    "  GET    /v1/calls/{id}               get a call with its timeline\n",
    "  GET    /v1/calls/{id}/deliveries    what was received of a call and sent about it, as replay lines\n",
    "  GET    /v1/calls/{id}/operations/{key}    what became of an operation\n",
    "  GET    /v1/calls/{id}/events        server-sent events of a call, each with the whole call\n",
    "  GET    /v1/events                   server-sent events of all calls\n",
    "  POST   /v1/calls/{id}/playPrompt    and every other operation of the API, with its body;\n",
    "                                      with ?wait=30s it returns the outcome\n",
    "  POST   /v1/joins/{id}               decide who joins a recorded call, with --joins ask\n",
    "  POST   /v1/calls/{id}/raw/{path}    an operation that the sidecar does not know\n",
    "  DELETE /v1/calls/{id}               hang up\n",
    "  GET    /                            live page with all calls\n",
    "  GET    /openapi.json, /healthz, /readyz, /metrics"
);

const JOURNAL_STATUS: &str = "Exit status: 0; 1 the journal is damaged; 2 wrong usage; 66 there is no journal; 74 the journal is in use or cannot be used.";

#[derive(Subcommand)]
pub(crate) enum JournalCommand {
    /// Write all records as lines that `callctl replay` reads, including names, phone numbers and tokens
    Export {
        /// Directory of the journal
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Read all records, and report damage
    Verify {
        /// Directory of the journal
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Discard records whose retention is over, and free their disk space
    Compact {
        /// Directory of the journal
        #[arg(value_name = "DIR")]
        directory: PathBuf,
        #[command(flatten)]
        retention: RetentionArguments,
    },
}

#[derive(Args)]
pub(crate) struct RetentionArguments {
    /// Time for which the records of an ended call are kept, such as `24h` or `7d`
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
    retain_ended: Duration,
    /// Maximum age of any record
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = duration)]
    retain: Duration,
    /// Trust the clock of this machine: without it, a pause of more than three days between records does not count for their age
    #[arg(long)]
    trust_clock: bool,
}

const CHECK_STATUS: &str = "Exit status: 0; 1 a request has problems; 2 wrong usage; 66 a file cannot be read.";

const CHECK_ABOUT: &str = concat!(
    "Check create requests: their kind, the permissions that they need, and what the service would refuse, with its place.\n\n",
    "Each file contains the body of a `POST /communications/calls`, or with --operation the body of that operation. A join link is converted to the part of such a body that ",
    "identifies the meeting: `chatInfo`, `meetingInfo` and `tenantId`."
);

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// Files with one request each; `-` is the standard input
    #[arg(required_unless_present = "join_url", conflicts_with = "join_url", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The files are bodies of this operation, named as in the API, such as `playPrompt`
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(operations()), hide_possible_values = true)]
    operation: Option<String>,
    /// Join link of a meeting
    #[arg(long, value_name = "URL", conflicts_with = "operation")]
    join_url: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: CheckFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    Text,
    Json,
}

const EXIT_STATUS: &str = concat!(
    "Exit status: 0; 1 with --strict if a part of the log was rejected; 2 wrong usage; 66 the file cannot be read; ",
    "74 the result cannot be written."
);

const REPLAY_ABOUT: &str = concat!(
    "Read a log of deliveries in any order, and show the timeline of each call.\n\n",
    "Each JSON value of the log is the body of a webhook post (a `commsNotifications` envelope, or one notification), or a call ",
    "resource, the response to a create. Or it is one of these with its receipt:\n\n",
    "  {\"receivedAt\": \"2026-03-01T10:00:01.250Z\", \"body\": {...}}\n",
    "  {\"receivedAt\": \"...\", \"sentAt\": \"...\", \"kind\": \"snapshot\", \"callId\": \"...\", \"body\": {...}}\n\n",
    "`kind` is notification, createResponse, snapshot, gone or accepted (with `command`). `messageId`, `node`, `seq` and `id` ",
    "are optional. A body that was not JSON is a string, or `bodyBase64`. The log can also be one JSON array."
);

#[derive(Args)]
pub(crate) struct ReplayArguments {
    /// Log file; `-` or none is the standard input
    file: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show one call only: its id, or the beginning of its id
    #[arg(long, value_name = "ID", required_if_eq("format", "svg"))]
    call: Option<String>,
    /// Exit with status 1 if a part of the log was rejected
    #[arg(long)]
    strict: bool,
    /// Maximum delay of a notification, such as `2s` or `500ms`
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = duration)]
    reorder_window: Duration,
    /// Ignore deliveries received after this RFC 3339 time
    #[arg(long, value_name = "TIME", value_parser = time)]
    as_known_at: Option<Timestamp>,
    /// Show private data: names, phone numbers, subjects, tones, tokens
    #[arg(long)]
    show_private: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// A command with its settings.
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
    /// Returns the command.
    pub(crate) fn task(self) -> Task {
        let color = match self.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        match self.command {
            Command::Demo { calls, seed, report } => Task::Demo(Demo { calls: calls as usize, seed, report, color }),
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
            callbacks: if self.allow_plain_http { Callbacks::Plain } else { Callbacks::ThisMachine },
            draws: self.draw,
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
            call: self.call,
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
            Self::Compact { directory, retention: RetentionArguments { retain_ended, retain, trust_clock } } => {
                let retention = Retention { after_end: retain_ended, max_age: retain, trusts_clock: trust_clock };
                (directory, What::Compact(retention))
            }
        };
        JournalTask { directory, what }
    }
}

/// Returns the names of the operations that have a body.
fn operations() -> impl Iterator<Item = &'static str> {
    ApiOperation::ALL.iter().map(|operation| operation.spec()).filter(|spec| spec.body.is_some()).map(|spec| spec.name)
}

impl CheckArguments {
    fn task(self, color: ColorChoice) -> Check {
        let input = self.join_url.map_or(CheckInput::Files(self.files), CheckInput::JoinUrl);
        let operation = self.operation.as_deref().and_then(ApiOperation::from_name);
        Check { input, operation, is_json: self.format == CheckFormat::Json, color }
    }
}
