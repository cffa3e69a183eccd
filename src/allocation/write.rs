//! Writes what a transaction decided, in as few statements as their order allows.

use chrono::{DateTime, Utc};
use fairhold_core::allocation::WriteSet;
use fairhold_core::inventory::Inventory;
use fairhold_core::ledger::LedgerEntry;
use fairhold_core::reservations::Reservation;
use sqlx::PgConnection;
use uuid::Uuid;

use super::progress::Progress;
use crate::database::ensure_rows;
use crate::inventory::store::InventoryColumns;
use crate::ledger::store::LedgerColumns;
use crate::reservations::store::ReservationColumns;
use crate::{fairness, idempotency, reservations, waitlist};

/// The most rows that one statement writes, few enough to take only moments.
const PART_ROWS: usize = 4096;

/// Writes `write_set`. Reservations that end are written before new ones, since a user has at most
/// one live reservation of a SKU.
pub(super) async fn write(
    connection: &mut PgConnection,
    write_set: &WriteSet,
    now: DateTime<Utc>,
    progress: &Progress,
) -> sqlx::Result<()> {
    for part in write_set.updated_reservations.chunks(PART_ROWS) {
        reservations::store::update(connection, part).await?;
        progress.step();
    }
    for part in write_set.waitlist_leaves.chunks(PART_ROWS) {
        waitlist::store::leave(connection, part).await?;
        progress.step();
    }
    for part in write_set.waitlist_joins.chunks(PART_ROWS) {
        waitlist::store::join(connection, part).await?;
        progress.step();
    }
    for part in write_set.updated_behaviors.chunks(PART_ROWS) {
        fairness::store::upsert(connection, part).await?;
        progress.step();
    }
    for part in write_set.new_keys.chunks(PART_ROWS) {
        idempotency::store::insert(connection, part, now).await?;
        progress.step();
    }
    let mut created = write_set.new_reservations.chunks(PART_ROWS);
    let mut ledger = write_set.ledger.chunks(PART_ROWS);
    let mut inventories = write_set.updated_inventories.chunks(PART_ROWS);
    loop {
        let part = Part {
            created: created.next().unwrap_or(&[]),
            ledger: ledger.next().unwrap_or(&[]),
            inventories: inventories.next().unwrap_or(&[]),
        };
        if part.is_empty() {
            return Ok(());
        }
        part.write(connection).await?;
        progress.step();
    }
}

/// What nearly every transaction writes, in one statement: each more would be another round trip
/// under the lock of the SKU.
struct Part<'a> {
    created: &'a [Reservation],
    ledger: &'a [LedgerEntry],
    inventories: &'a [Inventory],
}

impl Part<'_> {
    fn is_empty(&self) -> bool {
        self.created.is_empty() && self.ledger.is_empty() && self.inventories.is_empty()
    }

    async fn write(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let new = ReservationColumns::of(self.created);
        let entries = LedgerColumns::of(self.ledger);
        let skus = InventoryColumns::of(self.inventories);
        let done = sqlx::query!(
            r#"
            with created as (
                insert into reservations (
                    sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds,
                    created_at, updated_at, expires_at, fairness_score, fairness_tier,
                    fairness_reason
                )
                select * from unnest(
                    $1::text[], $2::uuid[], $3::text[], $4::integer[],
                    $5::text[]::reservation_status[], $6::bigint[], $7::integer[],
                    $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
                    $11::double precision[], $12::text[]::fairness_tier[], $13::text[]
                )
            ),
            -- Every change, in order.
            recorded as (
                insert into ledger (
                    sku, entry, kind, reservation_id, quantity, available_delta,
                    reserved_delta, sold_delta, total_delta, recorded_at, reason, actor, user_id
                )
                select * from unnest(
                    $14::text[], $15::bigint[], $16::text[]::ledger_kind[], $17::uuid[],
                    $18::integer[], $19::integer[], $20::integer[], $21::integer[],
                    $22::integer[], $23::timestamptz[], $24::text[], $25::text[], $26::text[]
                )
            )
            update skus
            set
                total_quantity = new.total_quantity,
                available_quantity = new.available_quantity,
                reserved_quantity = new.reserved_quantity,
                sold_quantity = new.sold_quantity,
                waitlist_size = new.waitlist_size,
                waitlist_quantity = new.waitlist_quantity,
                last_sequence = new.last_sequence,
                serving = new.serving,
                version = new.version,
                updated_at = new.updated_at
            from unnest(
                $27::text[], $28::bigint[], $29::bigint[], $30::bigint[], $31::bigint[],
                $32::bigint[], $33::bigint[], $34::bigint[], $35::bigint[], $36::timestamptz[],
                $37::boolean[]
            ) as new(
                sku, total_quantity, available_quantity, reserved_quantity, sold_quantity,
                waitlist_size, waitlist_quantity, last_sequence, version, updated_at, serving
            )
            where skus.sku = new.sku
            "#,
            &new.skus as &[&str],
            &new.ids,
            &new.user_ids as &[&str],
            &new.quantities,
            &new.statuses as &[&str],
            &new.sequences as &[Option<i64>],
            &new.ttls as &[Option<i32>],
            &new.created_at,
            &new.updated_at,
            &new.expires_at as &[Option<DateTime<Utc>>],
            &new.scores,
            &new.tiers as &[&str],
            &new.reasons as &[&str],
            &entries.skus as &[&str],
            &entries.numbers,
            &entries.kinds as &[&str],
            &entries.ids as &[Option<Uuid>],
            &entries.quantities,
            &entries.available,
            &entries.reserved,
            &entries.sold,
            &entries.total,
            &entries.recorded_at,
            &entries.reasons as &[Option<&str>],
            &entries.actors as &[Option<&str>],
            &entries.user_ids as &[Option<&str>],
            &skus.skus as &[&str],
            &skus.total,
            &skus.available,
            &skus.reserved,
            &skus.sold,
            &skus.waitlist_size,
            &skus.waitlist_quantity,
            &skus.last_sequence,
            &skus.version,
            &skus.updated_at,
            &skus.serving,
        )
        .execute(connection)
        .await?;
        ensure_rows(&done, self.inventories.len())
    }
}
