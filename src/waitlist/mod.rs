//! The waitlist: strictly first in, first out.

mod model;
mod parts;
pub mod store;

pub use model::{Place, Sequence};
