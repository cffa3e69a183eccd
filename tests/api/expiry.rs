//! Expiry: exact for every reader, and its stock is offered on.

use std::time::Duration;

use chrono::{DateTime, Utc};
use fairhold_test_kit::eventually;
use serde_json::{Value, json};

use crate::age::age;
use crate::service::Service;

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_hold_reads_as_expired_before_the_sweep() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    let due = service.hold("A", "userA", 1).await;
    service.pass("A", 200.0).await;
    let fresh = service.hold("A", "userB", 1).await;
    service.pass("A", 99.0).await;
    assert_eq!(service.status(&due).await, "RESERVED");
    service.pass("A", 2.0).await;
    // Whoever holds the row keeps the job from ending the hold.
    let books = service.lock("A").await;
    assert_eq!(service.status(&due).await, "EXPIRED");
    assert_eq!(service.status(&fresh).await, "RESERVED");
    for (status, user) in [("EXPIRED", "userA"), ("RESERVED", "userB")] {
        let path = format!("/reservations?sku=A&status={status}");
        let listed = service.get(&path).await.is(200);
        let [only] = listed["items"].as_array().unwrap().as_slice() else {
            panic!("{listed}");
        };
        assert_eq!(only["user_id"], user);
        assert_eq!(only["status"], status);
    }
    books.commit().await.unwrap();
    service.finish().await;
}

#[tokio::test]
async fn a_reservation_before_the_sweep_gets_the_stock_of_a_due_hold() {
    let service = Service::start().await;
    let sku = json!({"sku": "A", "quantity": 1, "waitlist_limit": 0});
    service.post("/inventory/init", &sku).await.is(201);
    service.hold("A", "userA", 1).await;
    // The job can't see the change before the reservation already waits for the row.
    let mut books = service.lock("A").await;
    age(&mut books, "A", 300.0).await;
    let (answer, ()) = tokio::join!(service.reserve("A", "userB", 1), async {
        service.until_blocked().await;
        books.commit().await.unwrap();
    });
    answer.is(201);
    let ledger = service.get("/inventory/A/ledger").await.is(200);
    let [.., expired, reserved] = ledger["items"].as_array().unwrap().as_slice() else {
        panic!("{ledger}");
    };
    assert_eq!(expired["kind"], "EXPIRED");
    assert_eq!(reserved["kind"], "RESERVED");
    assert_eq!(expired["recorded_at"], reserved["recorded_at"]);
    service.finish().await;
}

#[tokio::test]
async fn the_stock_of_a_due_hold_goes_to_the_waitlist_before_newcomers() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "userA", 1).await;
    let ahead = service.wait("A", "userB", 1).await;
    service.pass("A", 300.0).await;
    let newcomer = service.reserve("A", "userC", 1).await.is(202);
    assert_eq!(
        newcomer["waitlist"],
        json!({"sequence": 2, "position": 1, "servable": true})
    );
    assert_eq!(service.status(&ahead).await, "RESERVED");
    service.finish().await;
}

#[tokio::test]
async fn the_same_user_can_reserve_again_at_once() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let first = service.hold("A", "userA", 1).await;
    service.pass("A", 300.0).await;
    let second = service.hold("A", "userA", 1).await;
    assert_ne!(first, second);
    assert_eq!(service.status(&first).await, "EXPIRED");
    service.finish().await;
}

#[tokio::test]
async fn the_stock_of_a_due_hold_can_be_removed() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "userA", 1).await;
    service.pass("A", 300.0).await;
    service.restock("A", -1).await.is(200);
    assert_eq!(service.counts("A").await, [0; 5]);
    service.finish().await;
}

#[tokio::test]
async fn the_sweep_gives_the_stock_to_the_waitlist_for_twice_the_time() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service.pass("A", 300.0).await;
    let promoted = service.until_status(&waiting, "RESERVED").await;
    assert_eq!(promoted["ttl_seconds"], 600);
    let length = time(&promoted["expires_at"]) - time(&promoted["updated_at"]);
    assert_eq!(length.num_milliseconds(), 600_000);
    assert_eq!(service.status(&held).await, "EXPIRED");

    service.pass("A", 301.0).await;
    assert_eq!(service.status(&waiting).await, "RESERVED");
    service.pass("A", 300.0).await;
    service.until_status(&waiting, "EXPIRED").await;
    service.finish().await;
}

#[tokio::test]
async fn the_job_ends_the_holds_of_many_skus() {
    let service = Service::start().await;
    let skus = ["A", "B", "C", "D", "E"];
    for sku in skus {
        service.stock(sku, 3).await;
        service.hold(sku, "userA", 1).await;
        service.hold(sku, "userB", 2).await;
        service.wait(sku, "userC", 3).await;
        service.pass(sku, 300.0).await;
    }
    for sku in skus {
        let whole = fairhold_test_kit::eventually("the line is served", async || {
            let counts = service.counts(sku).await;
            (counts[4] == 0).then_some(counts)
        });
        assert_eq!(whole.await, [0, 3, 0, 3, 0]);
    }
    service.finish().await;
}

#[tokio::test]
async fn stock_is_offered_again_within_a_second_of_the_expiry() {
    let service = Service::with(&["--sweep-interval-ms=250"]).await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service.pass("A", 299.9).await;
    let promoted = service.until_status(&waiting, "RESERVED").await;
    let end = time(&service.reservation(&held).await["expires_at"]);
    let late = time(&promoted["updated_at"]) - end;
    let late = late.to_std().expect("no earlier than the end");
    assert!(late < Duration::from_secs(1), "{late:?}");
    service.finish().await;
}

/// How often the index of due holds was scanned, and how many entries that read.
async fn scans(service: &Service) -> (i64, i64) {
    let row = sqlx::query!(
        r#"
        select idx_scan as "scans!", idx_tup_read as "entries!"
        from pg_stat_user_indexes
        where indexrelname = 'reservations_due'
        "#,
    );
    let row = row.fetch_one(&service.books).await.unwrap();
    (row.scans, row.entries)
}

#[tokio::test]
async fn the_search_for_due_holds_reads_none_that_is_not_due() {
    let service = Service::with(&["--sweep-interval-ms=10"]).await;
    service.stock("A", 2_000).await;
    let users: Vec<_> = (0..2_000).map(|n| format!("user-{n}")).collect();
    for some in users.chunks(200) {
        let holds = some.iter().map(|user| service.hold("A", user, 1));
        futures_util::future::join_all(holds).await;
    }
    sqlx::query!("analyze reservations")
        .execute(&service.books)
        .await
        .unwrap();
    let (scans_before, entries_before) = scans(&service).await;
    eventually("the job looks again and again", async || {
        let (now, _) = scans(&service).await;
        (now >= scans_before + 20).then_some(())
    })
    .await;
    let (_, entries) = scans(&service).await;
    assert!(entries - entries_before < 2_000, "{entries} entries read");
    service.finish().await;
}
