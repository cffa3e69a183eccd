//! Reservations: their states, and checkout.

pub mod history;
mod known;
mod model;
pub mod placed;
pub mod queries;
pub mod store;

pub use known::KnownSkus;
pub use model::{Hold, Reservation, ReservationId, ReservationStatus, UserId};
