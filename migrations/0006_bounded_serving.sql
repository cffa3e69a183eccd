-- Serving in bounded transactions, and past those who can't be served: one transaction promotes a
-- thousand of a SKU at most, and who wants more than is unsold does not hold up those behind.
--
-- Versions that don't know these columns go on. The rows of SKUs on which somebody ever waited are
-- updated once.

alter table skus
    add column serving boolean not null default false,
    add column strict_order_until bigint not null default 0;
comment on column skus.serving is
    'The last transaction stopped at its bound, though more of the waitlist could be served: the next ones go on.';
comment on column skus.strict_order_until is
    'Up to this ledger entry, whoever wanted more than was unsold held up the waitlist. The audit holds these entries to that.';

update skus
set
    strict_order_until = version,
    serving = available_quantity > 0 and waitlist_size > 0
where last_sequence > 0;

-- The SKUs to be served, for the scheduled job. Few at any time.
create index skus_serving on skus (sku) where serving;

-- The first of those who want a certain quantity, past any number of those who want more.
create index waitlist_by_quantity on waitlist (sku, quantity, sequence);


create or replace view waitlist_places as
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
    )::bigint as position,
    (
        select w.quantity <= s.total_quantity - s.sold_quantity
        from skus as s
        where s.sku = w.sku
    ) as servable
from waitlist as w;

comment on column waitlist_places.servable is
    'Whether it wants at most what is unsold: one that does not is passed over until it does.';


