//! The HTTP kit: routes, extractors, problems, middleware and the OpenAPI document. It knows no feature.

mod digit_pattern;
mod events;
mod extract;
mod field_reader;
mod field_rules;
mod json_members;
mod json_reply;
mod layers;
mod middleware;
mod openapi;
mod page;
mod problem;
mod problem_type;
mod request_deadline;
mod request_metrics;
mod response_memory;
mod routes;

pub use events::Events;
pub use extract::{BODY_LIMIT, Body, Path, Query};
pub use field_reader::{Fields, FromFields};
pub use field_rules::{
    About, Digits, NumberOrDigits, OrEmpty, OrNull, Rule, Text, WholeNumber, digits,
    number_or_digits, or_empty, or_null, text, whole_number,
};
pub use json_reply::{REPLAYED, Reply};
pub use layers::{layered, with_hsts};
pub use middleware::{Middleware, MiddlewareLayer, MiddlewareService, Next};
pub use openapi::{
    Documented, Input, Operation, OperationBuilder, OperationPolicy, Output, StateErrors,
};
pub use page::{Page, PageRequest};
pub use problem::{FieldError, Problem, ProblemMembers, method_not_allowed, not_found};
pub use problem_type::ProblemType;
pub use response_memory::SharedBody;
pub use routes::Routes;
