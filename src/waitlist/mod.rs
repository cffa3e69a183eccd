//! The waitlist: strictly first in, first out.

mod model;
pub mod routes;
pub mod store;

pub use model::{Place, Sequence};
