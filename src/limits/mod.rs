//! Rate limits by user, API key and client address.

mod client_ip;
mod cost;
mod forwarded;
mod gcra;
mod headers;
mod layer;
mod limiter;
mod memory_store;
mod model;
mod quota;
mod redis_connection;
mod redis_store;
mod redis_tls;
mod request_cost;
mod settings;

pub use cost::Cost;
pub use layer::RateLimitLayer;
pub use limiter::Limiter;
pub use quota::Quota;
pub use request_cost::RequestCost;
pub use settings::{LimitSettings, LimitSettingsError, Switch};

#[cfg(test)]
mod tests;
