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


-- The life of each reservation as the ledger tells it. One pass that only counts and takes extremes,
-- so it needs no order: each kind of step is taken at most once, else the rule "once" is broken.
create view ledger_lives as
select
    sku,
    reservation_id,
    min(entry) as first_entry,
    max(entry) as last_entry,
    max(entry) filter (where kind in ('RESERVED', 'WAITLISTED')) as begun_entry,
    max(entry) filter (where kind = 'PROMOTED') as promoted_entry,
    max(entry) filter (where kind = 'PROMOTED' or (kind = 'CANCELLED' and available_delta = 0)) as left_line_entry,
    min(entry) filter (where kind in ('CONFIRMED', 'CANCELLED', 'EXPIRED')) as ended_entry,
    count(*) filter (where kind in ('RESERVED', 'WAITLISTED')) as begun,
    count(*) filter (where kind = 'WAITLISTED') as waited,
    count(*) filter (where kind in ('RESERVED', 'PROMOTED')) as held,
    count(*) filter (where kind = 'CONFIRMED') as confirmed,
    count(*) filter (where kind = 'CANCELLED') as cancelled,
    count(*) filter (where kind = 'CANCELLED' and available_delta > 0) as abandoned,
    count(*) filter (where kind = 'EXPIRED') as expired,
    min(quantity) as least_quantity,
    max(quantity) as most_quantity,
    max(recorded_at) filter (where kind in ('RESERVED', 'WAITLISTED')) as begun_at,
    max(recorded_at) filter (where kind in ('RESERVED', 'PROMOTED')) as held_at,
    max(recorded_at) filter (where kind in ('CONFIRMED', 'CANCELLED', 'EXPIRED')) as ended_at,
    coalesce(
        max(recorded_at) filter (where kind in ('CONFIRMED', 'CANCELLED', 'EXPIRED')),
        max(recorded_at) filter (where kind in ('RESERVED', 'PROMOTED')),
        max(recorded_at) filter (where kind in ('RESERVED', 'WAITLISTED'))
    ) as changed_at,
    (case
        when count(*) filter (where kind = 'CONFIRMED') > 0 then 'CONFIRMED'
        when count(*) filter (where kind = 'CANCELLED') > 0 then 'CANCELLED'
        when count(*) filter (where kind = 'EXPIRED') > 0 then 'EXPIRED'
        when count(*) filter (where kind in ('RESERVED', 'PROMOTED')) > 0 then 'RESERVED'
        else 'WAITLISTED'
    end)::reservation_status as status
from ledger
where reservation_id is not null
group by sku, reservation_id;

comment on view ledger_lives is
    'One row for each reservation that the ledger knows: what happened to it, and the status that follows.';
comment on column ledger_lives.sku is 'The SKU.';
comment on column ledger_lives.reservation_id is 'The reservation.';
comment on column ledger_lives.first_entry is 'Its first entry.';
comment on column ledger_lives.last_entry is 'Its latest entry.';
comment on column ledger_lives.begun_entry is 'The entry that made it: its first, if all is well.';
comment on column ledger_lives.promoted_entry is 'The entry that promoted it.';
comment on column ledger_lives.left_line_entry is 'The entry by which it left the waitlist.';
comment on column ledger_lives.ended_entry is 'The entry that ended it: its latest, if all is well.';
comment on column ledger_lives.begun is 'How often it was made: once, if all is well.';
comment on column ledger_lives.waited is 'How often it joined the waitlist.';
comment on column ledger_lives.held is 'How often it got stock.';
comment on column ledger_lives.confirmed is 'How often it was confirmed.';
comment on column ledger_lives.cancelled is 'How often it was cancelled.';
comment on column ledger_lives.abandoned is 'How often it was cancelled while it held stock.';
comment on column ledger_lives.expired is 'How often it expired.';
comment on column ledger_lives.least_quantity is 'The least quantity in its entries.';
comment on column ledger_lives.most_quantity is 'The largest quantity in its entries: the same, if all is well.';
comment on column ledger_lives.begun_at is 'When it was made.';
comment on column ledger_lives.held_at is 'When its hold began.';
comment on column ledger_lives.ended_at is 'When it ended.';
comment on column ledger_lives.changed_at is 'When its status last changed.';
comment on column ledger_lives.status is 'The status that follows from its entries.';


