//! The stock over time, from the ledger.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::model::Point;
use crate::inventory::Sku;

/// How the SKU stood at each of the instants `at`, which rise. Empty when there is no such SKU.
///
/// It walks back from how the SKU stands now, so it reads the entries since the first instant and
/// none before, however long the ledger is.
pub(crate) async fn points(
    pool: &PgPool,
    sku: &Sku,
    at: &[DateTime<Utc>],
) -> sqlx::Result<Vec<Point>> {
    sqlx::query_as!(
        Point,
        r#"
        with recursive stock as (
            select
                version, available_quantity, reserved_quantity, sold_quantity, total_quantity,
                waitlist_size
            from skus
            where sku = $1
        ),
        -- The first entry behind the first instant, by halving: times rise with the entries, and the
        -- ledger has no index by time, which every sale would have to pay for.
        search as (
            select 1::bigint as low, version + 1 as high
            from stock
            union all
            select
                case when earlier then middle + 1 else low end,
                case when earlier then high else middle end
            from (
                select
                    low, high, middle,
                    (
                        select recorded_at <= ($2::timestamptz[])[1]
                        from ledger
                        where sku = $1
                            and entry = middle
                    ) as earlier
                from (
                    select low, high, (low + high) / 2 as middle
                    from search
                    where low < high
                ) as halves
            ) as step
        ),
        -- What changed behind each instant, up to the next one, which it includes.
        moved as (
            select
                width_bucket(recorded_at - interval '1 microsecond', $2::timestamptz[]) as behind,
                sum(available_delta) as available,
                sum(reserved_delta) as reserved,
                sum(sold_delta) as sold,
                sum(total_delta) as total,
                count(*) filter (where kind = 'WAITLISTED')
                    - count(*) filter (
                        where kind = 'PROMOTED' or (kind = 'CANCELLED' and available_delta = 0)
                    ) as waiting
            from ledger
            where sku = $1
                and entry >= (select low from search where low = high)
            group by behind
        )
        select
            instant.at as "at!",
            (available_quantity - coalesce(sum(available) over later, 0))::bigint
                as "available_quantity!",
            (reserved_quantity - coalesce(sum(reserved) over later, 0))::bigint
                as "reserved_quantity!",
            (sold_quantity - coalesce(sum(sold) over later, 0))::bigint as "sold_quantity!",
            (total_quantity - coalesce(sum(total) over later, 0))::bigint as "total_quantity!",
            (waitlist_size - coalesce(sum(waiting) over later, 0))::bigint as "waitlist_size!"
        from stock
        cross join unnest($2::timestamptz[]) with ordinality as instant(at, number)
        left join moved on moved.behind = instant.number
        window later as (order by number rows between current row and unbounded following)
        order by number
        "#,
        sku.as_str(),
        at,
    )
    .fetch_all(pool)
    .await
}
