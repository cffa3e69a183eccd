//! The waitlist in its table.

use sqlx::{PgConnection, PgExecutor, PgPool};

use super::{Place, Sequence};
use crate::database::{ensure_rows, wrong_row};
use crate::inventory::Sku;
use crate::reservations::Reservation;
use crate::reservations::store::Row;

/// A stretch of a line to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Whose line.
    pub sku: Sku,
    /// Behind this place; 0 from the head.
    pub after: Sequence,
    /// How many at most.
    pub limit: i64,
}

/// Reads the reservations that wait in these stretches, each line in its order.
pub async fn load(
    executor: impl PgExecutor<'_>,
    stretches: &[Stretch],
) -> sqlx::Result<Vec<(Sequence, Reservation)>> {
    let skus: Vec<_> = stretches.iter().map(|s| s.sku.to_string()).collect();
    let after: Vec<_> = stretches.iter().map(|s| s.after.0).collect();
    let limits: Vec<_> = stretches.iter().map(|s| s.limit).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"
        select
            r.sku, r.reservation_id, r.user_id, r.quantity, r.status::text as "status!",
            r.sequence, r.ttl_seconds, r.created_at, r.updated_at, r.expires_at,
            r.fairness_score, r.fairness_tier::text as "fairness_tier!", r.fairness_reason
        from unnest($1::text[], $2::bigint[], $3::bigint[]) as stretch(sku, after, wanted)
        cross join lateral (
            select sku, sequence, reservation_id
            from waitlist
            where sku = stretch.sku
                and sequence > stretch.after
            order by sequence
            limit stretch.wanted
        ) as w
        join reservations as r
            on r.sku = w.sku
            and r.reservation_id = w.reservation_id
        order by w.sku, w.sequence
        "#,
        &skus,
        &after,
        &limits,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sequence = row.sequence.ok_or(wrong_row("sequence"))?;
            Ok((Sequence(sequence), Reservation::try_from(row)?))
        })
        .collect()
}

/// Where these sequences, which must rise, stand in the line of `sku`: position 1 is next. One
/// pass over the line up to the last of them.
pub async fn positions(
    executor: impl PgExecutor<'_>,
    sku: &Sku,
    sequences: &[Sequence],
) -> sqlx::Result<Vec<Place>> {
    let wanted: Vec<_> = sequences.iter().map(|sequence| sequence.0).collect();
    // `between` is how many of the wanted ones a waiting one stands behind.
    let counts = sqlx::query!(
        r#"
        select width_bucket(sequence - 1, $2::bigint[]) as "between!", count(*) as "waiting!"
        from waitlist
        where sku = $1
            and sequence <= $3
        group by 1
        "#,
        sku.as_str(),
        &wanted,
        wanted.last().copied().unwrap_or(0),
    )
    .fetch_all(executor)
    .await?;
    let mut waiting = vec![0; sequences.len()];
    for row in counts {
        let between = usize::try_from(row.between).ok();
        if let Some(count) = between.and_then(|between| waiting.get_mut(between)) {
            *count = row.waiting;
        }
    }
    let mut position = 0;
    let places = sequences.iter().zip(waiting).map(|(&sequence, count)| {
        position += count;
        Place { sequence, position }
    });
    Ok(places.collect())
}

/// Puts reservations into their places.
pub async fn join(connection: &mut PgConnection, joined: &[Reservation]) -> sqlx::Result<()> {
    let each = || joined.iter();
    let skus: Vec<_> = each().map(|r| r.sku.to_string()).collect();
    let sequences: Vec<_> = each().filter_map(|r| Some(r.sequence?.0)).collect();
    let ids: Vec<_> = each().map(|r| r.reservation_id.uuid()).collect();
    let user_ids: Vec<_> = each().map(|r| r.user_id.to_string()).collect();
    let quantities: Vec<_> = each().map(|r| r.quantity.column()).collect();
    let joined_at: Vec<_> = each().map(|r| r.created_at).collect();
    let done = sqlx::query!(
        r#"
        insert into waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at)
        select * from unnest(
            $1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::integer[], $6::timestamptz[]
        )
        "#,
        &skus,
        &sequences,
        &ids,
        &user_ids,
        &quantities,
        &joined_at,
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, joined.len())
}

/// Gives places up.
pub async fn leave(connection: &mut PgConnection, places: &[(Sku, Sequence)]) -> sqlx::Result<()> {
    let (skus, sequences) = columns(places);
    let done = sqlx::query!(
        r#"
        delete from waitlist as w
        using unnest($1::text[], $2::bigint[]) as place(sku, sequence)
        where w.sku = place.sku
            and w.sequence = place.sequence
        "#,
        &skus,
        &sequences,
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, places.len())
}

fn columns(places: &[(Sku, Sequence)]) -> (Vec<String>, Vec<i64>) {
    places
        .iter()
        .map(|(sku, sequence)| (sku.to_string(), sequence.0))
        .unzip()
}

/// The first `rows` reservations that wait behind `after`, in order, each with its place.
pub async fn list(
    pool: &PgPool,
    sku: &Sku,
    after: Sequence,
    rows: i64,
) -> sqlx::Result<Vec<(Reservation, Place)>> {
    let ahead = positions(pool, sku, &[after]).await?;
    let ahead = ahead.first().map_or(0, |place| place.position);
    let stretch = Stretch {
        sku: sku.clone(),
        after,
        limit: rows,
    };
    let waiting = load(pool, &[stretch]).await?;
    let place = |(position, (sequence, reservation))| (reservation, Place { sequence, position });
    Ok((ahead + 1..).zip(waiting).map(place).collect())
}
