//! Runs the demonstration.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use call_engine::call_core::CallId;
use call_engine::call_msgraph::Delivery;
use call_engine::call_transport::BoxError;
use call_engine::{CallHandle, IncomingCalls};
use call_transport_mock::sample_requests;
use tokio::task::JoinSet;

use crate::demo::bot::Bot;
use crate::demo::page::write_page;
use crate::demo::report::{Played, Report};
use crate::demo::rows::Rows;
use crate::demo::stage::{Stage, fast};
use crate::exit;
use crate::terminal::{complain, finish};

/// The command `demo`.
pub(crate) struct Demo {
    pub(crate) calls: usize,
    /// Seed of all random choices; `None` chooses one.
    pub(crate) seed: Option<u64>,
    /// File for the report as a page.
    pub(crate) report: Option<PathBuf>,
    pub(crate) color: ColorChoice,
}

const INCOMING: &str = "incoming";

impl Demo {
    /// Runs, writes the report and returns the exit status.
    pub(crate) fn run(&self) -> u8 {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let played = runtime.map_err(BoxError::from).and_then(|runtime| runtime.block_on(self.play()));
        match played {
            Ok((report, deliveries)) => {
                if let Some(file) = &self.report
                    && let Err(error) = write_page(file, &deliveries)
                {
                    complain(&format!("error: cannot write {}: {error}\n", file.display()));
                    return exit::IO;
                }
                let mut out = AutoStream::new(std::io::stdout().lock(), self.color);
                let mut written = report.write(&mut out);
                if let Some(file) = &self.report {
                    written = written.and_then(|()| writeln!(out, "  the report is in {}", file.display()));
                }
                let written = written.and_then(|()| out.flush());
                finish(written, || if report.all_agree() { 0 } else { exit::DIFFERS })
            }
            Err(error) => {
                complain(&format!("error: cannot run the demonstration: {error}\n"));
                exit::IO
            }
        }
    }

    async fn play(&self) -> Result<(Report, Vec<Delivery>), BoxError> {
        let seed = self.seed.unwrap_or_else(|| u64::from(fastrand::u16(..)));
        let Stage { service, engine, incoming, journal, reorder_window, callback } = Stage::set(seed).await?;
        let samples = sample_requests(&callback)?;
        let name = |number: usize| samples.get(number % (samples.len() + 1)).map_or(INCOMING, |(name, _)| name);
        let names: Vec<_> = (0..self.calls).map(name).collect();
        let rows = Arc::new(Rows::new(&names));
        let bot = Bot::new(engine.clone())?;

        let mut playing: JoinSet<Option<(usize, CallHandle)>> = JoinSet::new();
        let ringing = (0..self.calls).filter(|number| names[*number] == INCOMING).collect();
        let service = Arc::new(service);
        let mut answering =
            tokio::spawn(answer(incoming, ringing, bot.clone(), Arc::clone(&service), Arc::clone(&rows)));
        let pause = fast(2).min(Duration::from_secs(8) / u32::try_from(self.calls.max(1)).unwrap_or(u32::MAX));
        for number in 0..self.calls {
            tokio::time::sleep(pause).await;
            let Some((_, create)) = samples.get(number % (samples.len() + 1)) else {
                service.ring(callback.as_str());
                continue;
            };
            let (bot, create, rows, service) = (bot.clone(), create.clone(), Arc::clone(&rows), Arc::clone(&service));
            playing.spawn(async move {
                rows.show(number, || "asked for".to_owned());
                let call = bot.create(create).await;
                if let Some(call) = &call {
                    let story = service.story(call.id());
                    tokio::join!(bot.play(call, story), watch(call, number, &rows));
                } else {
                    rows.show(number, || "the request was lost, so there is no call".to_owned());
                }
                rows.finish(number);
                Some((number, call?))
            });
        }
        let mut played = BTreeMap::new();
        let all = async {
            while let Some(done) = playing.join_next().await {
                played.extend(done?);
            }
            Ok::<_, tokio::task::JoinError>(())
        };
        tokio::time::timeout(longest(self.calls), all).await.map_err(|_| "the calls did not end in time")??;
        // Incoming calls end soon. A call about which the bot received nothing continues, because the bot cannot hang up.
        let over = async {
            while service.truths().iter().any(|truth| !truth.has_ended()) {
                tokio::time::sleep(fast(2)).await;
            }
        };
        let _ = tokio::time::timeout(fast(300), over).await;
        // Messages that are still in flight may arrive.
        tokio::time::sleep(fast(62)).await;

        let mut calls = Vec::new();
        let by_id: BTreeMap<CallId, usize> = played.iter().map(|(number, call)| (call.id().clone(), *number)).collect();
        for truth in service.truths() {
            let view = engine.call(&truth.call).await.map(|call| call.view());
            let name = by_id.get(&truth.call).map_or(INCOMING, |number| names[*number]);
            let story = service.story(&truth.call).map_or("", |story| story.as_str());
            let number = by_id.get(&truth.call).copied();
            calls.push(Played { number, name, story, truth, view });
        }
        engine.shutdown().await;
        answering.abort();
        drop((&mut answering).await);
        rows.clear();
        let lost = names.iter().filter(|name| **name != INCOMING).count() - played.len();
        let deliveries = journal.deliveries();
        let report = Report::new(calls, &deliveries, &service.ledger(), reorder_window, seed, lost);
        Ok((report, deliveries))
    }
}

/// Maximum duration.
fn longest(calls: usize) -> Duration {
    Duration::from_secs(60) + Duration::from_millis(20) * u32::try_from(calls).unwrap_or(u32::MAX)
}

/// Accepts incoming calls, each with its own row.
async fn answer(
    mut incoming: IncomingCalls,
    numbers: Vec<usize>,
    bot: Bot,
    service: Arc<call_transport_mock::SimulatedService>,
    rows: Arc<Rows>,
) {
    let mut taken = JoinSet::new();
    let mut numbers = numbers.into_iter();
    while let Some(offered) = incoming.next().await {
        let (bot, rows, number, service) = (bot.clone(), Arc::clone(&rows), numbers.next(), Arc::clone(&service));
        taken.spawn(async move {
            let Some(call) = bot.take(offered).await else { return };
            let story = service.story(call.id());
            match number {
                Some(number) => {
                    tokio::join!(bot.play(&call, story), watch(&call, number, &rows));
                    rows.finish(number);
                }
                None => bot.play(&call, story).await,
            }
        });
    }
}

/// Shows the states of a call live.
async fn watch(call: &CallHandle, number: usize, rows: &Rows) {
    let mut events = call.events();
    loop {
        let view = call.view();
        rows.show(number, || {
            let states: Vec<_> = view.timeline.steps.iter().map(|step| step.state.as_str()).collect();
            states.join(" > ")
        });
        if view.has_ended() || events.next().await.is_none() {
            return;
        }
    }
}
