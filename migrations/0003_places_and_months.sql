-- Where everybody stands in line, in the statement that reads them; and a history that goes on
-- beside a month that was taken out of it.
--
-- No table is touched: whoever sells meanwhile waits for nothing.

create view waitlist_places as
select
    w.sku,
    w.sequence,
    w.reservation_id,
    w.user_id,
    w.quantity,
    w.joined_at,
    -- The parts ahead and a count within one: no line is counted.
    (
        coalesce((
            select sum(waiting)
            from waitlist_parts
            where sku = w.sku
                and span = 4096
                and part < w.sequence / 4096
        ), 0)
        + coalesce((
            select sum(waiting)
            from waitlist_parts
            where sku = w.sku
                and span = 64
                and part >= w.sequence / 4096 * 64
                and part < w.sequence / 64
        ), 0)
        + (
            select count(*)
            from waitlist
            where sku = w.sku
                and sequence >= w.sequence / 64 * 64
                and sequence <= w.sequence
        )
    )::bigint as position
from waitlist as w;

comment on view waitlist_places is
    'Who waits now, and at which position. For 100,000 ahead at most 152 rows are read.';
comment on column waitlist_places.sku is 'What is waited for.';
comment on column waitlist_places.sequence is 'The order: lower is served first.';
comment on column waitlist_places.reservation_id is 'The waiting reservation.';
comment on column waitlist_places.user_id is 'Who waits.';
comment on column waitlist_places.quantity is 'Units asked for.';
comment on column waitlist_places.joined_at is 'When it joined, by the database''s clock.';
comment on column waitlist_places.position is 'How many must be served until it is: 1 is next.';


create function has_history(instant timestamptz) returns boolean
language sql stable strict
return exists (
    select
    from pg_inherits as i
    join pg_class as c
        on c.oid = i.inhrelid
    cross join pg_get_expr(c.relpartbound, c.oid) as bound
    where i.inhparent = 'reservations_history'::regclass
        and bound like 'FOR VALUES FROM %'
        -- A side may be without a bound.
        and (least_id_at(instant) >= substring(bound from 'FROM \(''(.*?)''\)')::uuid) is not false
        and (least_id_at(instant) < substring(bound from 'TO \(''(.*?)''\)')::uuid) is not false
);
comment on function has_history(timestamptz) is
    'Whether reservations_history has a partition, of whatever name, for reservations made at this instant.';

create or replace function provide_history(instant timestamptz) returns void
language plpgsql
as $$
declare
    month constant timestamptz := date_trunc('month', instant, 'UTC');
    usual_name constant text := to_char(month at time zone 'UTC', '"reservations_history_"YYYY_MM');
    name text := usual_name;
    count integer := 1;
begin
    if has_history(instant) then
        return;
    end if;
    -- Excludes who else provides, but neither readers nor writers.
    lock table reservations_history in share update exclusive mode;
    if has_history(instant) then
        return;
    end if;
    -- A month that was detached keeps its name until it is dropped. It is not attached again:
    -- whoever detached it is about to drop it, and all that went into it meanwhile.
    while to_regclass(name) is not null loop
        count := count + 1;
        name := usual_name || '_' || count;
    end loop;
    -- Made apart and then attached: as "partition of", it would lock out all who read the history,
    -- and it would have no comments.
    execute format(
        'create table %I (like reservations_history including all) with (autovacuum_freeze_min_age = 0)',
        name
    );
    execute format(
        'comment on table %I is %L',
        name,
        to_char(month at time zone 'UTC', '"The reservations made in "YYYY-MM" (UTC) that ended long ago."')
    );
    execute format(
        'alter table reservations_history attach partition %I for values from (%L) to (%L)',
        name,
        least_id_at(month),
        least_id_at(date_trunc('month', month + interval '32 days', 'UTC'))
    );
end
$$;
