//! Plays a menu, collects digits, transfers the call, and hangs up if nobody takes it. The service is simulated.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use call_engine::call_core::CallState;
use call_engine::call_journal::MemoryJournal;
use call_engine::call_msgraph::{
    Account, CallbackUri, CreateCall, Dtmf, MediaConfig, PlayPrompt, Prompt, SubscribeToTone, Transfer,
};
use call_engine::{CallHandle, Engine, EngineSettings};
use call_transport_mock::{SimulatedService, SimulationSettings};

async fn menu(call: CallHandle, agent: Account) -> Result<(), Box<dyn Error>> {
    call.wait_has_been(CallState::Established).await?;
    call.subscribe_to_tone(SubscribeToTone::new()).await?.finished().await?;
    let mut tones = call.tones(); // also has the keys that are pressed during the prompt
    let prompt = Prompt::new("https://cdn.contoso.com/menu.wav");
    call.play_prompt(PlayPrompt::new(prompt)).await?.finished().await?;
    let (pause, time) = (Duration::from_secs(5), Duration::from_secs(30));
    let digits = tones.collect_digits(6, Some(Dtmf::Pound), pause, time).await;
    println!("the caller chose {}", digits.text.expose());
    if let Err(error) = call.transfer(Transfer::to(agent)).await?.finished().await {
        println!("{error}"); // failed, with its meaning; or the call ended, or nothing tells
        call.hang_up().await?.finished().await?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = SimulatedService::start(SimulationSettings::default());
    let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
    let (journal, settings) = (Arc::new(MemoryJournal::keeping(10_000)), EngineSettings::new(callback.clone()));
    let (engine, _incoming) = Engine::start(settings, service.transport(), journal).await?;
    service.connect(engine.intake());
    let (caller, agent) =
        (Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8")?, Account::new("550fae72-d251-43ec-868c-373732c2704f")?);
    let call = engine.create_call(CreateCall::to_user(callback, &caller, &MediaConfig::service_hosted())).await?;
    menu(call, agent).await
}
