//! Service, network and bots together: whatever the network does, the timelines are the truth, as far as it can be known.

mod agreement;
