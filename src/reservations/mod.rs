//! Reservations: their states, and checkout.

pub mod history;
mod model;
pub mod queries;
pub mod routes;
pub mod store;
mod view;

pub use model::{Hold, Reservation, ReservationId, ReservationStatus, UserId};
pub use view::ReservationView;
