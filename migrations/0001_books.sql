-- The books of Fairhold: stock, reservations and their history, the waitlist, behaviour and the ledger.
--
-- `sku` leads every key, so that all tables can be distributed by it and so that
-- the one lock on a SKU's row protects every row written under it.

create type reservation_status as enum ('WAITLISTED', 'RESERVED', 'CONFIRMED', 'CANCELLED', 'EXPIRED');
comment on type reservation_status is
    'WAITLISTED → RESERVED | CANCELLED; RESERVED → CONFIRMED | CANCELLED | EXPIRED; the last three are final.';

create type fairness_tier as enum ('full', 'reduced', 'minimal');
comment on type fairness_tier is 'Which share of the SKU''s hold time a user is given.';

create type ledger_kind as enum (
    'INITIALIZED', 'RESTOCKED', 'RESERVED', 'WAITLISTED', 'PROMOTED', 'CONFIRMED', 'CANCELLED', 'EXPIRED'
);
comment on type ledger_kind is
    'What happened. RESERVED: stock was free at once. PROMOTED: a waiting reservation got freed stock.';

create type inventory_status as enum ('HEALTHY', 'HIGH_DEMAND', 'OUT_OF_STOCK');
comment on type inventory_status is
    'HIGH_DEMAND when anyone waits; else HEALTHY when stock is available; else OUT_OF_STOCK.';

create type idempotent_endpoint as enum ('reserve', 'restock');
comment on type idempotent_endpoint is 'The endpoints that take an Idempotency-Key.';


create table skus (
    sku text collate "C" not null,
    initial_quantity integer not null,
    initial_hold_ttl_seconds integer,
    total_quantity bigint not null,
    available_quantity bigint not null,
    reserved_quantity bigint not null,
    sold_quantity bigint not null,
    waitlist_size bigint not null,
    waitlist_quantity bigint not null,
    waitlist_limit bigint,
    last_sequence bigint not null,
    hold_ttl_seconds integer not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint skus_pkey primary key (sku),
    constraint skus_name_is_well_formed check (sku ~ '^[A-Za-z0-9._:-]{1,64}$'),
    constraint skus_never_oversold
        check (available_quantity >= 0 and reserved_quantity >= 0 and sold_quantity >= 0),
    constraint skus_books_balance
        check (available_quantity + reserved_quantity + sold_quantity = total_quantity),
    constraint skus_line_is_counted
        check (waitlist_size >= 0 and waitlist_quantity >= waitlist_size and last_sequence >= waitlist_size),
    constraint skus_hold_time_in_range check (hold_ttl_seconds between 5 and 86400),
    constraint skus_waitlist_limit_not_negative check (waitlist_limit >= 0),
    constraint skus_version_counts_from_one check (version >= 1)
)
-- The hot row is rewritten with each transaction: room on its page keeps the updates HOT. Among a
-- million SKUs few are hot: a share of all would leave these few with long chains of dead versions.
with (
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 500
);

comment on table skus is
    'One row for each SKU: its stock and the length of its waitlist. Every change to the SKU locks this row first.';
comment on column skus.sku is 'The stock-keeping unit: 1 to 64 of A-Z a-z 0-9 . _ : -';
comment on column skus.initial_quantity is 'Units that the SKU was initialized with; restocks change total_quantity instead.';
comment on column skus.initial_hold_ttl_seconds is
    'The hold time that the SKU was initialized with; null when it was left to the default of that moment.';
