//! Operating the database: backups, standbys, durability, audits, and the queries of docs/auditing.md.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod audit;
mod auditor;
mod cut_short;
mod dumps;
mod durability;
mod incompatible;
mod page;
mod point_in_time;
mod sale;
mod standby;
