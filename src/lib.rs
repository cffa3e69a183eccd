//! Fairhold: inventory reservations that never oversell.
//!
//! | Module | What it is |
//! | --- | --- |
//! | [`server`] | starts and drains the service |
//! | [`config`] | the settings |
//! | [`api`] | every route, with its permission, cost and OpenAPI operation |
//! | [`health`] | liveness and readiness |
//! | [`limits`] | rate limits by user, API key and address |
//! | [`access`] | authentication and permissions |
//! | [`connections`] | accepts, serves and drains client connections |
//! | [`allocation`] | lanes: decide who gets stock, in transactions that lock the SKU's row |
//! | [`audit`], [`retention`] | proves the rules from the tables; moves old reservations into the history |
//! | [`live`] | server-sent events of stock and reservations |
//! | [`analytics`] | inventory health, figures over time, and insight |
//! | [`inventory`], [`reservations`], [`waitlist`], [`fairness`], [`ledger`], [`idempotency`] | the domain: types, rules and SQL |
//! | [`http`] | the HTTP kit: routes, extractors, problems and OpenAPI; knows no feature |
//! | [`database`], [`deadline`], `local_url`, [`periodic`], [`telemetry`] | pools and migrations; deadlines; URLs of this machine; loops of jobs; logs, metrics and traces |
//!
//! A module uses only modules of its own row and of those below (`tests/architecture`).

pub mod access;
pub mod allocation;
pub mod analytics;
pub mod api;
pub mod audit;
pub mod config;
pub mod connections;
pub mod database;
pub mod deadline;
pub mod fairness;
pub mod health;
pub mod http;
pub mod idempotency;
pub mod inventory;
pub mod ledger;
pub mod limits;
pub mod live;
mod local_url;
pub mod memory_budget;
pub mod periodic;
pub mod reservations;
pub mod retention;
pub mod server;
pub mod telemetry;
pub mod waitlist;
