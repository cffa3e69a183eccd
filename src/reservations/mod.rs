//! Reservations: their states, and checkout.

pub mod history;
mod index;
pub mod queries;
pub(crate) mod row;
pub mod store;

pub use fairhold_core::ids::{ReservationId, UserId};
pub use fairhold_core::reservations::{Hold, Reservation, ReservationStatus};
pub use index::ReservationIndex;
pub use row::WithPosition;
