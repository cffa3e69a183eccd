//! The waitlist: strictly first in, first out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Sequence;

/// Where a waiting reservation stands in its SKU's waitlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaitlistPosition {
    /// Its order in the waitlist: the lowest sequence is served first.
    pub sequence: Sequence,
    /// How many must be served until it is: 1 is next.
    #[schemars(range(min = 1))]
    pub position: i64,
}
