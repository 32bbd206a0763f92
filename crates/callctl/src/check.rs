//! `callctl check`: checks create requests, and the bodies of operations.

use std::io::{self, Write};
use std::path::PathBuf;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use call_msgraph::{ApiOperation, Judgement, MediaKind, Meeting, Problem, RequestKind, judge};
use serde::Serialize;
use serde_json::Value;

use crate::exit;
use crate::terminal::{complain, finish, printable};
use crate::view::judged::{PermissionsView, ProblemView};

const BOLD: Style = Style::new().bold();
const FAULT: Style = AnsiColor::Red.on_default();

/// The command `check`.
pub(crate) struct Check {
    pub(crate) input: CheckInput,
    /// The operation whose bodies the files are; `None` for create requests.
    pub(crate) operation: Option<ApiOperation>,
    pub(crate) is_json: bool,
    pub(crate) color: ColorChoice,
}

pub(crate) enum CheckInput {
    /// Paths; `-` is the standard input.
    Files(Vec<PathBuf>),
    JoinUrl(String),
}

/// Outcome for one input.
struct Checked {
    /// Path of the file; `None` for a link.
    file: Option<String>,
    /// Part of a request that a link is converted to.
    request: Option<Value>,
    operation: Option<ApiOperation>,
    judgement: Judgement,
}

/// The contract that scripts rely on.
#[derive(Serialize)]
struct CheckedView<'c> {
    file: Option<&'c str>,
    /// Only links have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'c Option<Value>>,
    kind: Option<&'static str>,
    media: Option<&'static str>,
    permissions: PermissionsView,
    problems: Vec<ProblemView>,
}

impl Check {
    /// Judges all inputs, writes the outcome and returns the exit status.
    pub(crate) fn run(&self) -> u8 {
        let mut status = 0;
        let checked: Vec<_> = match &self.input {
            CheckInput::JoinUrl(url) => vec![link(url)],
            CheckInput::Files(files) => {
                let read = files.iter().filter_map(|file| match read(file) {
                    Ok(body) => Some(self.file(file.display().to_string(), &body)),
                    Err(error) => {
                        complain(&format!("error: cannot read {}: {error}\n", printable(&file.display().to_string())));
                        status = exit::NO_INPUT;
                        None
                    }
                });
                read.collect()
            }
        };
        if status == 0 && checked.iter().any(|checked| !checked.judgement.problems.is_empty()) {
            status = exit::REJECTED;
        }
        finish(self.write(&checked), || status)
    }

    fn file(&self, name: String, body: &[u8]) -> Checked {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let source = self.operation.map_or(CREATE, |operation| operation.spec().source);
        let judgement = match (serde_json::from_slice(body), self.operation) {
            (Ok(request), None) => judge(&request),
            (Ok(body), Some(operation)) => {
                let mut judgement = Judgement::default();
                judgement.permissions = operation.spec().permissions;
                judgement.problems = operation.check_body(Some(&body));
                judgement
            }
            (Err(error), _) => refused(format!("not JSON: {error}"), source),
        };
        Checked { file: Some(name), request: None, operation: self.operation, judgement }
    }

    fn write(&self, checked: &[Checked]) -> io::Result<()> {
        let stdout = io::stdout().lock();
        if self.is_json {
            let mut out = io::BufWriter::new(stdout);
            let views: Vec<_> = checked.iter().map(Checked::view).collect();
            serde_json::to_writer(&mut out, &views)?;
            writeln!(out)?;
            return out.flush();
        }
        let mut out = AutoStream::new(stdout, self.color);
        checked.iter().try_for_each(|checked| checked.write_text(&mut out))?;
        out.flush()
    }
}

fn read(file: &PathBuf) -> io::Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut body = Vec::new();
        io::Read::read_to_end(&mut io::stdin().lock(), &mut body)?;
        return Ok(body);
    }
    std::fs::read(file)
}

/// Source of the rules for create requests.
const CREATE: &str = "Create call, v1.0 reference";

fn link(url: &str) -> Checked {
    let (request, judgement) = match url.parse::<Meeting>() {
        Ok(meeting) => {
            // A link contains only the meeting, so the rest of the request is missing without being a problem.
            let mut judgement = judge(meeting.to_json());
            judgement.problems.clear();
            (Some(meeting.to_json().clone()), judgement)
        }
        Err(error) => (None, refused(error.to_string(), CREATE)),
    };
    Checked { file: None, request, operation: None, judgement }
}

fn refused(reason: String, source: &'static str) -> Judgement {
    let mut judgement = Judgement::default();
    judgement.problems.push(Problem::new(String::new(), reason, source));
    judgement
}

impl Checked {
    fn view(&self) -> CheckedView<'_> {
        let Judgement { kind, media, permissions, problems, .. } = &self.judgement;
        CheckedView {
            file: self.file.as_deref(),
            request: self.file.is_none().then_some(&self.request),
            kind: self.operation.map(|operation| operation.spec().name).or_else(|| kind.map(RequestKind::as_str)),
            media: media.map(MediaKind::as_str),
            permissions: (*permissions).into(),
            problems: problems.iter().cloned().map(ProblemView::from).collect(),
        }
    }

    fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        let Judgement { kind, media, permissions, problems, .. } = &self.judgement;
        let name = self.file.as_deref().unwrap_or("link");
        let operation = self.operation.map(|operation| format!("is a body of {}", operation.spec().name));
        let kind = match kind {
            _ if operation.is_some() => operation.as_deref().unwrap_or_default(),
            Some(RequestKind::PeerToPeer) => "calls a user",
            Some(RequestKind::Group) => "calls several users",
            Some(RequestKind::ScheduledMeeting) => "joins a scheduled meeting",
            Some(RequestKind::JoinMeetingId) => "joins a meeting by its id",
            Some(RequestKind::Pstn) => "calls a phone",
            Some(_) => "creates a call of a kind that this program does not know",
            None => "is not a valid create request",
        };
        let media = match media {
            Some(MediaKind::ServiceHosted) => ", media hosted by the service",
            Some(MediaKind::AppHosted) => ", media hosted by the application",
            Some(_) | None => "",
        };
        writeln!(out, "{BOLD}{}{BOLD:#}: {kind}{media}", printable(name))?;
        let needs = permissions.to_string();
        if !needs.is_empty() {
            writeln!(out, "  needs {needs}")?;
        }
        for problem in problems {
            let (path, reason) = (printable(&problem.path), printable(&problem.reason));
            let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
            writeln!(out, "  {FAULT}! {place}{reason}{FAULT:#} [{}]", problem.source)?;
        }
        if let Some(request) = &self.request {
            format!("{request:#}").lines().try_for_each(|line| writeln!(out, "{}", printable(line)))?;
        }
        Ok(())
    }
}
