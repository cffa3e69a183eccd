//! The database is cut off: the service says so, and is well again with it.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, eventually};
use futures_util::future::join_all;
use serde_json::json;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use crate::service::Service;

/// Lets nobody into the database of `service`, and throws out whoever is in.
struct Outage {
    maintenance: PgConnection,
    database: String,
}

impl Outage {
    async fn begin(service: &Service) -> Self {
        let options = service.database.options();
        let database = options.get_database().unwrap().to_owned();
        let maintenance = options.database("postgres").connect().await.unwrap();
        let mut outage = Self {
            maintenance,
            database,
        };
        outage.allow_connections(false).await;
        sqlx::query!(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
            outage.database,
        )
        .fetch_all(&mut outage.maintenance)
        .await
        .unwrap();
        outage
    }

    async fn end(mut self) {
        self.allow_connections(true).await;
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "it concerns the database, not rows"
    )]
    async fn allow_connections(&mut self, allow: bool) {
        let statement = format!("alter database {} allow_connections {allow}", self.database);
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut self.maintenance)
            .await
            .unwrap();
    }
}

async fn impatient() -> Service {
    Service::with(&["--request-timeout-ms=700"]).await
}

#[track_caller]
fn assert_away(answer: &Answer) {
    answer.refused(503, "database-unavailable");
    let seconds = answer.header("retry-after").expect("Retry-After");
    assert!(seconds.parse::<u32>().is_ok(), "{seconds}");
}

#[tokio::test]
async fn every_endpoint_reports_an_unavailable_database() {
    let service = impatient().await;
    service.stock("A", 2).await;
    let held = service.hold("A", "userA", 1).await;
    let outage = Outage::begin(&service).await;
    let reservation = json!({"reservation_id": held});
    let writes = [
        ("/inventory/init", json!({"sku": "B", "quantity": 1})),
        ("/inventory/restock", json!({"sku": "A", "quantity": 1})),
        ("/checkout/confirm", reservation.clone()),
        ("/checkout/cancel", reservation),
    ];
    let writes = writes
        .each_ref()
        .map(|(path, body)| service.post(path, body));
    let reservation = format!("/reservations/{held}");
    let reads = [
        "/inventory/A",
        "/inventory/A/waitlist",
        "/inventory/A/ledger",
        &reservation,
        "/reservations",
        "/users/userA/behavior",
        "/analytics/inventory",
        "/analytics/inventory/A",
        "/analytics/ai/inventory/A",
        "/readyz",
    ];
    let reads = reads.map(|path| service.get(path));
    let (written, read) = tokio::join!(join_all(writes), join_all(reads));
    for answer in written.iter().chain(&read) {
        assert_away(answer);
    }
    // By itself, since a command that waits behind another one is told that too much is waiting.
    assert_away(&service.reserve("A", "userB", 1).await);
    for path in ["/livez", "/health", "/static/index.html", "/problems"] {
        assert_eq!(service.get(path).await.status, 200, "{path}");
    }
    outage.end().await;
    service.finish().await;
}

#[tokio::test]
async fn without_a_database_invalid_requests_are_still_reported() {
    let service = impatient().await;
    let outage = Outage::begin(&service).await;
    service.get("/nothing").await.refused(404, "not-found");
    let answer = service.post("/inventory/reserve", &json!({})).await;
    answer.at_fault(&["sku", "user_id"]);
    outage.end().await;
    service.finish().await;
}

#[tokio::test]
async fn the_service_recovers_by_itself() {
    let service = impatient().await;
    service.stock("A", 2).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 2).await;
    let outage = Outage::begin(&service).await;
    assert_away(&service.reserve("A", "userC", 1).await);
    assert_away(&service.get("/readyz").await);
    outage.end().await;

    let well = eventually("the service is ready", async || {
        let ready = service.get("/readyz").await;
        (ready.status == 200).then_some(ready)
    });
    well.await.is(200);
    let place = eventually("commands are taken", async || {
        let answer = service.reserve("A", "userC", 1).await;
        (answer.status != 503).then_some(answer)
    });
    place.await.is(202);
    service.pass("A", 300.0).await;
    service.until_status(&waiting, "RESERVED").await;
    assert_eq!(service.status(&held).await, "EXPIRED");
    service.finish().await;
}

#[tokio::test]
async fn a_short_outage_of_the_database_is_waited_out() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    service.hold("A", "userA", 1).await;
    // The connections are gone, though new ones are let in.
    Outage::begin(&service).await.end().await;
    service.hold("A", "userB", 1).await;
    assert_eq!(service.counts("A").await, [0, 2, 0, 2, 0]);
    service.finish().await;
}

#[tokio::test]
async fn nobody_waits_for_the_database_for_long() {
    let service = impatient().await;
    service.stock("A", 1).await;
    let outage = Outage::begin(&service).await;
    let start = Instant::now();
    let (read, write) = tokio::join!(
        service.get("/inventory/A"),
        service.reserve("A", "userA", 1)
    );
    assert_away(&read);
    assert_away(&write);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    outage.end().await;
    service.finish().await;
}