create or replace view audit_discrepancies as
with
-- Each table is read and grouped once, for all the rules that look at it.
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
        l.least_quantity, l.most_quantity, l.least_user_id, l.most_user_id,
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
        begun_entry,
        most_quantity as quantity,
        coalesce(left_line_entry, 9223372036854775807) as left_entry,
        case when waited > 0 then count(*) filter (where waited > 0) over joining end as nth_to_join,
        max(coalesce(left_line_entry, 9223372036854775807)) over ahead as last_left_ahead
    from lives
    where is_there
        and (waited > 0 or sequence is not null)
    window
        joining as (partition by sku order by first_entry),
        ahead as (partition by sku order by sequence rows between unbounded preceding and 1 preceding)
),
-- What keys were answered, as text: whatever stands there must not stop the audit.
keyed_restocks as materialized (
    select
        *,
        -- A restock's own entry is followed by those of its promotions.
        case
            when version ~ '^[0-9]{1,18}$' and promoted ~ '^[0-9]{1,18}$'
                then version::bigint - promoted::bigint
        end as entry,
        case when version ~ '^[0-9]{1,18}$' then version::bigint end as last_entry
    from (
        select
            k.sku,
            k.idempotency_key,
            k.created_at as answered_at,
            k.request ->> 'quantity' as asked_quantity,
            k.request ->> 'reason' as reason,
            k.outcome ->> 'promoted' as promoted,
            told.*
        from idempotency_keys as k
        cross join lateral jsonb_to_record(
            case when jsonb_typeof(k.outcome -> 'inventory') = 'object' then k.outcome -> 'inventory' end
        ) as told(
            total_quantity text, available_quantity text, reserved_quantity text, sold_quantity text,
            waitlist_size text, waitlist_quantity text, waitlist_limit text, last_sequence text,
            hold_ttl_seconds text, version text, created_at text, updated_at text
        )
        where k.endpoint = 'restock'
    ) as told
),
keyed_reserves as materialized (
    select
        k.sku, k.idempotency_key, k.created_at as answered_at,
        k.outcome ->> 'standing' as standing,
        jsonb_typeof(k.outcome -> 'place') as place_kind,
        jsonb_typeof(k.outcome #> '{reservation,hold}') as hold_kind,
        k.outcome #>> '{place,sequence}' as place_sequence,
        k.outcome #>> '{place,position}' as place_position,
        k.outcome #>> '{place,servable}' as place_servable,
        k.outcome #>> '{reservation,hold,ttl_seconds}' as told_ttl_seconds,
        k.outcome #>> '{reservation,hold,expires_at}' as told_expires_at,
        k.outcome #>> '{reservation,fairness,tier}' as told_tier,
        k.outcome #>> '{reservation,fairness,reason}' as told_reason,
        case
            when k.outcome #> '{reservation,fairness,score}' between '1e-300' and '1'
                then (k.outcome #> '{reservation,fairness,score}')::double precision
        end as told_score,
        told.user_id as told_user_id,
        told.quantity as told_quantity,
        told.status as told_status,
        told.sequence as told_sequence,
        told.created_at as told_created_at,
        told.updated_at as told_updated_at,
        -- Who waited and was promoted may have been told either.
        case
            when l.waited = 0 then 'RESERVED'
            when l.held > 0 and k.outcome ->> 'standing' = 'existing' and told.status = 'RESERVED' then 'RESERVED'
            else 'WAITLISTED'
        end as status,
        l.reservation_id, l.begun_entry, l.begun_at, l.held_at, l.waited, l.held,
        l.user_id, l.quantity, l.sequence, l.ttl_seconds, l.expires_at
    from idempotency_keys as k
    join lives as l
        on l.sku = k.sku
        and l.reservation_id = k.reservation_id
    cross join lateral jsonb_to_record(
        case when jsonb_typeof(k.outcome -> 'reservation') = 'object' then k.outcome -> 'reservation' end
    ) as told(user_id text, quantity text, status text, sequence text, created_at text, updated_at text)
    where k.endpoint = 'reserve'
        and l.is_told
        and l.is_there
),
replay as materialized (
    select
        r.*,
        s.waitlist_limit,
        -- Whoever wanted more could not be served. Before there were such, nobody was passed over.
        case
            when r.entry <= s.strict_order_until then 9223372036854775807
            else r.total_quantity - r.sold_quantity
        end as unsold_quantity
    from ledger_replay as r
    left join skus as s using (sku)
    left join (
        select sku, last_entry as entry
        from keyed_restocks
        union
        select sku, begun_entry
        from keyed_reserves
        where status = 'WAITLISTED'
        union
        select sku, promoted_entry
        from waiters
        where promoted_entry < last_left_ahead
    ) as keyed using (sku, entry)
    where r.available_quantity < 0
        or r.reserved_quantity < 0
        or r.sold_quantity < 0
        or r.available_quantity + r.reserved_quantity + r.sold_quantity <> r.total_quantity
        or (r.kind = 'RESERVED' and r.waiting_before > 0)
        or (r.kind = 'WAITLISTED' and r.waiting_before >= s.waitlist_limit)
        or (r.ends_transaction and r.available_quantity > 0 and r.waiting_after > 0)
        or keyed.sku is not null
),
-- Who got stock while somebody ahead of them waited; a newcomer is behind all who ever joined.
overtakers as materialized (
    select r.sku, r.entry, r.kind, r.reservation_id, r.waiting_before, r.unsold_quantity, w.sequence
    from waiters as w
    join replay as r
        on r.sku = w.sku
        and r.entry = w.promoted_entry
    where w.promoted_entry < w.last_left_ahead
    union all
    select sku, entry, kind, reservation_id, waiting_before, unsold_quantity, last_sequence + 1
    from replay
    where kind = 'RESERVED'
        and waiting_before > 0
),
-- Wherever a transaction left stock while somebody waited.
leftovers as materialized (
    select sku, entry, recorded_at, available_quantity, unsold_quantity, waiting_after
    from replay
    where ends_transaction
        and available_quantity > 0
        and waiting_after > 0
),
-- Servability depends on the quantity alone: those who want equally much are one line.
quantities as materialized (
    select distinct sku, quantity
    from waiters
    where sku in (select sku from overtakers union select sku from leftovers)
),
-- Those overtakers who overtook somebody servable: overtakers and lines in the order of sequences,
-- so that each overtaker has the last to leave ahead of it.
overtakings as materialized (
    select distinct sku, entry, kind, reservation_id, waiting_before, sequence
    from (
        select
            *,
            max(left_entry) over (
                partition by sku, quantity
                order by sequence, entry
                rows between unbounded preceding and 1 preceding
            ) as last_left_ahead
        from (
            select
                o.sku, q.quantity, o.sequence, o.entry, o.kind, o.reservation_id, o.waiting_before,
                null::bigint as left_entry
            from overtakers as o
            join quantities as q
                on q.sku = o.sku
                and q.quantity <= o.unsold_quantity
            union all
            select w.sku, w.quantity, w.sequence, null, null, null, null, w.left_entry
            from waiters as w
            where w.sku in (select sku from overtakers)
        ) as step
    ) as step
    where entry < last_left_ahead
),
-- The first servable one at each of the leftovers: heads and moments of each line in one order, so
-- that each moment has the head before it.
heads as materialized (
    select sku, entry, min(array[head[4], head[3]]) as head
    from (
        select
            sku,
            moment as entry,
            max(head) over (partition by sku, quantity order by entry) as head
        from (
            select l.sku, q.quantity, l.entry, l.entry as moment, null::bigint[] as head
            from leftovers as l
            join quantities as q
                on q.sku = l.sku
                and q.quantity <= l.unsold_quantity
            union all
            select
                sku, quantity, greatest(begun_entry, last_left_in_line), null,
                array[greatest(begun_entry, last_left_in_line), left_entry, quantity, sequence]
            from (
                select
                    w.*,
                    max(left_entry) over (
                        partition by sku, quantity
                        order by sequence
                        rows between unbounded preceding and 1 preceding
                    ) as last_left_in_line
                from waiters as w
                where w.sku in (select sku from leftovers)
            ) as w
            where greatest(begun_entry, last_left_in_line) < left_entry
        ) as step
    ) as step
    where entry < head[2]
    group by sku, entry
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
-- Strict order: nobody got stock at once while others waited who could be served …
select
    'strict_order', sku, format('ledger entry %s', entry),
    'nobody servable waits when a newcomer gets stock at once',
    format('%s waited', waiting_before)
from overtakings
where kind = 'RESERVED'

union all
-- … and nobody joined a line that was full: its limit never changes.
select
    'strict_order', sku, format('ledger entry %s', entry),
    format('fewer than %s wait when somebody joins', waitlist_limit),
    format('%s waited', waiting_before)
from replay
where kind = 'WAITLISTED'
    and waiting_before >= waitlist_limit

union all
-- … and nobody was promoted while someone further ahead waited who could be served.
select
    'strict_order', sku, format('reservation %s', reservation_id),
    format('everyone servable ahead of sequence %s was served or gone by entry %s', sequence, entry),
    'someone ahead of it still waited'
from overtakings
where kind = 'PROMOTED'

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
-- No idle stock: the first servable reservation does not fit what is available, now, unless the next
-- transactions are to serve on …
select
    'no_idle_stock', s.sku, format('waitlist sequence %s', head.sequence),
    format('less than %s available', head.quantity),
    format('%s available', s.available_quantity)
from skus as s
cross join lateral (
    select sequence, quantity
    from waitlist as w
    where w.sku = s.sku
        and w.quantity <= s.total_quantity - s.sold_quantity
    order by sequence
    limit 1
) as head
where head.quantity <= s.available_quantity
    and not s.serving

union all
-- … and whenever a transaction was over. One that met a line of a thousand may have stopped at its
-- bound: then the next one began with promotions, once it had ended the holds that were due, or is
-- still to come.
select
    'no_idle_stock', sku, format('ledger entry %s', entry),
    format('less than %s available, for which sequence %s was next', head[2], head[1]),
    format('%s available', l.available_quantity)
from heads
join leftovers as l using (sku, entry)
join skus as s using (sku)
cross join lateral (
    select count(*) as gone
    from ledger
    where sku = s.sku
        and entry <= l.entry
        and entry > l.entry - 10000
        and recorded_at = l.recorded_at
        and (kind = 'PROMOTED' or (kind = 'CANCELLED' and available_delta = 0))
) as served
left join lateral (
    select kind
    from ledger as after
    where after.sku = s.sku
        and after.entry > l.entry
        and after.kind <> 'EXPIRED'
    order by after.entry
    limit 1
) as next on true
where l.available_quantity >= head[2]
    and not (
        l.waiting_after + served.gone >= 1000
        and coalesce(next.kind = 'PROMOTED', s.serving)
    )

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
-- … for as long as the SKU says, if the user was of the full tier and had it at once. A SKU never says
-- anything else later. Shares, thresholds and the factor of a promotion are settings, but none can make
-- a hold last longer than ten times that, nor can one take a full score for less than the full tier.
select
    'exact_expiry', sku, format('reservation %s', reservation_id),
    format(
        '%s s%s',
        case
            when sequence is null and fairness_tier = 'full' then longest::text
            else format('1 to %s', longest)
        end,
        case when fairness_score = 1 then ', the full tier' end
    ),
    format('%s s, the %s tier for a score of %s', coalesce(ttl_seconds::text, 'no'), fairness_tier, fairness_score)
from (
    select
        r.sku, r.reservation_id, r.sequence, r.ttl_seconds, r.fairness_score, r.fairness_tier,
        s.hold_ttl_seconds * case when r.sequence is null then 1 else 10 end as longest
    from every_reservation as r
    join skus as s using (sku)
) as judged
where ttl_seconds not between 1 and longest
    or (sequence is null and fairness_tier = 'full' and ttl_seconds <> longest)
    or (fairness_score = 1 and fairness_tier <> 'full')

union all
-- … and no score is lower than all that its user ever abandoned, anywhere, could make it.
select
    'exact_expiry', r.sku, format('reservation %s', r.reservation_id),
    format('a score of at least %s', 3 / (3 + coalesce(b.abandoned, 0))),
    format('a score of %s', r.fairness_score)
from every_reservation as r
left join (
    select user_id, sum(expired_count + cancelled_count * float8 '0.5') as abandoned
    from user_behavior
    group by user_id
) as b using (user_id)
where r.fairness_score < 1
    and r.fairness_score < 3 / (3 + coalesce(b.abandoned, 0)) * float8 '0.999999999'

union all
-- What a SKU was initialized with never changes.
select
    'exact_expiry', sku, 'skus',
    format('holds of %s s, as it was initialized', initial_hold_ttl_seconds),
    format('holds of %s s', hold_ttl_seconds)
from skus
where hold_ttl_seconds <> initial_hold_ttl_seconds

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
-- … and says what the ledger and the reservation say of that moment: whether it was made then, how
-- it stood, and for how long …
select
    'once', sku, format('idempotency key %s of reserve', idempotency_key),
    format(
        '%s %s: %s for %s, made at %s, changed at %s, sequence %s, place %s %s %s, hold of %s s until %s, %s %s (%s)',
        standing_then, status, quantity, user_id, instant_in_json(begun_at), instant_in_json(changed_at),
        sequence, sequence_then, position_then, servable_then, ttl_then, instant_in_json(expires_then),
        fairness_tier, fairness_score, fairness_reason
    ),
    format(
        '%s %s: %s for %s, made at %s, changed at %s, sequence %s, place %s %s %s, hold of %s s until %s, %s %s (%s)',
        standing, told_status, told_quantity, told_user_id, told_created_at, told_updated_at,
        told_sequence, place_sequence, place_position, place_servable, told_ttl_seconds, told_expires_at,
        told_tier, told_score, told_reason
    )
from (
    select
        k.*,
        case
            when k.standing = 'existing' or k.answered_at <> k.begun_at then 'existing'
            when k.waited > 0 then 'waitlisted'
            else 'held'
        end as standing_then,
        case when k.status = 'RESERVED' then k.held_at else k.begun_at end as changed_at,
        case when k.status = 'RESERVED' then 'null' else 'object' end as place_kind_then,
        case when k.status = 'RESERVED' then 'object' else 'null' end as hold_kind_then,
        case when k.status = 'RESERVED' then k.ttl_seconds end as ttl_then,
        case when k.status = 'RESERVED' then k.expires_at end as expires_then,
        case when k.status = 'WAITLISTED' then k.sequence end as sequence_then,
        case
            when k.status = 'RESERVED' then null
            -- Whoever was there already has come forward since, nobody knows how far.
            when k.standing = 'existing'
                and k.place_position ~ '^[1-9][0-9]{0,17}$'
                and length(k.place_position) <= length(at.waiting_after::text)
                and (
                    length(k.place_position) < length(at.waiting_after::text)
                    or k.place_position collate "C" <= at.waiting_after::text
                ) then k.place_position
            else at.waiting_after::text
        end as position_then,
        case
            when k.status = 'RESERVED' then null
            -- It may have become servable since, or not any more. Older answers did not say.
            when k.standing = 'existing' or k.place_servable is null then k.place_servable
            else (k.quantity <= at.unsold_quantity)::text
        end as servable_then,
        -- Who was promoted later was judged anew.
        k.status = 'RESERVED' or k.held = 0 as is_judged,
        r.fairness_tier, r.fairness_score, r.fairness_reason
    from keyed_reserves as k
    join every_reservation as r
        on r.sku = k.sku
        and r.reservation_id = k.reservation_id
    left join replay as at
        on at.sku = k.sku
        and at.entry = k.begun_entry
) as answered
where (standing, told_status, told_quantity, told_user_id, told_sequence)
        is distinct from (standing_then, status, quantity::text, user_id, sequence::text)
    or (place_kind, place_sequence, place_position, place_servable, hold_kind, told_ttl_seconds)
        is distinct from (
            place_kind_then, sequence_then::text, position_then, servable_then, hold_kind_then, ttl_then::text
        )
    or (told_created_at, told_updated_at, told_expires_at)
        is distinct from (instant_in_json(begun_at), instant_in_json(changed_at), instant_in_json(expires_then))
    or (
        is_judged
        and (told_tier, told_score, told_reason)
            is distinct from (fairness_tier::text, fairness_score, fairness_reason)
    )

union all
-- … and a restock with a key is in the ledger …
select
    'once', k.sku, format('idempotency key %s of restock', k.idempotency_key),
    format('RESTOCKED with %s at %s', k.asked_quantity, k.answered_at),
    'not in the ledger'
from keyed_restocks as k
left join lateral (
    select kind, quantity, recorded_at, reason
    from ledger as l
    where l.sku = k.sku
        and l.entry = k.entry
    limit 1
) as l on true
where (l.kind, l.quantity::text, l.recorded_at, l.reason)
    is distinct from ('RESTOCKED'::ledger_kind, k.asked_quantity, k.answered_at, k.reason)

union all
-- … and was answered with the SKU as it was once its line was served …
select
    'once', sku, format('idempotency key %s of restock', idempotency_key),
    format(
        '%s promoted; %s = %s + %s + %s; %s waiting for %s, limit %s, last %s; holds of %s s; version %s, made at %s, changed at %s',
        promoted_then, total_then, available_then, reserved_then, sold_then, size_then, quantity_then, limit_then,
        sequence_then, ttl_then, last_entry, instant_in_json(made_at), instant_in_json(answered_at)
    ),
    format(
        '%s promoted; %s = %s + %s + %s; %s waiting for %s, limit %s, last %s; holds of %s s; version %s, made at %s, changed at %s',
        promoted, total_quantity, available_quantity, reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity,
        waitlist_limit, last_sequence, hold_ttl_seconds, version, created_at, updated_at
    )
from (
    select
        k.*,
        coalesce(next.entry - 1, s.version) - k.entry as promoted_then,
        at.total_quantity as total_then,
        at.available_quantity as available_then,
        at.reserved_quantity as reserved_then,
        at.sold_quantity as sold_then,
        at.waiting_after as size_then,
        at.waiting_quantity as quantity_then,
        s.waitlist_limit as limit_then,
        at.last_sequence as sequence_then,
        s.hold_ttl_seconds as ttl_then,
        s.created_at as made_at
    from keyed_restocks as k
    join skus as s using (sku)
    join replay as at
        on at.sku = k.sku
        and at.entry = k.last_entry
    -- What follows a restock is its promotions, and then something else or another transaction.
    left join lateral (
        select entry
        from ledger as l
        where l.sku = k.sku
            and l.entry > k.entry
            and (l.kind <> 'PROMOTED' or l.recorded_at <> k.answered_at)
        order by l.entry
        limit 1
    ) as next on true
) as answered
where (promoted, total_quantity, available_quantity, reserved_quantity, sold_quantity)
        is distinct from (promoted_then::text, total_then::text, available_then::text, reserved_then::text, sold_then::text)
    or (waitlist_size, waitlist_quantity, waitlist_limit, last_sequence, hold_ttl_seconds)
        is distinct from (size_then::text, quantity_then::text, limit_then::text, sequence_then::text, ttl_then::text)
    or (created_at, updated_at)
        is distinct from (instant_in_json(made_at), instant_in_json(answered_at))

union all
-- … and what one key did no other did.
select
    'once', sku, format('ledger entry %s', entry),
    'one key at most', string_agg(idempotency_key, ', ' order by idempotency_key)
from (
    select sku, entry, idempotency_key
    from keyed_restocks
    union all
    select sku, begun_entry, idempotency_key
    from keyed_reserves
    where standing in ('held', 'waitlisted')
) as done
where entry is not null
group by sku, entry
having count(*) > 1

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
-- … and whose it is. Entries of before the ledger had users say nothing.
select
    'all_recorded', sku, format('reservation %s', reservation_id),
    case
        when least_user_id = most_user_id then format('for %s', most_user_id)
        else format('for %s and for %s', least_user_id, most_user_id)
    end,
    format('for %s', user_id)
from lives
where is_there
    and (least_user_id <> user_id or most_user_id <> user_id)

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
-- … and weighs each at most as much as when it was new, and the latest, of which the weights are,
-- no less. The tolerance is that of the sums' floating point.
select
    'all_recorded', sku, format('user %s', user_id),
    format('weights of at most %s and %s', confirmed_count, expired_count + 0.5 * cancelled_count),
    format('weights of %s and %s', confirmed_weight, abandoned_weight)
from user_behavior
where confirmed_weight > confirmed_count * float8 '1.000000001'
    or abandoned_weight > (expired_count + cancelled_count * float8 '0.5') * float8 '1.000000001'

union all
select
    'all_recorded', sku, format('user %s', user_id),
    format('weights of at least %s and %s', confirmed, abandoned),
    format('weights of %s and %s', confirmed_weight, abandoned_weight)
from (
    select
        b.sku, b.user_id, b.confirmed_weight, b.abandoned_weight,
        count(*) filter (where l.confirmed > 0) as confirmed,
        sum(case when l.expired > 0 then 1 when l.abandoned > 0 then float8 '0.5' else 0 end) as abandoned
    from user_behavior as b
    join lives as l
        on l.sku = b.sku
        and l.user_id = b.user_id
        and l.ended_at = b.weighted_at
    where l.confirmed + l.abandoned + l.expired > 0
    group by b.sku, b.user_id
) as latest
where confirmed_weight < confirmed * float8 '0.999999999'
    or abandoned_weight < abandoned * float8 '0.999999999'

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
