//! How often somebody may ask: limits by user, by API key and by address.

mod cost;
mod fields;
mod forwarded;
mod layer;
mod limiter;
mod link;
mod local;
mod model;
mod origin;
mod quota;
mod settings;
mod shared;
mod tab;
mod trust;

pub use cost::Cost;
pub use layer::RateLimitLayer;
pub use limiter::Limiter;
pub use quota::Quota;
pub use settings::{Settings, SettingsError, Switch};
pub use tab::Tab;
