//! The statements of the release before migration 4, running beside a newer Fairhold that sells the
//! same SKU.
#![expect(
    clippy::disallowed_methods,
    reason = "another release's statements can't be checked against this one's tables"
)]

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use fairhold::database::apply;
use fairhold_test_kit::{Fairhold, assert_sound};
use futures_util::future::join;
use serde_json::json;
use sqlx::{ConnectOptions, Connection, PgConnection, Row};
use uuid::Uuid;

use crate::schema::{assert_clean, migrations_to, texts, unmigrated};
use crate::versions::{FEW, post, reserve};

/// As of migration 3, without the columns that they read back, which no other release can notice.
const LOCK: &str = "
    with locked as materialized (
        select
            sku, total_quantity, available_quantity, reserved_quantity, sold_quantity,
            waitlist_size, waitlist_quantity, waitlist_limit, last_sequence,
            hold_ttl_seconds, version, created_at, updated_at
        from skus
        where sku = any($1)
        order by sku
        for update
    )
    select
        total_quantity, available_quantity, reserved_quantity, sold_quantity,
        waitlist_size, waitlist_quantity, last_sequence, version, clock_timestamp() as now
    from locked";
const INIT: &str = "
    with created as (
        insert into skus (
            sku, initial_quantity, total_quantity, available_quantity, reserved_quantity,
            sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence,
            hold_ttl_seconds, initial_hold_ttl_seconds, version, created_at, updated_at
        )
        select
            $1, $2::integer, $2::integer, $2::integer, 0,
            0, 0, 0, $4, 0,
            coalesce($3::integer, $5::integer), $3::integer, 1, clock.now, clock.now
        from (select clock_timestamp() as now) as clock
        on conflict on constraint skus_pkey do nothing
        returning *
    )
    insert into ledger (
        sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta,
        total_delta, recorded_at
    )
    select
        sku, 1, 'INITIALIZED', initial_quantity, initial_quantity, 0, 0,
        initial_quantity, created_at
    from created";
const WRITE: &str = "
    with created as (
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds,
            created_at, updated_at, expires_at, fairness_score, fairness_tier,
            fairness_reason
        )
        select * from unnest(
            $1::text[], $2::uuid[], $3::text[], $4::integer[],
            $5::text[]::reservation_status[], $6::bigint[], $7::integer[],
            $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
            $11::double precision[], $12::text[]::fairness_tier[], $13::text[]
        )
    ),
    recorded as (
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta,
            reserved_delta, sold_delta, total_delta, recorded_at, reason
        )
        select * from unnest(
            $14::text[], $15::bigint[], $16::text[]::ledger_kind[], $17::uuid[],
            $18::integer[], $19::integer[], $20::integer[], $21::integer[],
            $22::integer[], $23::timestamptz[], $24::text[]
        )
    )
    update skus
    set
        total_quantity = new.total_quantity,
        available_quantity = new.available_quantity,
        reserved_quantity = new.reserved_quantity,
        sold_quantity = new.sold_quantity,
        waitlist_size = new.waitlist_size,
        waitlist_quantity = new.waitlist_quantity,
        last_sequence = new.last_sequence,
        version = new.version,
        updated_at = new.updated_at
    from unnest(
        $25::text[], $26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[],
        $30::bigint[], $31::bigint[], $32::bigint[], $33::bigint[], $34::timestamptz[]
    ) as new(
        sku, total_quantity, available_quantity, reserved_quantity, sold_quantity,
        waitlist_size, waitlist_quantity, last_sequence, version, updated_at
    )
    where skus.sku = new.sku";

/// The counters of a SKU in the order of both statements, and what a hold of one unit adds.
const COUNTERS: [(&str, i64); 8] = [
    ("total_quantity", 0),
    ("available_quantity", -1),
    ("reserved_quantity", 1),
    ("sold_quantity", 0),
    ("waitlist_size", 0),
    ("waitlist_quantity", 0),
    ("last_sequence", 0),
    ("version", 1),
];