-- No foreign key guards the tables (docs/adr/0007-no-foreign-keys.md): what one would refuse is
-- reported here.
--
-- Whether recorded_at ever falls is not asked: each time is what the database's clock said, and a
-- clock that is set back breaks no rule. The order is that of the entries.
create view audit_discrepancies as
with
-- Each table is read and grouped once, for all the rules that look at it.
replay as materialized (
    select *
    from ledger_replay
    where available_quantity < 0
        or reserved_quantity < 0
        or sold_quantity < 0
        or available_quantity + reserved_quantity + sold_quantity <> total_quantity
        or (kind = 'RESERVED' and waiting_before > 0)
),
recorded as materialized (
    select
        sku,
        count(*) as entries,
        min(entry) as first,
        max(entry) as last,
        sum(available_delta) as available,
        sum(reserved_delta) as reserved,
        sum(sold_delta) as sold,
        sum(total_delta) as total,
        count(*) filter (where kind = 'WAITLISTED') as joined
    from ledger
    group by sku
),
booked as materialized (
    select
        sku,
        coalesce(sum(quantity) filter (where status = 'RESERVED'), 0) as held,
        coalesce(sum(quantity) filter (where status = 'CONFIRMED'), 0) as sold,
        max(sequence) as last_sequence
    from every_reservation
    group by sku
),
line as materialized (
    select sku, count(*) as size, sum(quantity) as quantity
    from waitlist
    group by sku
),
-- What the ledger tells of each reservation, beside its row: either may be missing.
lives as materialized (
    select
        coalesce(l.sku, r.sku) as sku,
        coalesce(l.reservation_id, r.reservation_id) as reservation_id,
        l.sku is not null as is_told,
        r.sku is not null as is_there,
        l.first_entry, l.last_entry, l.begun_entry, l.promoted_entry, l.left_line_entry, l.ended_entry,
        l.begun, l.waited, l.held, l.confirmed, l.cancelled, l.abandoned, l.expired,
        l.least_quantity, l.most_quantity,
        l.begun_at, l.held_at, l.ended_at, l.changed_at,
        l.status as told_status,
        r.user_id, r.quantity, r.status, r.sequence, r.ttl_seconds, r.created_at, r.updated_at, r.expires_at
    from ledger_lives as l
    full join every_reservation as r
        on r.sku = l.sku
        and r.reservation_id = l.reservation_id
),
waiters as materialized (
    select
        sku,
        reservation_id,
        sequence,
        promoted_entry,
        case when waited > 0 then count(*) filter (where waited > 0) over joining end as nth_to_join,
        max(coalesce(left_line_entry, 9223372036854775807)) over ahead as last_left_ahead
    from lives
    where is_there
        and (waited > 0 or sequence is not null)
    window
        joining as (partition by sku order by first_entry),
        ahead as (partition by sku order by sequence rows between unbounded preceding and 1 preceding)
)

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
from replay
where available_quantity < 0
    or reserved_quantity < 0
    or sold_quantity < 0
    or available_quantity + reserved_quantity + sold_quantity <> total_quantity

union all
-- The counters are the sums of the reservations.
select
    'no_overselling', s.sku, 'reservations',
    format('%s held, %s sold', s.reserved_quantity, s.sold_quantity),
    format('%s held, %s sold', coalesce(b.held, 0), coalesce(b.sold, 0))
from skus as s
left join booked as b using (sku)
where (s.reserved_quantity, s.sold_quantity)
    is distinct from (coalesce(b.held, 0), coalesce(b.sold, 0))

union all
-- Strict order: nobody got stock at once while others waited …
select
    'strict_order', sku, format('ledger entry %s', entry),
    'nobody waits when a newcomer gets stock at once',
    format('%s waited', waiting_before)
from replay
where kind = 'RESERVED'
    and waiting_before > 0

union all
-- … and nobody was promoted while someone further ahead waited.
select
    'strict_order', sku, format('reservation %s', reservation_id),
    format('everyone ahead of sequence %s was served or gone by entry %s', sequence, promoted_entry),
    'someone ahead of it still waited'
from waiters
where promoted_entry < last_left_ahead

union all
-- The order of the waitlist is the order of joining …
select
    'strict_order', sku, format('reservation %s', reservation_id),
    case when nth_to_join is null then 'no sequence: it never waited' else format('sequence %s, by the order of joining', nth_to_join) end,
    case when sequence is null then 'no sequence' else format('sequence %s', sequence) end
from waiters
where sequence is distinct from nth_to_join

