//! Writes what a transaction decided, in as few statements as the order of things allows.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::state::Changes;
use super::steps::Steps;
use crate::{fairness, idempotency, inventory, ledger, reservations, waitlist};

/// How many rows one statement writes at most: few enough to be a matter of moments.
const PART: usize = 4096;

/// Writes `changes`. Reservations that end are written before new ones, since a user has one
/// live reservation for a SKU at most.
pub(super) async fn write(
    connection: &mut PgConnection,
    changes: &Changes,
    now: DateTime<Utc>,
    steps: &Steps,
) -> sqlx::Result<()> {
    for part in changes.updated.chunks(PART) {
        reservations::store::update(connection, part).await?;
        steps.made();
    }
    for part in changes.created.chunks(PART) {
        reservations::store::insert(connection, part).await?;
        steps.made();
    }
    for part in changes.left.chunks(PART) {
        waitlist::store::leave(connection, part).await?;
        steps.made();
    }
    for part in changes.joined.chunks(PART) {
        waitlist::store::join(connection, part).await?;
        steps.made();
    }
    for part in changes.behaviors.chunks(PART) {
        fairness::store::upsert(connection, part).await?;
        steps.made();
    }
    for part in changes.ledger.chunks(PART) {
        ledger::store::append(connection, part).await?;
        steps.made();
    }
    for part in changes.keys.chunks(PART) {
        idempotency::store::insert(connection, part, now).await?;
        steps.made();
    }
    for part in changes.inventories.chunks(PART) {
        inventory::store::update(connection, part).await?;
        steps.made();
    }
    Ok(())
}
