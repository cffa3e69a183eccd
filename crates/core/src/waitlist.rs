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
    /// Whether its quantity is at most `total_quantity - sold_quantity`, the units that could still
    /// come to it. One that is not keeps its place, and those behind it are served meanwhile.
    #[serde(default = "servable")]
    pub servable: bool,
}

/// For keys that were stored before there was the member.
fn servable() -> bool {
    true
}
