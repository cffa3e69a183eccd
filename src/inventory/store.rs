//! The table `skus`.

use chrono::{DateTime, Utc};
use fairhold_core::ids::{Actor, Sku};
use fairhold_core::inventory::{DefaultHoldTtl, Inventory, NewInventory};
use sqlx::{PgConnection, PgExecutor, PgPool};

use super::row::select_inventories;
use crate::database::{ensure_durable, fail_on_warning, waits_for_standbys, wrong_row};

/// Locks the rows of `skus` in the order of their names until the transaction ends, and reads the
/// clock after the last lock was acquired. `None` when none of the SKUs exists. Checks that a commit
/// would be durable, since the settings may have changed since the start.
///
/// The session's `statement_timeout` limits how long all locks together are waited for, also where one
/// transaction after another gets a row first, so that each wait for it begins anew. Once the rows are
/// locked, it is raised for the rest of the transaction.
pub async fn lock(
    connection: &mut PgConnection,
    skus: &[String],
) -> sqlx::Result<Option<(DateTime<Utc>, Vec<Inventory>)>> {
    // The rows are locked in a CTE of their own, so that the clock is read as each comes out of it,
    // locked. The last reading is the latest.
    let rows = select_inventories!(
        with: r#"
            with locked as materialized (
                select *
                from skus
                where sku = any($1)
                order by sku
                for update
            )
        "#,
        now: "clock_timestamp()",
        durable: r#"
            (
                select
                    current_setting('fsync') = 'on'
                    and current_setting('full_page_writes') = 'on'
                    and current_setting('synchronous_commit') in ('on', 'remote_apply')
                    and set_config('statement_timeout', '10s', true) is not null
            )
        "#,
        from: "from locked as s",
        skus,
    )
    .fetch_all(&mut *connection)
    .await?;

    if rows.iter().any(|row| row.durable != Some(true)) {
        ensure_durable(connection).await?;
    }
    let Some(now) = rows.iter().map(|row| row.now).max() else {
        return Ok(None);
    };
    let now = now.ok_or(wrong_row("now"))?;
    let inventories = rows.into_iter().map(Inventory::try_from);
    Ok(Some((now, inventories.collect::<sqlx::Result<_>>()?)))
}

/// Which of `skus` another transaction has locked. Locks the others until this one ends.
pub async fn locked(connection: &mut PgConnection, skus: &[String]) -> sqlx::Result<Vec<Sku>> {
    let locked = sqlx::query_scalar!(
        r#"
        with free as materialized (
            select sku
            from skus
            where sku = any($1)
            order by sku
            for update skip locked
        )
        select sku
        from skus
        where sku = any($1)
            and sku not in (select sku from free)
        "#,
        skus,
    )
    .fetch_all(connection)
    .await?;
    locked
        .iter()
        .map(|sku| Sku::parse(sku).map_err(wrong_row))
        .collect()
}

/// The columns of SKUs that change, column by column.
pub(crate) struct InventoryColumns<'a> {
    pub(crate) skus: Vec<&'a str>,
    pub(crate) total: Vec<i64>,
    pub(crate) available: Vec<i64>,
    pub(crate) reserved: Vec<i64>,
    pub(crate) sold: Vec<i64>,
    pub(crate) waitlist_size: Vec<i64>,
    pub(crate) waitlist_quantity: Vec<i64>,
    pub(crate) last_sequence: Vec<i64>,
    pub(crate) serving: Vec<bool>,
    pub(crate) version: Vec<i64>,
    pub(crate) updated_at: Vec<DateTime<Utc>>,
}

impl<'a> InventoryColumns<'a> {
    pub(crate) fn of(inventories: &'a [Inventory]) -> Self {
        let each = || inventories.iter();
        Self {
            skus: each().map(|i| i.sku.as_str()).collect(),
            total: each().map(|i| i.total_quantity).collect(),
            available: each().map(|i| i.available_quantity).collect(),
            reserved: each().map(|i| i.reserved_quantity).collect(),
            sold: each().map(|i| i.sold_quantity).collect(),
            waitlist_size: each().map(|i| i.waitlist_size).collect(),
            waitlist_quantity: each().map(|i| i.waitlist_quantity).collect(),
            last_sequence: each().map(|i| i.last_sequence).collect(),
            serving: each().map(|i| i.serving).collect(),
            version: each().map(|i| i.version).collect(),
            updated_at: each().map(|i| i.updated_at).collect(),
        }
    }
}

