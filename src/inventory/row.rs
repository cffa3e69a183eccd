//! Rows of the table `skus`. All queries select their columns by one macro.

use chrono::{DateTime, Utc};
use fairhold_core::ids::Sku;
use fairhold_core::inventory::Inventory;

use crate::database::wrong_row;

#[derive(Debug)]
pub(super) struct InventoryRow {
    pub(super) sku: String,
    pub(super) total_quantity: i64,
    pub(super) available_quantity: i64,
    pub(super) reserved_quantity: i64,
    pub(super) sold_quantity: i64,
    pub(super) waitlist_size: i64,
    pub(super) waitlist_quantity: i64,
    pub(super) waitlist_limit: Option<i64>,
    pub(super) last_sequence: i64,
    pub(super) hold_ttl_seconds: i32,
    pub(super) serving: bool,
    pub(super) version: i64,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    /// The clock as the row was read, in queries that ask for it.
    pub(super) now: Option<DateTime<Utc>>,
    /// Whether a commit would be durable, in queries that ask for it.
    pub(super) durable: Option<bool>,
}

/// Selects [`InventoryRow`]s. `from` is the query behind the columns, in which SKUs are named `s`;
/// `with` is what precedes them. All parts are literals, since the query is checked at compile time.
macro_rules! select_inventories {
    (
        with: $with:tt, now: $now:tt, durable: $durable:tt, from: $from:tt,
        $($arguments:tt)*
    ) => {
        sqlx::query_as!(
            $crate::inventory::row::InventoryRow,
            $with + r#"
            select
                s.sku as "sku!", s.total_quantity as "total_quantity!",
                s.available_quantity as "available_quantity!",
                s.reserved_quantity as "reserved_quantity!", s.sold_quantity as "sold_quantity!",
                s.waitlist_size as "waitlist_size!", s.waitlist_quantity as "waitlist_quantity!",
                s.waitlist_limit, s.last_sequence as "last_sequence!",
                s.hold_ttl_seconds as "hold_ttl_seconds!", s.serving as "serving!",
                s.version as "version!", s.created_at as "created_at!",
                s.updated_at as "updated_at!",
                "# + $now + r#" as "now?", "# + $durable + r#" as "durable?"
            "# + $from,
            $($arguments)*
        )
    };
}

pub(super) use select_inventories;

impl TryFrom<InventoryRow> for Inventory {
    type Error = sqlx::Error;

    fn try_from(row: InventoryRow) -> Result<Self, Self::Error> {
        Ok(Self {
            sku: Sku::parse(&row.sku).map_err(wrong_row)?,
            total_quantity: row.total_quantity,
            available_quantity: row.available_quantity,
            reserved_quantity: row.reserved_quantity,
            sold_quantity: row.sold_quantity,
            waitlist_size: row.waitlist_size,
            waitlist_quantity: row.waitlist_quantity,
            waitlist_limit: row.waitlist_limit,
            last_sequence: row.last_sequence,
            hold_ttl_seconds: row.hold_ttl_seconds,
            serving: row.serving,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