comment on column skus.total_quantity is 'All units: available + reserved + sold.';
comment on column skus.available_quantity is 'Units that nobody holds or has bought.';
comment on column skus.reserved_quantity is 'Units in holds (reservations that are RESERVED).';
comment on column skus.sold_quantity is 'Units in confirmed reservations.';
comment on column skus.waitlist_size is 'How many reservations wait.';
comment on column skus.waitlist_quantity is 'How many units the waiting reservations ask for together.';
comment on column skus.waitlist_limit is 'How many may wait; 0 closes the waitlist, null sets no limit.';
comment on column skus.last_sequence is 'The sequence given to the latest reservation that joined the waitlist.';
comment on column skus.hold_ttl_seconds is 'How long a hold of the full tier lasts, in seconds.';
comment on column skus.version is 'Rises by one with each ledger row of this SKU, so it equals the number of them.';
comment on column skus.created_at is 'When the SKU was initialized, by the database''s clock.';
comment on column skus.updated_at is 'When the latest ledger row was written, by the database''s clock.';


create table reservations (
    sku text collate "C" not null,
    reservation_id uuid not null,
    user_id text collate "C" not null,
    quantity integer not null,
    status reservation_status not null,
    sequence bigint,
    ttl_seconds integer,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    expires_at timestamptz,
    fairness_score double precision not null,
    fairness_tier fairness_tier not null,
    fairness_reason text not null,
    constraint reservations_pkey primary key (sku, reservation_id),
    constraint reservations_quantity_in_range check (quantity between 1 and 1000000),
    constraint reservations_score_in_range check (fairness_score > 0 and fairness_score <= 1),
    constraint reservations_hold_has_an_end check ((expires_at is null) = (ttl_seconds is null)),
    constraint reservations_status_fits_the_hold check (
        case status
            when 'WAITLISTED' then expires_at is null and sequence is not null
            when 'CANCELLED' then expires_at is not null or sequence is not null
            else expires_at is not null
        end
    )
)
-- Each row changes once or twice and leaves the partial indexes: a fixed number of dead entries at
-- the head of the due holds is what a look at them may meet, however many rows there are. New rows
-- count too, so that a vacuum reads a stretch of new pages, not all of a year's in one go.
with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 50000
);

-- One live reservation for a user and SKU: what makes a retried reserve harmless without a key.
create unique index reservations_one_live_per_user
    on reservations (sku, user_id)
    where status in ('WAITLISTED', 'RESERVED');

-- The due holds of one SKU, for the transaction that has locked it.
create index reservations_due_by_sku
    on reservations (sku, expires_at)
    where status = 'RESERVED';

-- The SKUs that have due holds, for the scheduled job. Every quantity is above 0: the condition is
-- there so that only a query that repeats it can take this index, and the due holds of one SKU
-- are never looked up among those of all.
create index reservations_due
    on reservations (expires_at)
    where status = 'RESERVED' and quantity > 0;

-- A reservation by its id alone, as checkout names it.
create index reservations_by_id on reservations (reservation_id);

-- A user's reservations, newest first.
create index reservations_by_user on reservations (user_id, reservation_id);

comment on table reservations is
    'Every reservation, from waiting to its end, but for those that ended long ago and went to reservations_history. Written only under the lock on its SKU''s row.';
comment on column reservations.sku is 'What is reserved.';
comment on column reservations.reservation_id is 'A UUID of version 7, so it sorts by the time it was made.';
comment on column reservations.user_id is 'For whom.';
comment on column reservations.quantity is 'Units, 1 to 1,000,000.';
comment on column reservations.status is
    'Where it stands. A RESERVED row past its expires_at counts as EXPIRED, though the job may not have come by yet.';
comment on column reservations.sequence is 'Its place in the order of the waitlist, kept after promotion; null if it never waited.';
comment on column reservations.ttl_seconds is 'How long the hold was given, in seconds; null before a hold began.';
comment on column reservations.created_at is 'When it was made, by the database''s clock.';
comment on column reservations.updated_at is 'When its status last changed, by the database''s clock.';
comment on column reservations.expires_at is 'The instant from which the hold is over; null before a hold began.';
comment on column reservations.fairness_score is 'The user''s score when the hold began, or when it joined the waitlist.';
comment on column reservations.fairness_tier is 'The tier that followed from the score.';
comment on column reservations.fairness_reason is 'The score in words.';


