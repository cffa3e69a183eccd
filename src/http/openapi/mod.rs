//! The OpenAPI document, made from the handlers themselves.
//!
//! What a handler takes and gives is told by the types of its signature ([`Input`], [`Output`]),
//! fields by the rules that read them ([`super::Rule`]), answers by the structs that are written.
//! Only words, statuses and the problems of the domain are told apart, in a [`Call`].

mod call;
mod document;
mod handler;
mod headers;
mod input;
mod problems;
mod routes;
mod shared;
mod sketch;
mod viewer;

pub use call::Call;
pub use handler::{Documented, Output};
pub use input::Input;
pub use routes::Routes;
pub use shared::Shared;
pub use sketch::Sketch;
pub use viewer::routes as docs;
