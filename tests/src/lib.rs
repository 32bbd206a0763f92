//! What the test binaries share: a brute-force oracle, and how the core is held against it.

pub mod compare;
pub mod drive;
pub mod fuzz;
pub mod host;
pub mod kept;
pub mod oracle;
pub mod parts;
pub mod replica;
pub mod replies;
pub mod scenario;
pub mod strategies;
pub mod world;

/// The code of the guide runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
struct EmbeddingGuide;

/// And that of the guide to the engine.
#[cfg(doctest)]
#[doc = include_str!("../../docs/engine.md")]
struct EngineGuide;

/// And that of the guide to the simulated service.
#[cfg(doctest)]
#[doc = include_str!("../../docs/simulation.md")]
struct SimulationGuide;

/// And that of the guide to operating a bot.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guides/operate.md")]
struct OperatingGuide;
