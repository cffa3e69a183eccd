//! Reservations: their states, and checkout.

pub mod history;
mod index;
mod model;
pub mod placed;
pub mod queries;
pub mod store;

pub use index::ReservationIndex;
pub use model::{Hold, Reservation, ReservationId, ReservationStatus, UserId};