create table waitlist (
    sku text collate "C" not null,
    sequence bigint not null,
    reservation_id uuid not null,
    user_id text collate "C" not null,
    quantity integer not null,
    joined_at timestamptz not null,
    constraint waitlist_pkey primary key (sku, sequence),
    constraint waitlist_quantity_in_range check (quantity between 1 and 1000000)
)
-- Rows come in at the tail and leave at the head, so the dead ones lie where every promotion begins
-- to read, under the lock on the SKU's row: few of them may gather, however long the lines are.
with (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000
);
comment on table waitlist is
    'Who waits now, served strictly by sequence. A row leaves when its reservation is promoted or cancelled.';
comment on column waitlist.sku is 'What is waited for.';
comment on column waitlist.sequence is 'The order: lower is served first. Taken from skus.last_sequence under the row lock.';
comment on column waitlist.reservation_id is 'The waiting reservation.';
comment on column waitlist.user_id is 'Who waits.';
comment on column waitlist.quantity is 'Units asked for.';
comment on column waitlist.joined_at is 'When it joined, by the database''s clock.';


create table waitlist_parts (
    sku text collate "C" not null,
    span integer not null,
    part bigint not null,
    waiting bigint not null,
    constraint waitlist_parts_pkey primary key (sku, span, part),
    constraint waitlist_parts_span_is_known check (span in (64, 4096)),
    constraint waitlist_parts_never_overfull check (waiting between 1 and span)
)
-- The last parts are rewritten with each batch that joins.
with (fillfactor = 50);
comment on table waitlist_parts is
    'How many wait in each part of a line. A position is the sum of the parts ahead and a count within one, so that no line is counted.';
comment on column waitlist_parts.sku is 'Whose line.';
comment on column waitlist_parts.span is 'How many sequences a part covers: 64, or 4096 for the way past many of these.';
comment on column waitlist_parts.part is 'The sequences from part × span to (part + 1) × span - 1.';
comment on column waitlist_parts.waiting is 'How many of them wait. A part in which nobody waits has no row.';


create table user_behavior (
    sku text collate "C" not null,
    user_id text collate "C" not null,
    confirmed_count bigint not null,
    cancelled_count bigint not null,
    expired_count bigint not null,
    confirmed_weight double precision not null,
    abandoned_weight double precision not null,
    weighted_at timestamptz not null,
    constraint user_behavior_pkey primary key (sku, user_id),
    constraint user_behavior_counts_not_negative
        check (confirmed_count >= 0 and cancelled_count >= 0 and expired_count >= 0),
    constraint user_behavior_weights_not_negative
        check (confirmed_weight >= 0 and abandoned_weight >= 0)
)
-- A row is rewritten with each end of a hold, on its own page while there is room. Users only become
-- more: a share of all of them would come to be millions of dead versions.
with (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 50000
);

-- A user's score sums the rows of all SKUs.
create index user_behavior_by_user on user_behavior (user_id);

comment on table user_behavior is
    'How the holds of a user ended, for each SKU, so that the SKU''s row lock protects the row. The score sums a user''s rows.';
comment on column user_behavior.sku is 'On which SKU.';
comment on column user_behavior.user_id is 'Whose holds.';
comment on column user_behavior.confirmed_count is 'Holds that were confirmed, ever.';
comment on column user_behavior.cancelled_count is 'Holds that were cancelled, ever. Leaving the waitlist does not count.';
comment on column user_behavior.expired_count is 'Holds that expired, ever.';
comment on column user_behavior.confirmed_weight is 'Confirmations, 1 each, halved for each half-life that passed until weighted_at.';
comment on column user_behavior.abandoned_weight is 'Expiries 1 and cancellations ½ each, halved for each half-life that passed until weighted_at.';
comment on column user_behavior.weighted_at is 'The instant that the weights are of.';


