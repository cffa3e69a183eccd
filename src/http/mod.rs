//! How Fairhold speaks HTTP.

mod around;
mod catalog;
mod digits;
mod events;
mod extract;
mod fields;
mod figures;
mod files;
mod ids;
mod layers;
mod measure;
mod members;
mod openapi;
mod page;
mod pages;
mod problem;
mod reply;
mod rules;

pub use around::{Around, AroundLayer, Behind, Surrounded};
pub use catalog::Code;
pub use events::Events;
pub use extract::{BODY_LIMIT, Body, Key, Path, Query};
pub use fields::{Fields, FromFields};
pub use figures::routes as metrics;
pub use files::routes as files;
pub use ids::{ReservationIdField, SkuField, UserIdField};
pub use layers::{layered, only_by_tls};
pub use openapi::{Call, Documented, Input, Output, Routes, Shared, Sketch, docs};
pub use page::{Page, PageRequest};
pub use pages::routes as pages;
pub use problem::{FieldError, Problem, method_not_allowed, not_found};
pub use reply::{REPLAYED, Reply};
pub use rules::{
    About, Digits, NumberOrDigits, OrEmpty, OrNull, Rule, Text, WholeNumber, digits,
    number_or_digits, or_empty, or_null, text, whole_number,
};
