//! A state that cannot be: its batch fails loudly, and nothing else does.

use fairhold_test_kit::Deployment;
use serde_json::Value;
use sqlx::PgPool;

const TABLES: [&str; 7] = [
    "skus",
    "reservations",
    "waitlist",
    "waitlist_parts",
    "user_behavior",
    "ledger",
    "idempotency_keys",
];

/// All rows of all tables.
#[expect(clippy::disallowed_methods, reason = "a test reads whole tables")]
async fn rows(database: &PgPool) -> Vec<String> {
    let mut rows = Vec::new();
    for table in TABLES {
        let select = format!("select row::text from {table} as row order by 1");
        let select = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(select));
        rows.extend(select.fetch_all(database).await.unwrap());
    }
    rows
}

/// Changes the status of the waiting reservation, which its waitlist row contradicts.
#[expect(clippy::disallowed_methods, reason = "no Fairhold writes this")]
async fn set_status(database: &PgPool, status: &str) {
    sqlx::query("update reservations set status = $1::reservation_status where user_id = 'second'")
        .bind(status)
        .execute(database)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_impossible_state_fails_its_batch_and_leaves_the_tables_and_the_lane_as_they_were() {
    let deployment = Deployment::new().await;
    let variables = [("FAIRHOLD_LOG_FORMAT", "json")];
    let flags = ["--listen=127.0.0.1:0", "--lanes=1"];
    let server = deployment.serve_with(&flags, &variables).await;
    let database = deployment.books().await;
    server.stock("A", 1, "").await;
    server.stock("B", 5, "").await;
    let held = server.hold("A", "first", "").await;
    assert_eq!(server.reserve("A", "second", "").await.status, 202);
    set_status(&database, "CANCELLED").await;
    let before = rows(&database).await;

    let failed = server.check_out("cancel", &held, "").await;

    failed.refused(500, "internal-error");
    assert_eq!(rows(&database).await, before);
    assert_eq!(server.reserve("B", "third", "").await.status, 201);
    let log = server.logged();
    let is_json = |line: &str| serde_json::from_str::<Value>(line).is_ok();
    let others = log.lines().filter(|line| !is_json(line));
    assert_eq!(others.collect::<Vec<_>>(), [""; 0], "{log}");
    let errors: Vec<Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["level"] == "ERROR")
        .collect();
    assert_eq!(errors.len(), 1, "{log}");
    assert_eq!(errors[0]["fields"]["message"], "panicked", "{log}");
    let cause = errors[0]["fields"]["cause"].as_str().unwrap();
    assert!(cause.contains("CANCELLED"), "{cause}");

    set_status(&database, "WAITLISTED").await;
    let cancelled = server.check_out("cancel", &held, "").await;
    assert_eq!(cancelled.status, 200);
    deployment.assert_clean().await;
}
