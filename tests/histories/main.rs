//! The checker of histories, held against histories by hand and against shops with a fault each.

mod shop;
mod storms;
mod twins;
