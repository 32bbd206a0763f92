//! The report of the demonstration: for each call, what was received, the timeline, and the truth.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use call_engine::CallView;
use call_engine::call_core::{Basis, CallState, Timeline, Timestamp};
use call_engine::call_msgraph::{Delivery, DeliveryKind, explain};
use call_transport_mock::internal::last_write_wins;
use call_transport_mock::{Agreement, Knowable, Ledger, News, Report as Reported, Truth};

use crate::demo::stage::SPEED;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const ODD: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// A call of the demonstration.
pub(super) struct Played {
    /// Number of its row; `None` for an incoming call.
    pub(super) number: Option<usize>,
    pub(super) name: &'static str,
    pub(super) story: &'static str,
    pub(super) truth: Truth,
    /// View of the engine; `None` if it received nothing about the call.
    pub(super) view: Option<CallView>,
}

pub(super) struct Report {
    calls: Vec<Judged>,
    seed: u64,
    posts: usize,
    empty: usize,
    /// Number of lost create requests.
    lost: usize,
}

struct Judged {
    played: Played,
    arrived: Vec<Arrived>,
    agreement: Agreement,
    /// States of a handler that believes the last notification.
    last_write: Vec<CallState>,
    /// Observable steps of the truth.
    reported: BTreeSet<usize>,
}

struct Arrived {
    words: String,
    after: Duration,
    /// Whether it is out of order or repeated.
    is_odd: bool,
}

impl Report {
    pub(super) fn new(
        mut calls: Vec<Played>,
        deliveries: &[Delivery],
        ledger: &Ledger,
        reorder_window: Duration,
        seed: u64,
        lost: usize,
    ) -> Self {
        calls.sort_by_key(|call| (call.number.is_none(), call.number));
        let is_post = |delivery: &&Delivery| delivery.kind == DeliveryKind::Notification;
        let posts = deliveries.iter().filter(is_post).count();
        let empty = deliveries.iter().filter(is_post).filter(|delivery| delivery.body.is_empty()).count();
        let by_call = ledger.by_call(deliveries);
        let judge = |call: Played| {
            let received = by_call.get(&call.truth.call).map_or(&[][..], Vec::as_slice);
            Judged::new(call, received, ledger, reorder_window)
        };
        let calls = calls.into_iter().map(judge).collect();
        Self { calls, seed, posts, empty, lost }
    }

    pub(super) fn all_agree(&self) -> bool {
        self.calls.iter().all(|call| call.agreement.disagreement.is_none())
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for call in &self.calls {
            call.write(out)?;
        }
        let (all, right) = (self.calls.len(), self.calls.iter().filter(|call| call.is_right()).count());
        let last_write = self.calls.iter().filter(|call| call.last_write_is_right()).count();
        let hidden = self.calls.iter().filter(|call| !call.agreement.is_order_observable).count();
        let style = if right == all { GOOD } else { BAD };
        writeln!(
            out,
            "{BOLD}{all} calls, {} posts, {} of them empty; seed {}{BOLD:#}",
            self.posts, self.empty, self.seed
        )?;
        if self.lost > 0 {
            let requests = if self.lost == 1 { "request" } else { "requests" };
            writeln!(out, "  {} {requests} lost on the network, so no call was created", self.lost)?;
        }
        writeln!(out, "  {style}the engine        {right} of {all} timelines equal the observable truth{style:#}")?;
        if hidden > 0 {
            writeln!(
                out,
                "                    ({hidden} of them received too late to show the order while connected)"
            )?;
        }
        writeln!(out, "  {ODD}last write wins   {last_write} of {all} state sequences are right{ODD:#}")
    }
}

impl Judged {
    fn new(played: Played, deliveries: &[&Delivery], ledger: &Ledger, window: Duration) -> Self {
        let truth = &played.truth;
        let nothing = Timeline::default();
        let timeline = played.view.as_ref().map_or(&nothing, |view| &view.timeline);
        let agreement = Agreement::of(truth, ledger, deliveries.iter().copied(), window, timeline);
        let knowable = Knowable::of(truth, ledger, deliveries.iter().copied(), window);
        let reported = knowable.facts.iter().map(|fact| fact.step).collect();
        let arrived = arrivals(truth, deliveries, ledger);
        Self { last_write: last_write_wins(&knowable), arrived, agreement, reported, played }
    }

    fn is_right(&self) -> bool {
        self.agreement.disagreement.is_none()
    }

