//! The waitlist in its tables.

use fairhold_core::ids::{Sequence, Sku};
use fairhold_core::reservations::Reservation;
use fairhold_core::waitlist::WaitlistPosition;
use sqlx::{PgConnection, PgExecutor, PgPool};

use super::part_counts::PartCounts;
use crate::database::{ensure_count, ensure_rows, wrong_row};
use crate::reservations::row::{WithPosition, select_reservations};

/// How many different quantities are looked up one by one.
const PROBES: i32 = 256;

/// A part of a SKU's waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceRange {
    pub sku: Sku,
    /// The range begins behind this sequence; 0 means the head.
    pub after: Sequence,
    /// If present, it begins with the first that wants at most this much.
    pub skips_above: Option<i64>,
    /// The most reservations in the range.
    pub limit: i64,
}

/// Reads the waiting reservations in these ranges, each SKU in the order of its waitlist. Those who
/// are skipped are not read, however many they are: the first of each quantity that is small enough
/// is looked up. Only with more than 256 quantities are they read, from the index alone.
pub async fn load(
    executor: impl PgExecutor<'_>,
    ranges: &[SequenceRange],
) -> sqlx::Result<Vec<(Sequence, Reservation)>> {
    let skus: Vec<_> = ranges.iter().map(|s| s.sku.to_string()).collect();
    let after: Vec<_> = ranges.iter().map(|s| s.after.0).collect();
    let skips_above: Vec<_> = ranges.iter().map(|s| s.skips_above).collect();
    let limits: Vec<_> = ranges.iter().map(|s| s.limit).collect();
    let rows = select_reservations!(
        from: r#"
            from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
                as range(sku, after, skips_above, wanted)
            cross join lateral (
                with recursive probe as (
                    (
                        select quantity, 1 as number
                        from waitlist
                        where sku = range.sku
                            and quantity <= range.skips_above
                        order by quantity
                        limit 1
                    )
                    union all
                    select next.quantity, probe.number + 1
                    from probe
                    cross join lateral (
                        select quantity
                        from waitlist
                        where sku = range.sku
                            and quantity > probe.quantity
                            and quantity <= range.skips_above
                        order by quantity
                        limit 1
                    ) as next
                    where probe.number < $5
                )
                select case
                    when range.skips_above is null then range.after + 1
                    when (select count(*) from probe) < $5 then (
                        select min(first.sequence)
                        from probe
                        cross join lateral (
                            select sequence
                            from waitlist
                            where sku = range.sku
                                and quantity = probe.quantity
                                and sequence > range.after
                            order by sequence
                            limit 1
                        ) as first
                    )
                    else (
                        select sequence
                        from waitlist
                        where sku = range.sku
                            and sequence > range.after
                            and quantity <= range.skips_above
                        order by sequence
                        limit 1
                    )
                end as sequence
            ) as first
            cross join lateral (
                select sku, sequence, reservation_id
                from waitlist
                where sku = range.sku
                    and sequence >= first.sequence
                order by sequence
                limit range.wanted
            ) as w
            join reservations as r
                on r.sku = w.sku
                and r.reservation_id = w.reservation_id
            order by w.sku, w.sequence
        "#,
        &skus,
        &after,
        &skips_above as &[Option<i64>],
        &limits,
        PROBES,
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

/// The positions of waitlist rows, all of which exist: position 1 is next.
pub async fn positions(
    executor: impl PgExecutor<'_>,
    waiting: &[(Sku, Sequence)],
) -> sqlx::Result<Vec<(Sku, WaitlistPosition)>> {
    let (skus, sequences) = columns(waiting);
    let rows = sqlx::query!(
        r#"
        select
            w.sku as "sku!", w.sequence as "sequence!", w.position as "position!",
            w.servable as "servable!"
        from unnest($1::text[], $2::bigint[]) as named(sku, sequence)
        join waitlist_places as w
            on w.sku = named.sku
            and w.sequence = named.sequence
        "#,
        &skus,
        &sequences,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            let place = WaitlistPosition {
                sequence: Sequence(row.sequence),
                position: row.position,
                servable: row.servable,
            };
            Ok((Sku::parse(&row.sku).map_err(wrong_row)?, place))
        })
        .collect()
}

/// Inserts reservations that wait now.
///
/// # Panics
/// When one of them has no sequence.
pub async fn join(connection: &mut PgConnection, joined: &[Reservation]) -> sqlx::Result<()> {
    let sequence = |r: &Reservation| match r.sequence {
        Some(sequence) => (r.sku.clone(), sequence),
        None => panic!("reservation {} waits without a sequence", r.reservation_id),
    };
    let rows: Vec<_> = joined.iter().map(sequence).collect();
    let (skus, sequences) = columns(&rows);
    let each = || joined.iter();
    let ids: Vec<_> = each().map(|r| r.reservation_id.uuid()).collect();
    let user_ids: Vec<_> = each().map(|r| r.user_id.to_string()).collect();
    let quantities: Vec<_> = each().map(|r| r.quantity.column()).collect();
    let joined_at: Vec<_> = each().map(|r| r.created_at).collect();
    let parts = PartCounts::of(&rows);
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

/// Deletes the rows of reservations that no longer wait.
pub async fn leave(connection: &mut PgConnection, rows: &[(Sku, Sequence)]) -> sqlx::Result<()> {
    let (skus, sequences) = columns(rows);
    let parts = PartCounts::of(rows);
    let gone = sqlx::query!(
        r#"
        with gone as (
            delete from waitlist as w
            using unnest($1::text[], $2::bigint[]) as named(sku, sequence)
            where w.sku = named.sku
                and w.sequence = named.sequence
            returning w.sequence
        ),
        change as (
            select *
            from unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[])
                as change(sku, span, part, gone)
        ),
        -- A part in which nobody waits has no row, so that no position sums over it.
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
            (select count(*) from gone) as "rows!",
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
    ensure_count(gone.rows, rows.len())?;
    ensure_count(gone.parts, parts.len())
}

fn columns(rows: &[(Sku, Sequence)]) -> (Vec<String>, Vec<i64>) {
    rows.iter()
        .map(|(sku, sequence)| (sku.to_string(), sequence.0))
        .unzip()
}

/// The first `rows` reservations that wait behind `after`, in order, each with its position, from one
/// snapshot. Only the position of the first is looked up: the others follow from it.
pub async fn list(
    pool: &PgPool,
    sku: &Sku,
    after: Sequence,
    rows: i64,
) -> sqlx::Result<Vec<WithPosition>> {
    let waiting = select_reservations!(
        with: r#"
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
        "#,
        status: "r.status::text",
        position: "first.position - 1 + row_number() over (order by page.sequence)",
        servable: "r.quantity <= s.total_quantity - s.sold_quantity",
        number: "null::bigint",
        from: r#"
            from page
            join reservations as r
                on r.sku = page.sku
                and r.reservation_id = page.reservation_id
            join skus as s
                on s.sku = page.sku
            cross join first
            order by page.sequence
        "#,
        sku.as_str(),
        after.0,
        rows,
    )
    .fetch_all(pool)
    .await?;
    waiting.into_iter().map(WithPosition::try_from).collect()
}
