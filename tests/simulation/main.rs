//! Service, network and bots together: with any network, the timelines match the truth as far as it can be known.

mod accuracy;
mod agreement;
