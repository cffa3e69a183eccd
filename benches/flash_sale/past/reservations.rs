//! The reservations of a past, as their users made and ended them.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{PREFIX, Past, SKUS};

/// Every second reservation: those of the first SKU, or those of all others.
pub(super) async fn reserve(
    connection: &mut PgConnection,
    past: Past,
    first: bool,
    start: DateTime<Utc>,
) -> anyhow::Result<()> {
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
            expires_at, fairness_score, fairness_tier, fairness_reason
        )
        select
            sku,
            -- A UUID of version 7: a time, and a hash for what is random.
            overlay(overlay(overlay(
                md5(n::text)
                placing lpad(to_hex((extract(epoch from made_at) * 1000)::bigint), 12, '0') from 1)
                placing '7' from 13)
                placing '8' from 17)::uuid,
            sku || '-' || nth % users * 2,
            1,
            status::reservation_status,
            86400,
            made_at,
            case status
                when 'EXPIRED' then made_at + interval '86400.1 seconds'
                else made_at + make_interval(secs => 10 + n % 590)
            end,
            made_at + interval '86400 seconds',
            1,
            'full',
            'no abandoned holds'
        from (
            select
                n,
                $6 || '-' || case when $2 then 1 else 2 + n / 2 % $5 end as sku,
                case when $2 then n / 2 else n / 2 / $5 end as nth,
                greatest(1, $1 / 2 / $3 / case when $2 then 1 else $5 end) as users,
                case n / 2 % 5
                    when 3 then 'CANCELLED'
                    when 4 then 'EXPIRED'
                    else 'CONFIRMED'
                end as status,
                $4::timestamptz + n * interval '250 milliseconds' as made_at
            from generate_series(case when $2 then 0 else 1 end, $1::bigint - 1, 2) as n
        ) as past
        "#,
        i64::try_from(past.reservations)?,
        first,
        i64::try_from(past.of_each_user)?,
        start,
        i64::from(SKUS - 1),
        PREFIX,
    )
    .execute(connection)
    .await?;
    Ok(())
}
