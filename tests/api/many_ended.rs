//! Lists of a status, beside many reservations that have ended otherwise, or are live as well.

use fairhold::inventory::Sku;
use fairhold::reservations::queries::{self, Filter};
use fairhold::reservations::{ReservationId, ReservationStatus, UserId};
use fairhold_test_kit::fill_waitlist;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::service::{Service, strings};

/// How many one user has bought since the latest of those that live was made: the first half of SKU
/// `B`, the others of `A`.
const ENDED: i64 = 200_000;

/// More rows than a page takes, and far fewer than there are.
const FEW: i64 = 1_000;

async fn plant_ended(books: &PgPool) {
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
            expires_at, fairness_score, fairness_tier, fairness_reason
        )
        select
            case when n * 2 <= $1 then 'B' else 'A' end,
            (
                left(least_id_at(now() + interval '1 hour' + n * interval '1 ms')::text, 14)
                || '7000-8000-' || lpad(to_hex(n), 12, '0')
            )::uuid,
            'regular', 1, 'CONFIRMED', 300, now(), now(), now(), 1, 'full', 'no abandoned holds'
        from generate_series(1, $1::bigint) as n
        "#,
        ENDED,
    )
    .execute(books)
    .await
    .unwrap();
    // As autovacuum does in time.
    sqlx::query!("analyze reservations, waitlist")
        .execute(books)
        .await
        .unwrap();
}

/// A connection that plans as those for reading do, and tells what it has read.
async fn reader(service: &Service) -> PgPool {
    let options = service.database.options();
    let options = options.options([("plan_cache_mode", "force_custom_plan")]);
    let pool = PgPoolOptions::new().max_connections(1);
    pool.connect_with(options).await.unwrap()
}

async fn rows_read(reader: &PgPool) -> i64 {
    sqlx::query!(r#"select pg_stat_force_next_flush()::text as "done""#)
        .fetch_one(reader)
        .await
        .unwrap();
    sqlx::query_scalar!(
        r#"
        select (
            (select sum(seq_tup_read) from pg_stat_user_tables)
            + (select sum(idx_tup_read) from pg_stat_user_indexes)
        )::bigint as "rows!"
        "#
    )
    .fetch_one(reader)
    .await
    .unwrap()
}

/// How many rows a page of this list reads, and how many it shows.
async fn cost(reader: &PgPool, filter: &Filter) -> (i64, usize) {
    let before = rows_read(reader).await;
    let page = queries::list(reader, filter, None, 51).await.unwrap();
    (rows_read(reader).await - before, page.found.len())
}

/// A filter by status, alone and with a SKU and a user.
fn filters(status: ReservationStatus, user: &str) -> [Filter; 4] {
    let of_status = Filter {
        status: Some(status),
        ..Filter::default()
    };
    let sku = Some(Sku::parse("A").unwrap());
    let user_id = Some(UserId::parse(user).unwrap());
    let of_sku = Filter {
        sku,
        ..of_status.clone()
    };
    let of_user = Filter {
        user_id,
        ..of_status.clone()
    };
    let of_both = Filter {
        user_id: of_user.user_id.clone(),
        ..of_sku.clone()
    };
    [of_status, of_sku, of_user, of_both]
}

#[tokio::test]
async fn live_reservations_are_found_without_reading_ended_ones() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    let mut held = vec![service.hold("A", "regular", 1).await];
    for n in 1..5 {
        held.push(service.hold("A", &format!("holder-{n}"), 1).await);
    }
    let mut waiting = Vec::new();
    for n in 0..5 {
        waiting.push(service.wait("A", &format!("waiter-{n}"), 1).await);
    }
    plant_ended(&service.books).await;
    let reader = reader(&service).await;
    for (status, live, user) in [
        (ReservationStatus::Reserved, &held, "holder-4"),
        (ReservationStatus::Waitlisted, &waiting, "waiter-4"),
    ] {
        for (filter, found) in filters(status, user).iter().zip([5, 5, 1, 1]) {
            let (rows, shown) = cost(&reader, filter).await;
            assert_eq!(shown, found, "{filter:?}");
            assert!(rows < FEW, "{filter:?} reads {rows} rows");
        }
        let path = format!("/reservations?limit=200&status={}", status.name());
        let page = service.get(&path).await.is(200);
        let listed = strings(&page["items"], "reservation_id");
        assert!(listed.iter().eq(live.iter().rev()), "{listed:?}");
        assert_eq!(page["next_cursor"], Value::Null);
    }
    // Nor is one SKU looked for among the others that are newer.
    let of_b = Filter {
        sku: Some(Sku::parse("B").unwrap()),
        ..Filter::default()
    };
    let (rows, shown) = cost(&reader, &of_b).await;
    assert_eq!(shown, 51);
    assert!(rows < FEW, "{rows}");
    give_up_planted(service, reader).await;
}