create table ledger (
    sku text collate "C" not null,
    entry bigint not null,
    kind ledger_kind not null,
    reservation_id uuid,
    quantity integer not null,
    available_delta integer not null,
    reserved_delta integer not null,
    sold_delta integer not null,
    total_delta integer not null,
    version bigint generated always as (entry) stored,
    recorded_at timestamptz not null,
    reason text,
    constraint ledger_pkey primary key (sku, entry),
    constraint ledger_entries_balance check (available_delta + reserved_delta + sold_delta = total_delta),
    constraint ledger_kind_names_its_reservation
        check ((reservation_id is null) = (kind in ('INITIALIZED', 'RESTOCKED'))),
    constraint ledger_deltas_fit_the_kind check (
        case kind
            when 'INITIALIZED' then total_delta = quantity and available_delta = quantity
            when 'RESTOCKED' then total_delta = quantity and available_delta = quantity
            when 'WAITLISTED' then available_delta = 0 and reserved_delta = 0 and sold_delta = 0
            when 'CONFIRMED' then available_delta = 0 and reserved_delta = -quantity and sold_delta = quantity
            when 'EXPIRED' then available_delta = quantity and reserved_delta = -quantity and sold_delta = 0
            when 'CANCELLED' then available_delta in (0, quantity) and reserved_delta = -available_delta and sold_delta = 0
            else available_delta = -quantity and reserved_delta = quantity and sold_delta = 0
        end
    )
)
-- Only inserts bring a vacuum here. A row never changes, so the first visit freezes it: pages are
-- visited once, and none is left for a day on which the whole ledger would have to be frozen.
with (
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_freeze_min_age = 0
);
comment on table ledger is
    'Every change of stock or of a reservation''s status, one row each, written in the transaction that made it. Never updated.';
comment on column ledger.sku is 'Whose stock or reservation changed.';
comment on column ledger.entry is 'The number of the row within its SKU: 1, 2, 3 … without a gap.';
comment on column ledger.kind is 'What happened.';
comment on column ledger.reservation_id is 'To which reservation; null when stock was initialized or restocked.';
comment on column ledger.quantity is 'Units that the change is about; negative when a restock took stock away.';
comment on column ledger.available_delta is 'Change of skus.available_quantity. 0 in a CANCELLED row: the reservation was waiting.';
comment on column ledger.reserved_delta is 'Change of skus.reserved_quantity.';
comment on column ledger.sold_delta is 'Change of skus.sold_quantity.';
comment on column ledger.total_delta is 'Change of skus.total_quantity.';
comment on column ledger.version is 'skus.version after this row: the same number as entry.';
comment on column ledger.recorded_at is 'When, by the database''s clock, read under the lock on the SKU''s row.';
comment on column ledger.reason is 'Why, in the words of whoever restocked.';


create table idempotency_keys (
    sku text collate "C" not null,
    endpoint idempotent_endpoint not null,
    idempotency_key text collate "C" not null,
    request jsonb not null,
    outcome jsonb not null,
    reservation_id uuid,
    created_at timestamptz not null,
    constraint idempotency_keys_pkey primary key (sku, endpoint, idempotency_key),
    constraint idempotency_keys_length check (length(idempotency_key) between 1 and 255)
)
-- As the ledger: it only grows, and no row ever changes.
with (
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_freeze_min_age = 0
);
comment on table idempotency_keys is
    'Requests that took effect under an Idempotency-Key, with the answer that they got. A refused request leaves no row.';
comment on column idempotency_keys.sku is 'The SKU that the key belongs to.';
comment on column idempotency_keys.endpoint is 'The endpoint that the key belongs to.';
comment on column idempotency_keys.idempotency_key is 'The key, 1 to 255 printable ASCII characters.';
comment on column idempotency_keys.request is 'What was asked, to tell a repetition from another request.';
comment on column idempotency_keys.outcome is 'What was answered, to be answered again.';
comment on column idempotency_keys.reservation_id is 'The reservation that the answer told of; null for a restock.';
comment on column idempotency_keys.created_at is 'When the key first took effect, by the database''s clock.';


