//! Shared by all test binaries: a brute-force oracle, reference models, hosts, and scenarios. Also runs the code of all documents.

pub mod accuracy;
pub mod compare;
pub mod drive;
pub mod fuzz;
pub mod host;
pub mod kept;
pub mod lossy;
pub mod operations_page;
pub mod oracle;
pub mod parts;
pub mod replica;
pub mod replies;
pub mod scenario;
pub mod strategies;
pub mod world;

/// The code blocks of the documents run as tests.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../docs/embedding.md")]
    struct EmbeddingGuide;
    #[doc = include_str!("../../docs/outcomes.md")]
    struct OutcomesGuide;
    #[doc = include_str!("../../docs/engine.md")]
    struct EngineGuide;
    #[doc = include_str!("../../docs/simulation.md")]
    struct SimulationGuide;
    #[doc = include_str!("../../docs/guides/operate.md")]
    struct OperatingGuide;
    #[doc = include_str!("../../crates/call-core/README.md")]
    struct CallCoreReadme;
    #[doc = include_str!("../../crates/call-msgraph/README.md")]
    struct CallMsgraphReadme;
    #[doc = include_str!("../../crates/call-transport/README.md")]
    struct CallTransportReadme;
    #[doc = include_str!("../../crates/call-transport-http/README.md")]
    struct CallTransportHttpReadme;
    #[doc = include_str!("../../crates/call-transport-mock/README.md")]
    struct CallTransportMockReadme;
    #[doc = include_str!("../../crates/call-journal/README.md")]
    struct CallJournalReadme;
    #[doc = include_str!("../../crates/call-engine/README.md")]
    struct CallEngineReadme;
}