union all
-- … and the next to join goes behind all who ever did.
select
    'strict_order', s.sku, 'skus',
    format('last sequence %s: as many joined', coalesce(l.joined, 0)),
    format('last sequence %s, the highest used is %s', s.last_sequence, coalesce(b.last_sequence, 0))
from skus as s
left join recorded as l using (sku)
left join booked as b using (sku)
where (s.last_sequence, s.last_sequence)
    is distinct from (coalesce(l.joined, 0), coalesce(b.last_sequence, 0))

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
-- Expiry is exact: nothing was confirmed from expires_at on, nothing expired before it …
select
    'exact_expiry', sku, format('ledger entry %s', ended_entry),
    format('%s the hold''s end at %s', case when confirmed > 0 then 'before' else 'not before' end, expires_at),
    format('%s at %s', told_status, ended_at)
from lives
where (confirmed > 0 and ended_at >= expires_at)
    or (expired > 0 and ended_at < expires_at)

union all
-- … which is the instant at which the hold began, and its length: of an ended hold too.
select
    'exact_expiry', sku, format('reservation %s', reservation_id),
    case
        when held_at is null then 'no hold'
        when ttl_seconds is null then format('a hold from %s', held_at)
        else format('a hold from %s for %s s, until %s', held_at, ttl_seconds, held_at + make_interval(secs => ttl_seconds))
    end,
    case when expires_at is null then 'no hold' else format('a hold for %s s, until %s', ttl_seconds, expires_at) end
from lives
where is_told
    and is_there
    and (
        (held_at is null) <> (expires_at is null)
        or expires_at is distinct from held_at + make_interval(secs => ttl_seconds)
    )

union all
-- Once: a reservation begins once, holds once and ends once, in this order.
select
    'once', sku, format('reservation %s', reservation_id),
    'one beginning, then at most one hold, then at most one end',
    format(
        '%s beginnings, %s holds, %s confirmed, %s cancelled, %s expired; begun in entry %s and ended in %s of %s to %s',
        begun, held, confirmed, cancelled, expired,
        coalesce(begun_entry::text, 'none'), coalesce(ended_entry::text, 'none'), first_entry, last_entry
    )
from lives
where begun <> 1
    or held > 1
    or confirmed + cancelled + expired > 1
    or confirmed + expired + abandoned > held
    or begun_entry <> first_entry
    or ended_entry <> last_entry

union all
-- An id belongs to one SKU: checkout names a reservation by its id alone.
select
    'once', min(r.sku), format('reservation %s', reservation_id),
    'one SKU', string_agg(r.sku, ', ' order by r.sku)
from (
    select reservation_id
    from every_reservation
    group by reservation_id
    having min(sku) <> max(sku)
) as shared
join every_reservation as r using (reservation_id)
group by reservation_id

union all
-- A reservation is in one of its two tables: the move to the history takes it from the other.
select
    'once', r.sku, format('reservation %s', r.reservation_id),
    'one row', 'a row in reservations and one in reservations_history'
from reservations as r
join reservations_history as h
    on h.sku = r.sku
    and h.reservation_id = r.reservation_id

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
-- A keyed answer is one of its endpoint and its SKU, and tells of a reservation that is there and
-- is what was asked for.
select
    'once', k.sku, format('idempotency key %s of %s', k.idempotency_key, k.endpoint),
    case
        when s.sku is null then 'the SKU of the key'
        when k.reservation_id is not null and r.sku is null then format('reservation %s', k.reservation_id)
        when told.fits then format('a reservation of %s for %s', k.request ->> 'quantity', k.request ->> 'user_id')
        else format('an answer of %s for %s with %s', k.endpoint, k.sku, coalesce(k.reservation_id::text, 'no reservation'))
    end,
    case
        when s.sku is null then 'no such SKU'
        when k.reservation_id is not null and r.sku is null then 'no such reservation'
        when told.fits then format('a reservation of %s for %s', r.quantity, r.user_id)
        else format(
            'an answer of %s for %s with %s',
            coalesce(told.answer, 'nothing'),
            coalesce(told.sku, 'no SKU'),
            coalesce(told.reservation_id, 'no reservation')
        )
    end
