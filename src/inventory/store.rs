//! SKUs in the tables.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor, PgPool};

use super::{DefaultHoldTtl, Inventory, NewInventory, Sku};
use crate::access::Actor;
use crate::database::{ensure_durable, fail_on_warning, waits_for_standbys, wrong_row};

struct Row {
    sku: String,
    total_quantity: i64,
    available_quantity: i64,
    reserved_quantity: i64,
    sold_quantity: i64,
    waitlist_size: i64,
    waitlist_quantity: i64,
    waitlist_limit: Option<i64>,
    last_sequence: i64,
    hold_ttl_seconds: i32,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for Inventory {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
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
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Locks the rows of `skus` in the order of their names until the transaction ends, and reads
/// the clock after the last lock was won. `None` when no such SKU exists. Makes sure that a commit
/// would be durable: somebody may have changed the settings since the start.
pub async fn lock(
    connection: &mut PgConnection,
    skus: &[String],
) -> sqlx::Result<Option<(DateTime<Utc>, Vec<Inventory>)>> {
    // The locking select is a CTE of its own, so that the clock is read as each row comes out of
    // it, locked; the last row's reading is the latest.
    let rows = sqlx::query!(
        r#"
        with locked as materialized (
            select
                sku, total_quantity, available_quantity, reserved_quantity, sold_quantity,
                waitlist_size, waitlist_quantity, waitlist_limit, last_sequence,
                hold_ttl_seconds, version, created_at, updated_at
            from skus
            where sku = any($1)
            order by sku
            for update
        )
        select
            sku as "sku!",
            total_quantity as "total_quantity!",
            available_quantity as "available_quantity!",
            reserved_quantity as "reserved_quantity!",
            sold_quantity as "sold_quantity!",
            waitlist_size as "waitlist_size!",
            waitlist_quantity as "waitlist_quantity!",
            waitlist_limit,
            last_sequence as "last_sequence!",
            hold_ttl_seconds as "hold_ttl_seconds!",
            version as "version!",
            created_at as "created_at!",
            updated_at as "updated_at!",
            clock_timestamp() as "now!",
            (
                select
                    current_setting('fsync') = 'on'
                    and current_setting('full_page_writes') = 'on'
                    and current_setting('synchronous_commit') in ('on', 'remote_apply')
            ) as "durable!"
        from locked
        "#,
        skus,
    )
    .fetch_all(&mut *connection)
    .await?;

    if rows.iter().any(|row| !row.durable) {
        ensure_durable(connection).await?;
    }
    let Some(now) = rows.iter().map(|row| row.now).max() else {
        return Ok(None);
    };
    let inventories = rows.into_iter().map(|row| {
        Inventory::try_from(Row {
            sku: row.sku,
            total_quantity: row.total_quantity,
            available_quantity: row.available_quantity,
            reserved_quantity: row.reserved_quantity,
            sold_quantity: row.sold_quantity,
            waitlist_size: row.waitlist_size,
            waitlist_quantity: row.waitlist_quantity,
            waitlist_limit: row.waitlist_limit,
            last_sequence: row.last_sequence,
            hold_ttl_seconds: row.hold_ttl_seconds,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    });
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

/// What changes in the rows of SKUs, column by column.
pub(crate) struct Counters<'a> {
    pub(crate) skus: Vec<&'a str>,
    pub(crate) total: Vec<i64>,
    pub(crate) available: Vec<i64>,
    pub(crate) reserved: Vec<i64>,
    pub(crate) sold: Vec<i64>,
    pub(crate) waitlist_size: Vec<i64>,
    pub(crate) waitlist_quantity: Vec<i64>,
    pub(crate) last_sequence: Vec<i64>,
    pub(crate) version: Vec<i64>,
    pub(crate) updated_at: Vec<DateTime<Utc>>,
}

impl<'a> Counters<'a> {
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
            version: each().map(|i| i.version).collect(),
            updated_at: each().map(|i| i.updated_at).collect(),
        }
    }
}

/// What came of setting up a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Initialized {
    /// It is new.
    Created(Inventory),
    /// It was set up with the same values before.
    Repeated(Inventory),
    /// It was set up with other values; nothing was changed.
    Different(Inventory),
}

/// Sets up a SKU with its first ledger row. One statement, so all of it or nothing happens; of
/// two at once, the later sees what the earlier did. What comes back survives a crash.
pub async fn initialize(
    pool: &PgPool,
    new: &NewInventory,
    DefaultHoldTtl(default_ttl): DefaultHoldTtl,
    actor: Option<&Actor>,
) -> sqlx::Result<Initialized> {
    let mut connection = pool.acquire().await?;
    ensure_durable(&mut connection).await?;
    let created = sqlx::query_as!(
        Row,
        r#"
        with created as (
            insert into skus (
                sku, initial_quantity, total_quantity, available_quantity, reserved_quantity,
                sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence,
                hold_ttl_seconds, initial_hold_ttl_seconds, version, created_at, updated_at
            )
            select
                $1, $2::integer, $2::integer, $2::integer, 0,
                0, 0, 0, $4, 0,
                coalesce($3::integer, $5::integer), $3::integer, 1, clock.now, clock.now
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
        select
            sku as "sku!",
            total_quantity as "total_quantity!",
            available_quantity as "available_quantity!",
            reserved_quantity as "reserved_quantity!",
            sold_quantity as "sold_quantity!",
            waitlist_size as "waitlist_size!",
            waitlist_quantity as "waitlist_quantity!",
            waitlist_limit,
            last_sequence as "last_sequence!",
            hold_ttl_seconds as "hold_ttl_seconds!",
            version as "version!",
            created_at as "created_at!",
            updated_at as "updated_at!"
        from created
        "#,
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
    // The same body is the same though the default has changed since; so are the same values.
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

/// Makes sure that a row which is seen is on the synchronous standbys too, if there are any. It may be
/// here only, when the wait of its commit was cut short. A lock is in the log after it: the commit of
/// the lock waits until both are there.
async fn wait_for_standbys(connection: &mut PgConnection, sku: &Sku) -> sqlx::Result<()> {
    if waits_for_standbys(connection).await? {
        let lock = sqlx::query!("select from skus where sku = $1 for update", sku.as_str());
        fail_on_warning(lock.execute(connection)).await?;
    }
    Ok(())
}

/// The SKU of that name.
pub async fn find(executor: impl PgExecutor<'_>, sku: &Sku) -> sqlx::Result<Option<Inventory>> {
    sqlx::query_as!(
        Row,
        r#"
        select
            sku, total_quantity, available_quantity, reserved_quantity, sold_quantity,
            waitlist_size, waitlist_quantity, waitlist_limit, last_sequence,
            hold_ttl_seconds, version, created_at, updated_at
        from skus
        where sku = $1
        "#,
        sku.as_str(),
    )
    .fetch_optional(executor)
    .await?
    .map(Inventory::try_from)
    .transpose()
}

/// Whether there is such a SKU.
pub async fn exists(pool: &PgPool, sku: &Sku) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from skus where sku = $1) as "exists!""#,
        sku.as_str(),
    )
    .fetch_one(pool)
    .await
}
