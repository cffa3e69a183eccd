-- What an auditor reads first: the rules, held against the tables and the ledger.

-- The ledger replayed: the counters after each entry, and how many waited before it.
create view ledger_replay as
select
    sku,
    entry,
    kind,
    reservation_id,
    quantity,
    recorded_at,
    sum(available_delta) over upto as available_quantity,
    sum(reserved_delta) over upto as reserved_quantity,
    sum(sold_delta) over upto as sold_quantity,
    sum(total_delta) over upto as total_quantity,
    sum(line_delta) over upto - line_delta as waiting_before
from (
    select
        *,
        case
            when kind = 'WAITLISTED' then 1
            when kind = 'PROMOTED' then -1
            when kind = 'CANCELLED' and available_delta = 0 then -1
            else 0
        end as line_delta
    from ledger
) as step
window upto as (partition by sku order by entry);

comment on view ledger_replay is
    'The ledger with the counters of the SKU as they were after each entry.';
comment on column ledger_replay.sku is 'The SKU.';
comment on column ledger_replay.entry is 'The number of the ledger row within its SKU.';
comment on column ledger_replay.kind is 'What happened.';
comment on column ledger_replay.reservation_id is 'To which reservation; null for stock itself.';
comment on column ledger_replay.quantity is 'Units that the change is about.';
comment on column ledger_replay.recorded_at is 'When.';
comment on column ledger_replay.available_quantity is 'Available units after the entry.';
comment on column ledger_replay.reserved_quantity is 'Units in holds after the entry.';
comment on column ledger_replay.sold_quantity is 'Units sold after the entry.';
comment on column ledger_replay.total_quantity is 'All units after the entry.';
comment on column ledger_replay.waiting_before is 'How many reservations waited before the entry.';


-- The life of each reservation as the ledger tells it.
create view ledger_lives as
select
    sku,
    reservation_id,
    min(entry) as first_entry,
    count(*) filter (where kind in ('RESERVED', 'WAITLISTED')) as begun,
    count(*) filter (where kind in ('RESERVED', 'PROMOTED')) as held,
    count(*) filter (where kind = 'CONFIRMED') as confirmed,
    count(*) filter (where kind = 'CANCELLED') as cancelled,
    count(*) filter (where kind = 'CANCELLED' and available_delta > 0) as abandoned,
    count(*) filter (where kind = 'EXPIRED') as expired,
    min(quantity) as least_quantity,
    max(quantity) as most_quantity,
    max(entry) filter (where kind = 'PROMOTED') as promoted_entry,
    max(entry) filter (where kind = 'PROMOTED' or (kind = 'CANCELLED' and available_delta = 0)) as left_line_entry,
    (case (array_agg(kind order by entry desc))[1]
        when 'RESERVED' then 'RESERVED'
        when 'PROMOTED' then 'RESERVED'
        when 'WAITLISTED' then 'WAITLISTED'
        when 'CONFIRMED' then 'CONFIRMED'
        when 'CANCELLED' then 'CANCELLED'
        when 'EXPIRED' then 'EXPIRED'
    end)::reservation_status as status
from ledger
where reservation_id is not null
group by sku, reservation_id;

comment on view ledger_lives is
    'One row for each reservation that the ledger knows: what happened to it, and the status that follows.';
comment on column ledger_lives.sku is 'The SKU.';
comment on column ledger_lives.reservation_id is 'The reservation.';
comment on column ledger_lives.first_entry is 'The entry that made it.';
comment on column ledger_lives.begun is 'How often it was made: once, if all is well.';
comment on column ledger_lives.held is 'How often it got stock.';
comment on column ledger_lives.confirmed is 'How often it was confirmed.';
comment on column ledger_lives.cancelled is 'How often it was cancelled.';
comment on column ledger_lives.abandoned is 'How often it was cancelled while it held stock.';
comment on column ledger_lives.expired is 'How often it expired.';
comment on column ledger_lives.least_quantity is 'The least quantity in its entries.';
comment on column ledger_lives.most_quantity is 'The largest quantity in its entries: the same, if all is well.';
comment on column ledger_lives.promoted_entry is 'The entry that promoted it.';
comment on column ledger_lives.left_line_entry is 'The entry by which it left the waitlist.';
comment on column ledger_lives.status is 'The status that follows from its latest entry.';


create view audit_discrepancies as
-- No overselling: no counter is negative and they add up, now …
select
    'no_overselling' as rule,
    sku,
    'skus' as place,
    'no negative counter, available + reserved + sold = total' as expected,
    format('%s + %s + %s = %s', available_quantity, reserved_quantity, sold_quantity, total_quantity) as found
from skus
where available_quantity < 0
    or reserved_quantity < 0
    or sold_quantity < 0
    or available_quantity + reserved_quantity + sold_quantity <> total_quantity

union all
-- … and after every single entry.
select
    'no_overselling', sku, format('ledger entry %s', entry),
    'no negative counter, available + reserved + sold = total',
    format('%s + %s + %s = %s', available_quantity, reserved_quantity, sold_quantity, total_quantity)