    /// Returns whether the handler that believes the last notification has the observable states.
    fn last_write_is_right(&self) -> bool {
        let reported = self.reported.iter().filter_map(|step| Some(self.played.truth.steps.get(*step)?.state));
        let mut reported: Vec<_> = reported.collect();
        reported.dedup();
        self.last_write == reported
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let Played { name, story, truth, view, .. } = &self.played;
        let (mark, style) = if self.is_right() { ("ok", GOOD) } else { ("WRONG", BAD) };
        writeln!(out, "{style}{mark:5}{style:#} {BOLD}{name}{BOLD:#}, {story}  {DIM}{}{DIM:#}", truth.call)?;
        write!(out, "      received  ")?;
        if self.arrived.is_empty() {
            write!(out, "nothing")?;
        }
        for (at, arrived) in self.arrived.iter().enumerate() {
            let (after, comma) = (arrived.after.as_secs_f64(), if at == 0 { "" } else { ", " });
            let style = if arrived.is_odd { ODD } else { Style::new() };
            write!(out, "{comma}{DIM}{after:.1}{DIM:#} {style}{}{style:#}", arrived.words)?;
        }
        writeln!(out)?;
        write!(out, "      timeline ")?;
        for step in view.iter().flat_map(|view| &view.timeline.steps) {
            match &step.basis {
                Basis::Observed(_) => write!(out, " {}", step.state)?,
                Basis::Inferred(_) => write!(out, " {DIM}~{}{DIM:#}", step.state)?,
            }
        }
        let result = view.iter().find_map(|view| view.timeline.result.as_ref());
        if let Some((code, subcode)) = result.and_then(|result| result.code.zip(result.subcode)) {
            let meaning = explain(code, subcode).map_or("", |known| known.meaning.trim_end_matches('.'));
            write!(out, "  {code}/{subcode} {DIM}{meaning}{DIM:#}")?;
        }
        writeln!(out)?;
        write!(out, "      truth    ")?;
        for (at, step) in truth.steps.iter().enumerate() {
            match self.reported.contains(&at) {
                true => write!(out, " {}", step.state)?,
                false => write!(out, " {DIM}({}){DIM:#}", step.state)?,
            }
        }
        if !truth.has_ended() {
            write!(out, "  {DIM}and continues, because the bot received nothing about it{DIM:#}")?;
        }
        writeln!(out)?;
        if !self.last_write_is_right() {
            let states: Vec<_> = self.last_write.iter().map(|state| state.as_str()).collect();
            writeln!(out, "      {DIM}last write wins: {}{DIM:#}", states.join(" "))?;
        }
        if let Some(disagreement) = &self.agreement.disagreement {
            writeln!(out, "      {BAD}{disagreement}{BAD:#}")?;
        }
        writeln!(out)
    }
}

/// Lists what was received about a call, in order.
fn arrivals(truth: &Truth, deliveries: &[&Delivery], ledger: &Ledger) -> Vec<Arrived> {
    let began_at = truth.steps.first().map_or(Timestamp::MIN, |step| step.entered_at);
    let (mut seen, mut latest) = (BTreeSet::new(), 0);
    let mut arrived = Vec::new();
    for delivery in deliveries {
        let after = delivery.stamp.received_at.saturating_since(began_at) * SPEED;
        let mut add = |words: String, is_odd| arrived.push(Arrived { words, after, is_odd });
        let DeliveryKind::Notification = delivery.kind else {
            if delivery.call.as_ref() == Some(&truth.call) {
                add(reply(delivery.kind), false);
            }
            continue;
        };
        let id = delivery.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
        let reports = if delivery.body.is_empty() { &[] } else { ledger.reports(&id) };
        for (index, report) in reports.iter().enumerate().filter(|(_, report)| report.call == truth.call) {
            let is_again = !seen.insert((id.trim_end_matches("-again").to_owned(), index));
            let is_late = report.step.is_some_and(|step| step < latest);
            latest = latest.max(report.step.unwrap_or(0));
            add(format!("{}{}", news(truth, report), if is_again { " again" } else { "" }), is_again || is_late);
        }
    }
    arrived
}

fn news(truth: &Truth, report: &Reported) -> &'static str {
    let state = report.step.and_then(|step| truth.steps.get(step)).map(|step| step.state.as_str());
    state.unwrap_or(match &report.news {
        News::Roster => "roster",
        News::Shared(_) => "sharing",
        News::SharingEnded(_) => "sharing ended",
        News::Operation(_) => "operation",
        News::None | News::Result | _ => "something",
    })
}

fn reply(kind: DeliveryKind) -> String {
    match kind {
        DeliveryKind::CreateResponse => "[created]".to_owned(),
        DeliveryKind::Gone => "[404]".to_owned(),
        DeliveryKind::Accepted(command) => format!("[{command} accepted]"),
        DeliveryKind::Snapshot | DeliveryKind::Notification | _ => "[snapshot]".to_owned(),
    }
}
