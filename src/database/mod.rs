//! The database: how Fairhold finds or starts it, and what it asserts of it.

pub mod embedded;
