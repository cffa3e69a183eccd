//! Fairhold: inventory reservations that never oversell.

pub mod database;
