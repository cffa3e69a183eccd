//! Fairhold: inventory reservations that never oversell.
//!
//! | Module | What it is |
//! | --- | --- |
//! | [`allocation`] | the heart: who gets stock, decided in transactions that lock the SKU's row |
//! | [`inventory`], [`reservations`], [`waitlist`], [`fairness`], [`ledger`], [`idempotency`] | the parts of the domain: types and rules, SQL, HTTP |
//! | [`analytics`] | inventory health and insight |
//! | [`live`] | server-sent events that tell how stock and reservations stand |
//! | [`access`] | who may do what: API keys, shoppers' tokens, the gate in front of all routes |
//! | [`limits`] | how often somebody may ask, by user, API key and address |
//! | [`audit`] | proves the rules from the books |
//! | [`retention`] | moves reservations that ended long ago into the history |
//! | [`database`] | connecting, migrating, and the embedded PostgreSQL |
//! | [`connections`] | clients, let in, waited for within limits, and drained |
//! | [`http`] | how Fairhold speaks HTTP |
//! | [`api`] | every route, with its permission, cost and OpenAPI operation |
//! | [`config`], [`telemetry`], [`health`], [`server`] | settings, what an operator sees, readiness, and the service as a whole |

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
pub mod reservations;
pub mod retention;
pub mod server;
pub mod telemetry;
pub mod waitlist;
