//! The OpenAPI document, made from the handlers themselves.
//!
//! What a handler takes and returns follows from the types of its signature ([`Input`], [`Output`]),
//! fields from the rules that read them ([`super::Rule`]), responses from the structs that are
//! serialized. Texts, statuses and the problems of the domain are written in an [`Operation`].

mod document;
mod endpoint;
mod handlers;
mod headers;
mod inputs;
mod operation;
mod operation_builder;
mod policy;
mod problems;
mod state_errors;

pub(super) use document::document;
pub(super) use endpoint::Endpoint;
pub use handlers::{Documented, Output};
pub use inputs::Input;
pub use operation::Operation;
pub use operation_builder::OperationBuilder;
pub use policy::OperationPolicy;
pub use state_errors::StateErrors;