const SKU: &str = "SHARED";
const HOLD_SECONDS: i32 = 300;

/// A process of that release, with one session, on which its statements stay prepared.
struct Older(PgConnection);

impl Older {
    async fn stock(&mut self, units: i32) {
        let init = sqlx::query(INIT).bind(SKU).bind(units).bind(None::<i32>);
        let init = init.bind(None::<i64>).bind(HOLD_SECONDS);
        init.execute(&mut self.0).await.unwrap();
    }

    /// Holds a unit; there are always enough.
    async fn reserve(&mut self, user: &str) -> Uuid {
        let mut transaction = self.0.begin().await.unwrap();
        let lock = sqlx::query(LOCK).bind(vec![SKU]);
        let sku = lock.fetch_one(&mut *transaction).await.unwrap();
        let counters = COUNTERS.map(|(name, added)| sku.get::<i64, _>(name) + added);
        let [.., version] = counters;
        let now: DateTime<Utc> = sku.get("now");
        let over = now + TimeDelta::seconds(HOLD_SECONDS.into());
        let id = Uuid::now_v7();
        let write = sqlx::query(WRITE).bind(vec![SKU]).bind(vec![id]);
        let write = write.bind(vec![user]).bind(vec![1]);
        let write = write.bind(vec!["RESERVED"]).bind(vec![None::<i64>]);
        let write = write.bind(vec![HOLD_SECONDS]);
        let write = write.bind(vec![now]).bind(vec![now]).bind(vec![over]);
        let write = write.bind(vec![1.0]).bind(vec!["full"]);
        let write = write.bind(vec!["no abandoned holds"]);
        let write = write.bind(vec![SKU]).bind(vec![version]);
        let write = write.bind(vec!["RESERVED"]).bind(vec![id]).bind(vec![1]);
        let write = [-1, 1, 0, 0]
            .into_iter()
            .fold(write, |write, delta| write.bind(vec![delta]));
        let write = write.bind(vec![now]).bind(vec![None::<&str>]);
        let write = counters
            .into_iter()
            .fold(write.bind(vec![SKU]), |write, n| write.bind(vec![n]));
        let write = write.bind(vec![now]);
        write.execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }
}

#[tokio::test]
async fn an_older_release_keeps_writing_beside_a_newer_one() {
    let (database, mut connection) = unmigrated().await;
    apply(&migrations_to(3), &mut connection).await.unwrap();
    let mut older = Older(database.options().connect().await.unwrap());
    older.stock(1_000_000).await;
    let first = older.reserve("older-first").await;
    let stop = AtomicBool::new(false);
    let older_sells = async {
        let mut sold = 1;
        while !stop.load(Ordering::Relaxed) {
            older.reserve(&format!("older-{sold}")).await;
            sold += 1;
        }
        sold
    };
    // It migrates while the older one sells.
    let newer_sells = async {
        let newer = Fairhold::start(&database.url(), &FEW).await;
        for n in 0..50 {
            assert_eq!(reserve(&newer, &format!("newer-{n}")).await, 201);
        }
        stop.store(true, Ordering::Relaxed);
        newer
    };
    let (sold, newer) = join(older_sells, newer_sells).await;
    let body = json!({"reservation_id": first});
    assert_eq!(post(&newer, "/checkout/confirm", &body).await, 200);
    let between = "select count(*)::text from reservations
        where user_id like 'older-%' and created_at between
            (select min(created_at) from reservations where user_id like 'newer-%')
            and (select max(created_at) from reservations where user_id like 'newer-%')";
    let between = texts(&mut connection, between).await;
    assert_ne!(between, ["0"], "they did not sell at the same time");
    let books = "select format('%s held, %s sold', reserved_quantity, sold_quantity) from skus";
    let held = format!("{} held, 1 sold", sold + 50 - 1);
    assert_eq!(texts(&mut connection, books).await, [held]);
    assert_clean(&mut connection).await;
    assert_sound(&database.url()).await;
}