-- An id of version 7 begins with the milliseconds since 1970, so a range of ids is a range of time.
create function instant_of_id(reservation_id uuid) returns timestamptz
language sql immutable strict parallel safe
return to_timestamp(
    ('x0000' || left(replace(reservation_id::text, '-', ''), 12))::bit(64)::bigint / 1000.0
);
comment on function instant_of_id(uuid) is
    'When a reservation was made, as its id says: by the clock of the process that made the id, to the millisecond.';

create function least_id_at(instant timestamptz) returns uuid
language sql immutable strict parallel safe
return rpad(
    lpad(to_hex(greatest(floor(extract(epoch from instant) * 1000)::bigint, 0)), 12, '0'), 32, '0'
)::uuid;
comment on function least_id_at(timestamptz) is
    'The id below all that were made at this instant or later, and above all that were made before.';


create table reservations_history (
    sku text collate "C" not null,
    reservation_id uuid not null,
    user_id text collate "C" not null,
    quantity integer not null,
    status reservation_status not null,
    sequence bigint,
    ttl_seconds integer,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    expires_at timestamptz,
    fairness_score double precision not null,
    fairness_tier fairness_tier not null,
    fairness_reason text not null,
    constraint reservations_history_pkey primary key (sku, reservation_id),
    constraint reservations_history_quantity_in_range check (quantity between 1 and 1000000),
    constraint reservations_history_score_in_range check (fairness_score > 0 and fairness_score <= 1),
    constraint reservations_history_hold_has_an_end check ((expires_at is null) = (ttl_seconds is null)),
    constraint reservations_history_is_of_the_ended check (
        case status
            when 'CONFIRMED' then expires_at is not null
            when 'EXPIRED' then expires_at is not null
            when 'CANCELLED' then expires_at is not null or sequence is not null
            else false
        end
    )
)
partition by range (reservation_id);

-- A user's reservations, newest first.
create index reservations_history_by_user on reservations_history (user_id, reservation_id);

-- A reservation by its id alone: one partition, since the id says which. Made last, because all
-- indexes of a partition that was analyzed while empty seem equal, and then the last is taken.
create index reservations_history_by_id on reservations_history (reservation_id);

comment on table reservations_history is
    'Reservations that ended long ago, moved here from reservations and never changed again. A partition for each month (UTC) in which they were made.';
comment on column reservations_history.sku is 'What was reserved.';
comment on column reservations_history.reservation_id is 'A UUID of version 7: the time in it says which partition the row is in.';
comment on column reservations_history.user_id is 'For whom.';
comment on column reservations_history.quantity is 'Units, 1 to 1,000,000.';
comment on column reservations_history.status is 'How it ended: CONFIRMED, CANCELLED or EXPIRED.';
comment on column reservations_history.sequence is 'The place that it had in the order of the waitlist; null if it never waited.';
comment on column reservations_history.ttl_seconds is 'How long the hold was given, in seconds; null if it never held stock.';
comment on column reservations_history.created_at is 'When it was made, by the database''s clock.';
comment on column reservations_history.updated_at is 'When it ended, by the database''s clock.';
comment on column reservations_history.expires_at is 'The instant from which the hold was over, or would have been; null if it never held stock.';
comment on column reservations_history.fairness_score is 'The user''s score when the hold began, or when it joined the waitlist.';
comment on column reservations_history.fairness_tier is 'The tier that followed from the score.';
comment on column reservations_history.fairness_reason is 'The score in words.';


create function is_history(name text) returns boolean
language sql stable strict
return exists (
    select from pg_inherits
    where inhparent = 'reservations_history'::regclass
        and inhrelid = to_regclass(name)
);
comment on function is_history(text) is 'Whether the table of this name is a partition of reservations_history.';

create function provide_history(instant timestamptz) returns void
language plpgsql
as $$
declare
    month constant timestamptz := date_trunc('month', instant, 'UTC');
    name constant text := to_char(month at time zone 'UTC', '"reservations_history_"YYYY_MM');