/// How many hold a unit of `L` each, and how many wait for one of `W` each.
const LIVE: i64 = 20_000;

/// More rows than are sorted for a page and counted for its positions, and far fewer than there are.
const SORTED: i64 = 8_000;

#[tokio::test]
async fn a_page_of_many_live_reservations_reads_few_of_them() {
    let service = Service::start().await;
    service.stock("W", 0).await;
    fill_waitlist(&service.books, "W", LIVE).await;
    service.stock("L", LIVE).await;
    plant_holds(&service.books).await;
    let reader = reader(&service).await;
    for (sku, user, status) in [
        ("L", "holder-7", ReservationStatus::Reserved),
        ("W", "waiting-7", ReservationStatus::Waitlisted),
    ] {
        let of_status = Filter {
            status: Some(status),
            ..Filter::default()
        };
        let of_sku = Filter {
            sku: Some(Sku::parse(sku).unwrap()),
            ..of_status.clone()
        };
        let of_one = Filter {
            user_id: Some(UserId::parse(user).unwrap()),
            ..of_sku.clone()
        };
        for (filter, found) in [(of_status, 51), (of_sku, 51), (of_one, 1)] {
            let (rows, shown) = cost(&reader, &filter).await;
            assert_eq!(shown, found, "{filter:?}");
            assert!(rows < SORTED, "{filter:?} reads {rows} rows");
        }
    }
    reader.close().await;
    sqlx::query!("delete from reservations where sku = 'L'")
        .execute(&service.books)
        .await
        .unwrap();
    service.finish().await;
}

/// Plants holds of `L` that only lists can see.
async fn plant_holds(books: &PgPool) {
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
            expires_at, fairness_score, fairness_tier, fairness_reason
        )
        select 'L', gen_random_uuid(), 'holder-' || n, 1, 'RESERVED', 86400, now(), now(),
            now() + interval '1 day', 1, 'full', 'no abandoned holds'
        from generate_series(1, $1::bigint) as n
        "#,
        LIVE,
    )
    .execute(books)
    .await
    .unwrap();
    // As autovacuum does in time.
    sqlx::query!("analyze reservations, waitlist")
        .execute(books)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_page_of_a_rare_status_reads_a_limited_number_and_has_a_cursor() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    let rare = service.hold("A", "regular", 1).await;
    service.cancel(&rare).await.is(200);
    plant_ended(&service.books).await;
    let reader = reader(&service).await;
    for filter in filters(ReservationStatus::Cancelled, "regular") {
        let (rows, shown) = cost(&reader, &filter).await;
        assert_eq!(shown, 0);
        assert!(rows < 25_000, "{filter:?} reads {rows} rows");
    }
    for (query, expected_pages) in [
        ("status=CANCELLED", 21),
        ("sku=A&status=CANCELLED", 11),
        ("user_id=regular&status=CANCELLED", 21),
    ] {
        let mut found = Vec::new();
        let mut cursor = String::new();
        let mut pages = 0;
        loop {
            let page = service
                .get(&format!("/reservations?{query}{cursor}"))
                .await
                .is(200);
            found.extend(strings(&page["items"], "reservation_id"));
            pages += 1;
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, [rare.as_str()], "{query}");
        assert_eq!(pages, expected_pages, "{query}");
    }
    // What is found before so many are looked at is a full page.
    let page = service
        .get("/reservations?status=CONFIRMED&limit=200")
        .await
        .is(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 200);
    let all: Vec<ReservationId> = pages_of_confirmed(&reader).await;
    assert!(all.is_sorted_by(|newer, older| newer > older));
    give_up_planted(service, reader).await;
}

/// The ids of the first pages of what was sold.
async fn pages_of_confirmed(reader: &PgPool) -> Vec<ReservationId> {
    let [filter, ..] = filters(ReservationStatus::Confirmed, "regular");
    let mut all = Vec::new();
    for _ in 0..5 {
        let after = all.last().copied();
        let page = queries::list(reader, &filter, after, 200).await.unwrap();
        assert_eq!(page.found.len(), 200);
        all.extend(page.found.iter().map(|(one, _)| one.reservation_id));
    }
    all
}

/// Ends a test with books that have nothing but what was asked for.
async fn give_up_planted(service: Service, reader: PgPool) {
    reader.close().await;
    sqlx::query!("delete from reservations where user_id = 'regular' and status = 'CONFIRMED'")
        .execute(&service.books)
        .await
        .unwrap();
    service.finish().await;
}
