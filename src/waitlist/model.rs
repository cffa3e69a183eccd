//! Who waits, and in which order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The order of a SKU's waitlist: lower is served first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Sequence(#[schemars(range(min = 1))] pub i64);

/// Where a waiting reservation stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Its number in the order of the waitlist.
    pub sequence: Sequence,
    /// How many must be served until it is: 1 is next.
    #[schemars(range(min = 1))]
    pub position: i64,
}
