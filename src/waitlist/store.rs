//! The waitlist in its table.

use sqlx::{PgConnection, PgExecutor, PgPool};

use super::parts::Changes;
use super::{Sequence, WaitlistPosition};
use crate::database::{ensure_count, ensure_rows, wrong_row};
use crate::inventory::Sku;
use crate::reservations::Reservation;
use crate::reservations::placed::{Placed, PlacedRow};
use crate::reservations::store::Row;

/// A part of a SKU's waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceRange {
    pub sku: Sku,
    /// The range begins behind this sequence; 0 means the head.
    pub after: Sequence,
    /// The most reservations in the range.
    pub limit: i64,
}

/// Reads the waiting reservations in these ranges, each SKU in the order of its waitlist.
pub async fn load(
    executor: impl PgExecutor<'_>,
    ranges: &[SequenceRange],
) -> sqlx::Result<Vec<(Sequence, Reservation)>> {
    let skus: Vec<_> = ranges.iter().map(|s| s.sku.to_string()).collect();
    let after: Vec<_> = ranges.iter().map(|s| s.after.0).collect();
    let limits: Vec<_> = ranges.iter().map(|s| s.limit).collect();
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

/// Where these places, all of which are taken, stand in their lines: position 1 is next.
pub async fn positions(
    executor: impl PgExecutor<'_>,
    places: &[(Sku, Sequence)],
) -> sqlx::Result<Vec<(Sku, WaitlistPosition)>> {
    let (skus, sequences) = columns(places);
    let rows = sqlx::query!(
        r#"
        select w.sku as "sku!", w.sequence as "sequence!", w.position as "position!"
        from unnest($1::text[], $2::bigint[]) as place(sku, sequence)
        join waitlist_places as w
            on w.sku = place.sku
            and w.sequence = place.sequence
        "#,
        &skus,
        &sequences,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sequence = Sequence(row.sequence);
            let position = row.position;
            let sku = Sku::parse(&row.sku).map_err(wrong_row)?;
            Ok((sku, WaitlistPosition { sequence, position }))
        })
        .collect()
}

/// Puts reservations into their places.
pub async fn join(connection: &mut PgConnection, joined: &[Reservation]) -> sqlx::Result<()> {
    let places: Vec<_> = joined
        .iter()
        .filter_map(|r| Some((r.sku.clone(), r.sequence?)))
        .collect();
    let (skus, sequences) = columns(&places);
    let each = || joined.iter();
    let ids: Vec<_> = each().map(|r| r.reservation_id.uuid()).collect();
    let user_ids: Vec<_> = each().map(|r| r.user_id.to_string()).collect();
    let quantities: Vec<_> = each().map(|r| r.quantity.column()).collect();
    let joined_at: Vec<_> = each().map(|r| r.created_at).collect();
    let parts = Changes::of(places.iter().map(|(sku, sequence)| (sku, *sequence)));
    let done = sqlx::query!(
        r#"
        with joined as (
            insert into waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at)
            select * from unnest(
                $1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::integer[],
                $6::timestamptz[]
            )
        )
        insert into waitlist_parts (sku, span, part, waiting)
        select * from unnest($7::text[], $8::integer[], $9::bigint[], $10::bigint[])
        on conflict on constraint waitlist_parts_pkey do update
        set waiting = waitlist_parts.waiting + excluded.waiting
        "#,
        &skus,
        &sequences,
        &ids,
        &user_ids,
        &quantities,
        &joined_at,
        &parts.skus as &[&str],
        &parts.spans,
        &parts.parts,
        &parts.counts,
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, parts.len())
}

/// Gives places up.
pub async fn leave(connection: &mut PgConnection, places: &[(Sku, Sequence)]) -> sqlx::Result<()> {
    let (skus, sequences) = columns(places);
    let parts = Changes::of(places.iter().map(|(sku, sequence)| (sku, *sequence)));
    let gone = sqlx::query!(
        r#"
        with gone as (
            delete from waitlist as w
            using unnest($1::text[], $2::bigint[]) as place(sku, sequence)
            where w.sku = place.sku
                and w.sequence = place.sequence
            returning w.sequence
        ),
        change as (
            select *
            from unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[])
                as change(sku, span, part, gone)
        ),
        -- A part in which nobody waits any more has no row, so that no position sums over it.
        emptied as (
            delete from waitlist_parts as p
            using change
            where p.sku = change.sku
                and p.span = change.span
                and p.part = change.part
                and p.waiting = change.gone
            returning p.part
        ),
        thinned as (
            update waitlist_parts as p
            set waiting = p.waiting - change.gone
            from change
            where p.sku = change.sku
                and p.span = change.span
                and p.part = change.part
                and p.waiting > change.gone
            returning p.part
        )
        select
            (select count(*) from gone) as "places!",
            (select count(*) from emptied) + (select count(*) from thinned) as "parts!"
        "#,
        &skus,
        &sequences,
        &parts.skus as &[&str],
        &parts.spans,
        &parts.parts,
        &parts.counts,
    )
    .fetch_one(connection)
    .await?;
    ensure_count(gone.places, places.len())?;
    ensure_count(gone.parts, parts.len())
}

fn columns(places: &[(Sku, Sequence)]) -> (Vec<String>, Vec<i64>) {
    places
        .iter()
        .map(|(sku, sequence)| (sku.to_string(), sequence.0))
        .unzip()
}

/// The first `rows` reservations that wait behind `after`, in order, each with its place, of one
/// snapshot. Only the first of them is looked for in the line: the others follow.
pub async fn list(
    pool: &PgPool,
    sku: &Sku,
    after: Sequence,
    rows: i64,
) -> sqlx::Result<Vec<Placed>> {
    let waiting = sqlx::query_as!(
        PlacedRow,
        r#"
        with page as (
            select sku, sequence, reservation_id
            from waitlist
            where sku = $1
                and sequence > $2
            order by sequence
            limit $3
        ),
        first as (
            select position
            from waitlist_places
            where sku = $1
                and sequence = (select min(sequence) from page)
        )
        select
            r.sku, r.reservation_id, r.user_id, r.quantity, r.status::text as "status!",
            r.sequence, r.ttl_seconds, r.created_at, r.updated_at, r.expires_at,
            r.fairness_score, r.fairness_tier::text as "fairness_tier!", r.fairness_reason,
            first.position - 1 + row_number() over (order by page.sequence) as position,
            null::bigint as number
        from page
        join reservations as r
            on r.sku = page.sku
            and r.reservation_id = page.reservation_id
        cross join first
        order by page.sequence
        "#,
        sku.as_str(),
        after.0,
        rows,
    )
    .fetch_all(pool)
    .await?;
    waiting.into_iter().map(Placed::try_from).collect()
}