from ledger_replay
where available_quantity < 0
    or reserved_quantity < 0
    or sold_quantity < 0
    or available_quantity + reserved_quantity + sold_quantity <> total_quantity

union all
-- The counters are the sums of the reservations.
select
    'no_overselling', s.sku, 'reservations',
    format('%s held, %s sold', s.reserved_quantity, s.sold_quantity),
    format('%s held, %s sold', coalesce(r.held, 0), coalesce(r.sold, 0))
from skus as s
left join (
    select
        sku,
        sum(quantity) filter (where status = 'RESERVED') as held,
        sum(quantity) filter (where status = 'CONFIRMED') as sold
    from reservations
    group by sku
) as r using (sku)
where (s.reserved_quantity, s.sold_quantity)
    is distinct from (coalesce(r.held, 0), coalesce(r.sold, 0))

union all
-- Strict order: nobody got stock at once while others waited …
select
    'strict_order', sku, format('ledger entry %s', entry),
    'nobody waits when a newcomer gets stock at once',
    format('%s waited', waiting_before)
from ledger_replay
where kind = 'RESERVED'
    and waiting_before > 0

union all
-- … and nobody was promoted while someone further ahead waited.
select
    'strict_order', sku, format('reservation %s', reservation_id),
    format('everyone ahead of sequence %s was served or gone by entry %s', sequence, promoted_entry),
    'someone ahead of it still waited'
from (
    select
        l.sku,
        l.reservation_id,
        r.sequence,
        l.promoted_entry,
        max(coalesce(l.left_line_entry, 9223372036854775807)) over (
            partition by l.sku
            order by r.sequence
            rows between unbounded preceding and 1 preceding
        ) as last_left_ahead
    from ledger_lives as l
    join reservations as r
        on r.sku = l.sku
        and r.reservation_id = l.reservation_id
    where r.sequence is not null
) as line
where promoted_entry < last_left_ahead

union all
-- The order of the waitlist is the order of joining.
select
    'strict_order', sku, format('reservation %s', reservation_id),
    'sequences rise in the order of joining',
    format('sequence %s after %s', sequence, sequence_before)
from (
    select
        l.sku,
        l.reservation_id,
        r.sequence,
        lag(r.sequence) over (partition by l.sku order by l.first_entry) as sequence_before
    from ledger_lives as l
    join reservations as r
        on r.sku = l.sku
        and r.reservation_id = l.reservation_id
    where r.sequence is not null
) as joined
where sequence <= sequence_before

union all
-- No idle stock: the head of the line does not fit what is available.
select
    'no_idle_stock', s.sku, format('waitlist sequence %s', head.sequence),
    format('less than %s available', head.quantity),
    format('%s available', s.available_quantity)
from skus as s
cross join lateral (
    select sequence, quantity
    from waitlist as w
    where w.sku = s.sku
    order by sequence
    limit 1
) as head
where head.quantity <= s.available_quantity

union all
-- Expiry is exact: nothing was confirmed from expires_at on, nothing expired before it.
select
    'exact_expiry', l.sku, format('ledger entry %s', l.entry),
    format('%s the hold''s end at %s', case l.kind when 'CONFIRMED' then 'before' else 'not before' end, r.expires_at),
    format('%s at %s', l.kind, l.recorded_at)
from ledger as l
join reservations as r
    on r.sku = l.sku
    and r.reservation_id = l.reservation_id
where (l.kind = 'CONFIRMED' and l.recorded_at >= r.expires_at)
    or (l.kind = 'EXPIRED' and l.recorded_at < r.expires_at)

union all
-- Once: a reservation begins once, holds once and ends once.
select
    'once', sku, format('reservation %s', reservation_id),
    'one beginning, at most one hold, at most one end',
    format('%s beginnings, %s holds, %s confirmed, %s cancelled, %s expired', begun, held, confirmed, cancelled, expired)
from ledger_lives
where begun <> 1
    or held > 1
    or confirmed + cancelled + expired > 1
    or confirmed + expired + abandoned > held

union all
-- A user has one live reservation for a SKU at most.
select
    'once', sku, format('user %s', user_id),
    'at most one live reservation', format('%s', count(*))
from reservations
where status in ('WAITLISTED', 'RESERVED')
group by sku, user_id
having count(*) > 1

union all
-- A keyed answer tells of a reservation that is there.
select
    'once', k.sku, format('idempotency key %s', k.idempotency_key),
    format('reservation %s', k.reservation_id), 'no such reservation'
from idempotency_keys as k
left join reservations as r
    on r.sku = k.sku
    and r.reservation_id = k.reservation_id
where k.reservation_id is not null
    and r.sku is null

union all
-- All is recorded: the counters are the sums of the ledger …
select
    'all_recorded', s.sku, 'skus',
    format('%s available, %s held, %s sold, %s in all', coalesce(l.available, 0), coalesce(l.reserved, 0), coalesce(l.sold, 0), coalesce(l.total, 0)),
    format('%s available, %s held, %s sold, %s in all', s.available_quantity, s.reserved_quantity, s.sold_quantity, s.total_quantity)
