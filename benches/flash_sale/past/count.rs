//! What follows from the reservations of a past: ledger, behaviour and counters.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::PREFIX;

/// The ledger rows: each beginning and each end, in the order of their times.
pub(super) async fn ledger(connection: &mut PgConnection, first: bool) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at, user_id
        )
        select
            sku,
            version + row_number() over (partition by sku order by at),
            kind,
            reservation_id,
            1,
            case kind when 'RESERVED' then -1 when 'CONFIRMED' then 0 else 1 end,
            case kind when 'RESERVED' then 1 else -1 end,
            case kind when 'CONFIRMED' then 1 else 0 end,
            0,
            at,
            user_id
        from (
            select
                sku, reservation_id, user_id, 'RESERVED'::ledger_kind as kind, created_at as at
            from reservations
            union all
            select sku, reservation_id, user_id, status::text::ledger_kind, updated_at
            from reservations
        ) as step
        join skus using (sku)
        where (sku = $1 || '-1') = $2
        "#,
        PREFIX,
        first,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How the holds of each user ended. The rows lie in no order, since users come back in another one
/// than that in which they first came. A weight that is relative to `start` is brought to the user's
/// last end by dividing by the weight of that one.
pub(super) async fn behavior(
    connection: &mut PgConnection,
    first: bool,
    start: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into user_behavior (
            sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight,
            abandoned_weight, weighted_at
        )
        select
            sku,
            user_id,
            count(*) filter (where status = 'CONFIRMED'),
            count(*) filter (where status = 'CANCELLED'),
            count(*) filter (where status = 'EXPIRED'),
            sum(case status when 'CONFIRMED' then weight else 0 end) / max(weight),
            sum(case status when 'CANCELLED' then weight / 2 when 'EXPIRED' then weight else 0 end)
                / max(weight),
            max(updated_at)
        from (
            select
                sku, user_id, status, updated_at,
                power(2, extract(epoch from updated_at - $3)::double precision / 604800) as weight
            from reservations
            where (sku = $1 || '-1') = $2
        ) as ended
        group by sku, user_id
        order by md5(user_id)
        "#,
        PREFIX,
        first,
        start,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The counters of the SKUs, from the ledger.
pub(super) async fn stock(connection: &mut PgConnection, first: bool) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update skus
        set
            available_quantity = available_quantity - past.sold,
            sold_quantity = past.sold,
            version = past.last_entry,
            updated_at = past.last_at
        from (
            select
                sku,
                sum(sold_delta)::bigint as sold,
                max(entry) as last_entry,
                max(recorded_at) as last_at
            from ledger
            where (sku = $1 || '-1') = $2
            group by sku
        ) as past
        where skus.sku = past.sku
        "#,
        PREFIX,
        first,
    )
    .execute(connection)
    .await?;
    Ok(())
}
