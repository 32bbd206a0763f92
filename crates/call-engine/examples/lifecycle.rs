//! Creates a call, answers a call, and restarts: the new engine continues where the old one stopped.
//!
//! ```console
//! $ cargo run --package call-engine --example lifecycle
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use call_engine::call_core::CallState;
use call_engine::call_journal::SqliteJournal;
use call_engine::call_msgraph::{Account, Answer, CallbackUri, CreateCall, MediaConfig};
use call_engine::{Engine, EngineSettings, IncomingCalls};
use call_transport_mock::{ServiceSettings, SimulatedService, SimulationSettings, Story};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The simulated service, at 50 times the speed of a real one.
    let service = ServiceSettings { seed: 7, speed: 50, ..ServiceSettings::default() };
    let service = SimulatedService::start(SimulationSettings { service, ..SimulationSettings::default() });
    let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
    let directory = tempfile::tempdir()?;

    // Create a call.
    let (engine, mut incoming) = start(&service, &callback, directory.path()).await?;
    service.set_next_story(Story::Endless);
    let callee = Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8")?;
    let create = CreateCall::to_user(callback.clone(), &callee, &MediaConfig::service_hosted());
    let created = engine.create_call(create).await?;
    created.wait_has_been(CallState::Established).await?;
    println!("created  {}: {:?}", created.id(), created.timeline().states());

    // Answer a call.
    service.set_next_story(Story::Endless);
    service.ring(callback.as_str());
    let offered = incoming.next().await.ok_or("the engine has stopped")?;
    let answered = offered.answer(Answer::new(&MediaConfig::service_hosted())).await?;
    answered.wait_has_been(CallState::Established).await?;
    println!("answered {}: {:?}", answered.id(), answered.timeline().states());

    // Restart. The engine hangs up no call, and the journal has everything that was acknowledged.
    engine.shutdown().await;
    let (engine, _incoming) = start(&service, &callback, directory.path()).await?;
    println!("restored {} calls from {} records", engine.restored().calls, engine.restored().records);
    let call = engine.call(created.id()).await.ok_or("the engine follows the call again")?;
    call.hang_up().await?;
    let result = call.wait_ended().await?.map_or("without a result".to_owned(), |result| format!("with {result}"));
    println!("ended    {} {result}", call.id());
    engine.shutdown().await;
    Ok(())
}

/// Starts an engine, and connects it to the service.
async fn start(
    service: &SimulatedService,
    callback: &CallbackUri,
    directory: &Path,
) -> Result<(Engine, IncomingCalls), Box<dyn Error>> {
    let (journal, _recovery) = SqliteJournal::open(directory)?;
    let settings = EngineSettings::new(callback.clone());
    let (engine, incoming) = Engine::start(settings, service.transport(), Arc::new(journal)).await?;
    service.connect(engine.intake());
    Ok((engine, incoming))
}