from idempotency_keys as k
cross join lateral (
    select
        *,
        (answer, sku, reservation_id)
            is not distinct from (k.endpoint::text, k.sku, k.reservation_id::text) as fits
    from (
        select
            k.outcome ->> 'answer' as answer,
            coalesce(k.outcome #>> '{reservation,sku}', k.outcome #>> '{inventory,sku}') as sku,
            k.outcome #>> '{reservation,reservation_id}' as reservation_id
    ) as answered
) as told
left join skus as s
    on s.sku = k.sku
left join every_reservation as r
    on r.sku = k.sku
    and r.reservation_id = k.reservation_id
where s.sku is null
    or (k.reservation_id is not null and r.sku is null)
    or not told.fits
    or (
        k.endpoint = 'reserve'
        and (k.request ->> 'user_id', k.request ->> 'quantity')
            is distinct from (r.user_id, r.quantity::text)
    )

union all
-- … and a restock with a key is in the ledger.
select
    'once', k.sku, format('idempotency key %s of %s', k.idempotency_key, k.endpoint),
    format('RESTOCKED with %s at %s', k.request ->> 'quantity', k.created_at),
    'not in the ledger'
from idempotency_keys as k
where k.endpoint = 'restock'
    and not exists (
        select from ledger as l
        where l.sku = k.sku
            and l.kind = 'RESTOCKED'
            and l.recorded_at = k.created_at
            and l.quantity::text = k.request ->> 'quantity'
    )

union all
-- All is recorded: the counters are the sums of the ledger …
select
    'all_recorded', s.sku, 'skus',
    format('%s available, %s held, %s sold, %s in all', coalesce(l.available, 0), coalesce(l.reserved, 0), coalesce(l.sold, 0), coalesce(l.total, 0)),
    format('%s available, %s held, %s sold, %s in all', s.available_quantity, s.reserved_quantity, s.sold_quantity, s.total_quantity)
from skus as s
left join recorded as l using (sku)
where (s.available_quantity, s.reserved_quantity, s.sold_quantity, s.total_quantity)
    is distinct from (coalesce(l.available, 0), coalesce(l.reserved, 0), coalesce(l.sold, 0), coalesce(l.total, 0))

union all
-- … which begins with the stock …
select
    'all_recorded', s.sku, 'ledger entry 1',
    format('INITIALIZED with %s at %s', s.initial_quantity, s.created_at),
    case when l.sku is null then 'not in the ledger' else format('%s with %s at %s', l.kind, l.quantity, l.recorded_at) end
from skus as s
left join ledger as l
    on l.sku = s.sku
    and l.entry = 1
where (l.kind, l.quantity, l.recorded_at)
    is distinct from ('INITIALIZED'::ledger_kind, s.initial_quantity, s.created_at)

union all
-- … and ends with the latest change …
select
    'all_recorded', s.sku, format('ledger entry %s', s.version),
    format('the latest change, at %s', s.updated_at),
    case when l.sku is null then 'not in the ledger' else format('%s at %s', l.kind, l.recorded_at) end
from skus as s
left join ledger as l
    on l.sku = s.sku
    and l.entry = s.version
where l.recorded_at is distinct from s.updated_at

union all
-- … and tells the status and the quantity of each reservation …
select
    'all_recorded', sku, format('reservation %s', reservation_id),
    case when is_told then format('%s of %s', told_status, most_quantity) else 'not in the ledger' end,
    case when is_there then format('%s of %s', status, quantity) else 'no such reservation' end
from lives
where (status, quantity, quantity)
    is distinct from (told_status, least_quantity, most_quantity)

union all
-- … and when it was made and last changed.
select
    'all_recorded', sku, format('reservation %s', reservation_id),
    format('made at %s, changed at %s', begun_at, changed_at),
    format('made at %s, changed at %s', created_at, updated_at)
from lives
where is_told
    and is_there
    and (created_at, updated_at) is distinct from (begun_at, changed_at)

union all
-- The waitlist has a row for each waiting reservation, and no other.
select
    'all_recorded', coalesce(w.sku, r.sku), format('waitlist sequence %s', coalesce(w.sequence, r.sequence)),
    case
        when r.sku is null then 'nobody waits there'
        else format('%s: %s for %s, since %s', r.reservation_id, r.quantity, r.user_id, r.created_at)
    end,
    case
        when w.sku is null then 'nobody waits there'
        else format('%s: %s for %s, since %s', w.reservation_id, w.quantity, w.user_id, w.joined_at)
    end
from (select * from lives where status = 'WAITLISTED') as r
full join waitlist as w
    on w.sku = r.sku
    and w.sequence = r.sequence
where (w.reservation_id, w.quantity, w.user_id, w.joined_at)
    is distinct from (r.reservation_id, r.quantity, r.user_id, r.created_at)

union all
-- The parts of a line, of which positions are the sums, count it.
select
    'all_recorded', coalesce(p.sku, w.sku),
    format('waitlist part %s of %s', coalesce(p.part, w.part), coalesce(p.span, w.span)),
    format('%s waiting', coalesce(w.waiting, 0)),
    format('%s waiting', coalesce(p.waiting, 0))
from waitlist_parts as p
full join (
    select sku, span, sequence / span as part, count(*) as waiting
    from waitlist
    cross join unnest(array[64, 4096]) as span
    group by sku, span, sequence / span
) as w using (sku, span, part)
where p.waiting is distinct from w.waiting

union all
select
    'all_recorded', s.sku, 'skus',
    format('%s waiting for %s', coalesce(w.size, 0), coalesce(w.quantity, 0)),
    format('%s waiting for %s', s.waitlist_size, s.waitlist_quantity)
from skus as s
left join line as w using (sku)
where (s.waitlist_size, s.waitlist_quantity)
    is distinct from (coalesce(w.size, 0), coalesce(w.quantity, 0))

union all
-- Behaviour counts the ends of holds, up to the latest …
select
    'all_recorded', coalesce(b.sku, l.sku), format('user %s', coalesce(b.user_id, l.user_id)),
    case
        when l.sku is null then 'no hold ended'
        else format('%s confirmed, %s cancelled, %s expired, at last %s', l.confirmed, l.cancelled, l.expired, l.ended_at)
    end,
    case
        when b.sku is null then 'no behaviour'
        else format('%s confirmed, %s cancelled, %s expired, at last %s', b.confirmed_count, b.cancelled_count, b.expired_count, b.weighted_at)
    end
from user_behavior as b
full join (
    select
        sku,
        user_id,
        count(*) filter (where confirmed > 0) as confirmed,
        count(*) filter (where abandoned > 0) as cancelled,
        count(*) filter (where expired > 0) as expired,
        max(ended_at) as ended_at
    from lives
    where is_there
        and confirmed + abandoned + expired > 0
    group by sku, user_id
) as l
    on l.sku = b.sku
    and l.user_id = b.user_id
where (b.confirmed_count, b.cancelled_count, b.expired_count, b.weighted_at)
    is distinct from (l.confirmed, l.cancelled, l.expired, l.ended_at)

union all
-- … and weighs each at most as much as when it was new. The tolerance is that of the sums'
-- floating point.
select
    'all_recorded', sku, format('user %s', user_id),
    format('weights of at most %s and %s', confirmed_count, expired_count + 0.5 * cancelled_count),
    format('weights of %s and %s', confirmed_weight, abandoned_weight)
from user_behavior
where confirmed_weight > confirmed_count * float8 '1.000000001'
    or abandoned_weight > (expired_count + cancelled_count * float8 '0.5') * float8 '1.000000001'

union all
-- Every row belongs to a SKU that is there.
select 'all_recorded', named.sku, named.place, 'the SKU of these rows', 'no such SKU'
from (
    select sku, 'ledger' as place from recorded
    union all
    select sku, 'reservations' from booked
    union all
    select sku, 'waitlist' from line
    union all
    select distinct sku, 'waitlist_parts' from waitlist_parts
    union all
    select distinct sku, 'user_behavior' from user_behavior
) as named
where not exists (select from skus as s where s.sku = named.sku)

union all
-- One transaction, one row lock: the entries of a SKU are one unbroken order, up to its version.
select
    'one_row_lock', s.sku, 'ledger',
    format('entries 1 to %s', s.version),
    case when l.sku is null then 'no entries' else format('%s entries, %s to %s', l.entries, l.first, l.last) end
from skus as s
left join recorded as l using (sku)
where (s.version, s.version, 1::bigint) is distinct from (l.entries, l.last, l.first);

comment on view audit_discrepancies is
    'A row for each place where a rule is broken. Empty when all is well, in every committed state.';
comment on column audit_discrepancies.rule is 'Which rule.';
comment on column audit_discrepancies.sku is 'On which SKU.';
comment on column audit_discrepancies.place is 'Where: a table, a row, a ledger entry.';
comment on column audit_discrepancies.expected is 'What the rule asks for.';
comment on column audit_discrepancies.found is 'What is there instead.';
