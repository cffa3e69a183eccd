//! How Fairhold speaks HTTP.

mod catalog;
mod extract;
mod fields;
mod figures;
mod files;
mod ids;
mod layers;
mod measure;
mod members;
mod page;
mod pages;
mod problem;
mod reply;

pub use catalog::Code;
pub use extract::{BODY_LIMIT, Body, Key, Path, Query};
pub use fields::{Fields, FromFields, number_or_digits, text, whole_number};
pub use figures::routes as metrics;
pub use files::routes as files;
pub use ids::{ReservationIdField, SkuField, UserIdField};
pub use layers::layered;
pub use page::{Page, PageRequest};
pub use pages::routes as pages;
pub use problem::{FieldError, Problem, method_not_allowed, not_found};
pub use reply::{REPLAYED, Reply};