from skus as s
left join (
    select
        sku,
        sum(available_delta) as available,
        sum(reserved_delta) as reserved,
        sum(sold_delta) as sold,
        sum(total_delta) as total
    from ledger
    group by sku
) as l using (sku)
where (s.available_quantity, s.reserved_quantity, s.sold_quantity, s.total_quantity)
    is distinct from (coalesce(l.available, 0), coalesce(l.reserved, 0), coalesce(l.sold, 0), coalesce(l.total, 0))

union all
-- … which begins with the stock …
select
    'all_recorded', s.sku, 'ledger entry 1',
    format('INITIALIZED with %s', s.initial_quantity),
    coalesce(format('%s with %s', l.kind, l.quantity), 'nothing')
from skus as s
left join ledger as l
    on l.sku = s.sku
    and l.entry = 1
where (l.kind, l.quantity) is distinct from ('INITIALIZED'::ledger_kind, s.initial_quantity)

union all
-- … and tells the status and the quantity of each reservation.
select
    'all_recorded', coalesce(r.sku, l.sku),
    format('reservation %s', coalesce(r.reservation_id, l.reservation_id)),
    coalesce(format('%s of %s', l.status, l.most_quantity), 'not in the ledger'),
    coalesce(format('%s of %s', r.status, r.quantity), 'no such reservation')
from reservations as r
full join ledger_lives as l
    on l.sku = r.sku
    and l.reservation_id = r.reservation_id
where (r.status, r.quantity, r.quantity)
    is distinct from (l.status, l.least_quantity, l.most_quantity)

union all
-- The waitlist has a row for each waiting reservation, and no other.
select
    'all_recorded', coalesce(w.sku, r.sku), format('waitlist sequence %s', coalesce(w.sequence, r.sequence)),
    coalesce(format('%s: %s for %s', r.reservation_id, r.quantity, r.user_id), 'nobody waits there'),
    coalesce(format('%s: %s for %s', w.reservation_id, w.quantity, w.user_id), 'nobody')
from (select * from reservations where status = 'WAITLISTED') as r
full join waitlist as w
    on w.sku = r.sku
    and w.sequence = r.sequence
where (w.reservation_id, w.quantity, w.user_id)
    is distinct from (r.reservation_id, r.quantity, r.user_id)

union all
select
    'all_recorded', s.sku, 'skus',
    format('%s waiting for %s', coalesce(w.size, 0), coalesce(w.quantity, 0)),
    format('%s waiting for %s', s.waitlist_size, s.waitlist_quantity)
from skus as s
left join (
    select sku, count(*) as size, sum(quantity) as quantity
    from waitlist
    group by sku
) as w using (sku)
where (s.waitlist_size, s.waitlist_quantity)
    is distinct from (coalesce(w.size, 0), coalesce(w.quantity, 0))

union all
-- Behaviour counts the ends of holds.
select
    'all_recorded', coalesce(b.sku, l.sku), format('user %s', coalesce(b.user_id, l.user_id)),
    format('%s confirmed, %s cancelled, %s expired', coalesce(l.confirmed, 0), coalesce(l.cancelled, 0), coalesce(l.expired, 0)),
    format('%s confirmed, %s cancelled, %s expired', coalesce(b.confirmed_count, 0), coalesce(b.cancelled_count, 0), coalesce(b.expired_count, 0))
from user_behavior as b
full join (
    select
        r.sku,
        r.user_id,
        sum(life.confirmed) as confirmed,
        sum(life.abandoned) as cancelled,
        sum(life.expired) as expired
    from ledger_lives as life
    join reservations as r
        on r.sku = life.sku
        and r.reservation_id = life.reservation_id
    group by r.sku, r.user_id
) as l
    on l.sku = b.sku
    and l.user_id = b.user_id
where (coalesce(b.confirmed_count, 0), coalesce(b.cancelled_count, 0), coalesce(b.expired_count, 0))
    is distinct from (coalesce(l.confirmed, 0), coalesce(l.cancelled, 0), coalesce(l.expired, 0))

union all
-- One transaction, one row lock: the entries of a SKU are one unbroken order, up to its version.
select
    'one_row_lock', coalesce(s.sku, l.sku), 'ledger',
    format('entries 1 to %s', s.version),
    format('%s entries, %s to %s', coalesce(l.entries, 0), l.first, l.last)
from skus as s
full join (
    select sku, count(*) as entries, min(entry) as first, max(entry) as last
    from ledger
    group by sku
) as l using (sku)
where (s.version, s.version, 1::bigint) is distinct from (l.entries, l.last, l.first);

comment on view audit_discrepancies is
    'A row for each place where a rule is broken. Empty when all is well, in every committed state.';
comment on column audit_discrepancies.rule is 'Which rule.';
comment on column audit_discrepancies.sku is 'On which SKU.';
comment on column audit_discrepancies.place is 'Where: a table, a row, a ledger entry.';
comment on column audit_discrepancies.expected is 'What the rule asks for.';
comment on column audit_discrepancies.found is 'What is there instead.';
