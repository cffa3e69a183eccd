//! The harness itself: databases for tests are whole, apart from each other, and go away.

use std::time::{Duration, Instant};

use fairhold_test_kit::TestDatabase;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

fairhold_test_kit::keeper!();

#[expect(
    clippy::disallowed_methods,
    reason = "the tables exist in these tests only"
)]
async fn tables(pool: &PgPool) -> i64 {
    let question = "select count(*) from pg_tables where schemaname = 'public'";
    sqlx::query_scalar(question)
        .fetch_one(pool)
        .await
        .unwrap_or(-1)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tables exist in these tests only"
)]
async fn execute(pool: &PgPool, statement: &str) {
    let result = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(pool)
        .await;
    assert!(result.is_ok(), "{result:?}");
}

#[tokio::test]
async fn each_test_has_its_own_migrated_database() {
    let databases = (TestDatabase::create().await, TestDatabase::create().await);
    let (left, right) = (databases.0.pool().await, databases.1.pool().await);
    let migrated = tables(&left).await;
    assert!(migrated > 1, "the schema is there");
    execute(&left, "create table only_here ()").await;
    assert_eq!(tables(&left).await, migrated + 1);
    assert_eq!(tables(&right).await, migrated);
}

#[tokio::test]
async fn a_database_goes_with_its_guard() {
    let database = TestDatabase::create().await;
    let url = database.url();
    let pool = database.pool().await;
    drop(database);
    let deadline = Instant::now() + Duration::from_secs(20);
    while PgConnection::connect(&url).await.is_ok() {
        assert!(Instant::now() < deadline, "the database stayed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(tables(&pool).await, -1, "its connections were ended");
}
