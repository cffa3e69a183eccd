//! Reservations: their states, and checkout.

pub mod history;
mod known;
pub mod placed;
pub mod queries;
pub mod routes;
pub mod store;
mod view;

pub use fairhold_core::ids::{ReservationId, UserId};
pub use fairhold_core::reservations::{Hold, Reservation, ReservationStatus};
pub use known::KnownSkus;
pub use view::ReservationView;
