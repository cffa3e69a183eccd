//! Rivals, races, crashes: the real program in several processes at once, on a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod crash;
mod interleavings;
mod job;
mod lost_commits;
mod mix;
mod neighbors;
mod once;
mod outage;
mod places;
mod pressure;
mod rivals;
