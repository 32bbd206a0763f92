//! What the core guarantees, one file for each guarantee.

mod g10_total;
mod g1_convergence;
mod g2_reordering;
mod g3_no_regress;
mod g4_legality;
mod g5_parsimony;
mod g6_incremental;
mod g7_feed;
mod g8_settles;
mod g9_bounded;