/// The result of creating a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Initialized {
    Created(Inventory),
    /// It existed with the same settings.
    Repeated(Inventory),
    /// It exists with other settings. Nothing was changed.
    Different(Inventory),
}

/// Creates a SKU with its first ledger entry, in one statement. Of two at once, the later one sees the
/// SKU of the earlier one. The SKU that is returned survives a crash.
pub async fn initialize(
    pool: &PgPool,
    new: &NewInventory,
    DefaultHoldTtl(default_ttl): DefaultHoldTtl,
    actor: Option<&Actor>,
) -> sqlx::Result<Initialized> {
    let mut connection = pool.acquire().await?;
    ensure_durable(&mut connection).await?;
    let created = select_inventories!(
        with: r#"
            with created as (
                insert into skus (
                    sku, initial_quantity, total_quantity, available_quantity, reserved_quantity,
                    sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit,
                    last_sequence, hold_ttl_seconds, initial_hold_ttl_seconds, version,
                    created_at, updated_at
                )
                select
                    $1, $2::integer, $2::integer, $2::integer, 0,
                    0, 0, 0, $4,
                    0, coalesce($3::integer, $5::integer), $3::integer, 1,
                    clock.now, clock.now
                from (select clock_timestamp() as now) as clock
                on conflict on constraint skus_pkey do nothing
                returning *
            ),
            -- The ledger begins with the stock.
            recorded as (
                insert into ledger (
                    sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta,
                    total_delta, recorded_at, actor
                )
                select
                    sku, 1, 'INITIALIZED', initial_quantity, initial_quantity, 0, 0,
                    initial_quantity, created_at, $6
                from created
            )
        "#,
        now: "null::timestamptz",
        durable: "null::boolean",
        from: "from created as s",
        new.sku.as_str(),
        new.quantity,
        new.hold_ttl_seconds,
        new.waitlist_limit,
        default_ttl,
        actor.map(Actor::as_str),
    )
    .fetch_optional(&mut *connection);
    if let Some(created) = fail_on_warning(created).await? {
        return Ok(Initialized::Created(created.try_into()?));
    }
    let initial = sqlx::query!(
        "select initial_quantity, initial_hold_ttl_seconds from skus where sku = $1",
        new.sku.as_str(),
    )
    .fetch_one(&mut *connection)
    .await?;
    wait_for_standbys(&mut connection, &new.sku).await?;
    let found = find(&mut *connection, &new.sku)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    // The same request is a repetition even if the default has changed since; so is another request
    // with the same result.
    let same_ttl = initial.initial_hold_ttl_seconds == new.hold_ttl_seconds
        || found.hold_ttl_seconds == new.hold_ttl_seconds.unwrap_or(default_ttl);
    let same = initial.initial_quantity == new.quantity
        && same_ttl
        && found.waitlist_limit == new.waitlist_limit;
    Ok(if same {
        Initialized::Repeated(found)
    } else {
        Initialized::Different(found)
    })
}

/// Waits until a row that is visible has reached the synchronous standbys too, if there are any. Its
/// commit may have been interrupted while it waited for them. A lock comes after it in the WAL, so
/// that the commit of the lock waits for both.
async fn wait_for_standbys(connection: &mut PgConnection, sku: &Sku) -> sqlx::Result<()> {
    if waits_for_standbys(connection).await? {
        let lock = sqlx::query!("select from skus where sku = $1 for update", sku.as_str());
        fail_on_warning(lock.execute(connection)).await?;
    }
    Ok(())
}

pub async fn find(executor: impl PgExecutor<'_>, sku: &Sku) -> sqlx::Result<Option<Inventory>> {
    let row = select_inventories!(
        with: "",
        now: "null::timestamptz",
        durable: "null::boolean",
        from: r#"
            from skus as s
            where s.sku = $1
        "#,
        sku.as_str(),
    )
    .fetch_optional(executor)
    .await?;
    row.map(Inventory::try_from).transpose()
}

pub async fn exists(pool: &PgPool, sku: &Sku) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from skus where sku = $1) as "exists!""#,
        sku.as_str(),
    )
    .fetch_one(pool)
    .await
}