begin
    if is_history(name) then
        return;
    end if;
    -- Excludes who else provides, but neither readers nor writers.
    lock table reservations_history in share update exclusive mode;
    if is_history(name) then
        return;
    end if;
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
comment on function provide_history(timestamptz) is
    'Makes the partition of reservations_history for the month (UTC) of this instant, if there is none.';


create view every_reservation as
select
    sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at,
    expires_at, fairness_score, fairness_tier, fairness_reason
from reservations
union all
select
    sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at,
    expires_at, fairness_score, fairness_tier, fairness_reason
from reservations_history;

comment on view every_reservation is
    'Every reservation ever made: those of reservations, and those that were moved to reservations_history.';
comment on column every_reservation.sku is 'What is reserved.';
comment on column every_reservation.reservation_id is 'A UUID of version 7, so it sorts by the time it was made.';
comment on column every_reservation.user_id is 'For whom.';
comment on column every_reservation.quantity is 'Units, 1 to 1,000,000.';
comment on column every_reservation.status is
    'Where it stands. A RESERVED row past its expires_at counts as EXPIRED, though the job may not have come by yet.';
comment on column every_reservation.sequence is 'Its place in the order of the waitlist, kept after promotion; null if it never waited.';
comment on column every_reservation.ttl_seconds is 'How long the hold was given, in seconds; null before a hold began.';
comment on column every_reservation.created_at is 'When it was made, by the database''s clock.';
comment on column every_reservation.updated_at is 'When its status last changed, by the database''s clock.';
comment on column every_reservation.expires_at is 'The instant from which the hold is over; null before a hold began.';
comment on column every_reservation.fairness_score is 'The user''s score when the hold began, or when it joined the waitlist.';
comment on column every_reservation.fairness_tier is 'The tier that followed from the score.';
comment on column every_reservation.fairness_reason is 'The score in words.';


create view inventory_health as
select
    sku,
    available_quantity as available_inventory,
    waitlist_size,
    (case
        when waitlist_size > 0 then 'HIGH_DEMAND'
        when available_quantity > 0 then 'HEALTHY'
        else 'OUT_OF_STOCK'
    end)::inventory_status as status,
    total_quantity as total_inventory,
    reserved_quantity as reserved_inventory,
    sold_quantity as sold_inventory,
    waitlist_quantity,
    version,
    updated_at
from skus;
comment on view inventory_health is 'How each SKU stands, and its status in one word.';
comment on column inventory_health.sku is 'The SKU.';
comment on column inventory_health.available_inventory is 'Units that nobody holds or has bought.';
comment on column inventory_health.waitlist_size is 'How many reservations wait.';
comment on column inventory_health.status is 'HIGH_DEMAND when anyone waits; else HEALTHY when stock is available; else OUT_OF_STOCK.';
comment on column inventory_health.total_inventory is 'All units.';
comment on column inventory_health.reserved_inventory is 'Units in holds.';
comment on column inventory_health.sold_inventory is 'Units sold.';
comment on column inventory_health.waitlist_quantity is 'Units that the waiting reservations ask for together.';
comment on column inventory_health.version is 'Rises with each change.';
comment on column inventory_health.updated_at is 'When it last changed.';


-- The table in which sqlx keeps what it has applied. Absent where these files are applied otherwise.
do $$
begin
    if to_regclass('_sqlx_migrations') is not null then
        comment on table _sqlx_migrations is 'The migrations that were applied to this database. Kept by sqlx.';
        comment on column _sqlx_migrations.version is 'The number that the migration''s file begins with.';
        comment on column _sqlx_migrations.description is 'The rest of the file''s name.';
        comment on column _sqlx_migrations.installed_on is 'When it was applied.';
        comment on column _sqlx_migrations.success is 'Whether it went through.';
        comment on column _sqlx_migrations.checksum is 'The SHA-384 of the file as it was applied: an applied migration must not change.';
        comment on column _sqlx_migrations.execution_time is 'How long it took, in nanoseconds.';
    end if;
end
$$;
