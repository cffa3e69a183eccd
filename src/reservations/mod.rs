//! Reservations: their states, and checkout.

pub mod history;
mod index;
pub mod placed;
pub mod queries;
pub mod store;

pub use fairhold_core::ids::{ReservationId, UserId};
pub use fairhold_core::reservations::{Hold, Reservation, ReservationStatus};
pub use index::ReservationIndex;
