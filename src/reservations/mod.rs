//! Reservations: their states, and checkout.

pub mod history;
mod known;
mod model;
pub mod placed;
pub mod queries;
pub mod routes;
pub mod store;
mod view;

pub use known::KnownSkus;
pub use model::{Hold, Reservation, ReservationId, ReservationStatus, UserId};
pub use view::ReservationView;
