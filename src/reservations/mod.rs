//! Reservations: their states, and checkout.

pub mod history;
mod index;
pub mod query;
pub mod routes;
pub(crate) mod row;
pub mod store;
mod view;

pub use fairhold_core::ids::{ReservationId, UserId};
pub use fairhold_core::reservations::{Hold, Reservation, ReservationStatus};
pub use index::ReservationIndex;
pub use row::WithPosition;
pub use view::ReservationView;
