//! The HTTP contract and the command line, held against the real service on a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod service;

mod age;
mod analytics;
mod audit;
mod bodies;
mod cancel;
mod command_line;
mod confirm;
mod contract;
mod expiry;
mod failures;
mod fairness;
mod files;
mod headers;
mod history;
mod holds;
mod init;
mod insight;
mod keys;
mod ledger;
mod line;
mod lists;
mod long_line;
mod many_ended;
mod outage;
mod overload;
mod problems;
mod replays;
mod reserve;
mod restock;
mod retention;
mod schema;
mod servable;
mod settings;
mod stop;
mod users;
mod vitals;
