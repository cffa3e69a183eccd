//! What whoever runs Fairhold does with its database: backups, standbys, audits, questions.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod audit;
mod auditor;
mod cut_short;
mod dumps;
mod durability;
mod page;
mod point_in_time;
mod sale;
mod standby;
