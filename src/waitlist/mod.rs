//! The waitlist: strictly first in, first out.

mod part_counts;
pub mod store;

pub use fairhold_core::ids::Sequence;
pub use fairhold_core::waitlist::WaitlistPosition;
