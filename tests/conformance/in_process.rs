//! The in-process transport of the simulated service.

use std::sync::Arc;

use call_msgraph::CallbackUri;
use call_transport::conformance::{Fault as TransportFault, Harness, check};
use call_transport::{Intake, Transport};
use call_transport_mock::{Fault, SimulatedService, SimulationSettings, Story};

pub(crate) struct InProcess(SimulatedService);

impl InProcess {
    pub(crate) fn start() -> Self {
        let service = SimulatedService::start(SimulationSettings::default());
        service.set_next_story(Story::Endless);
        Self(service)
    }
}

impl Harness for InProcess {
    fn transport(&self) -> Arc<dyn Transport> {
        self.0.transport()
    }

    fn connect(&self, intake: Arc<dyn Intake>) {
        self.0.connect(intake);
    }

    fn callback(&self) -> CallbackUri {
        CallbackUri::new("https://bot.contoso.com/callback").expect("an https address")
    }

    fn calls(&self) -> usize {
        self.0.truths().len()
    }

    fn inject(&self, fault: TransportFault) {
        self.0.fail_next(match fault {
            TransportFault::NotSent => Fault::NotSent,
            TransportFault::Throttled(pause) => Fault::Throttled(pause),
            TransportFault::ResponseLost => Fault::ResponseLost,
            other => panic!("{other:?} cannot be injected here"),
        });
    }
}

#[tokio::test(start_paused = true)]
async fn the_simulated_service_passes_the_conformance_suite() {
    check(|| Box::new(InProcess::start())).await;
}
