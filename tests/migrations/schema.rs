//! A database without tables, and the statements of these tests.
#![expect(clippy::disallowed_methods, reason = "the schema differs at each step")]

use std::borrow::Cow;

use fairhold_test_kit::TestDatabase;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, SqlSafeStr};

/// A database without any migration, and a connection to it.
pub(crate) async fn unmigrated() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = database.options().connect().await.unwrap();
    execute(
        &mut connection,
        "drop schema public cascade; create schema public",
    )
    .await;
    (database, connection)
}

/// The migrations of this version.
pub(crate) fn migrations() -> Migrator {
    sqlx::migrate!()
}

/// The migrations up to `version`.
pub(crate) fn migrations_to(version: i64) -> Migrator {
    let mut migrator = migrations();
    let kept = migrator.iter().filter(|kept| kept.version <= version);
    migrator.migrations = Cow::Owned(kept.cloned().collect());
    migrator
}

/// The migrations of a future version, which adds this one.
pub(crate) fn migrations_and(next: &'static str) -> Migrator {
    let mut migrator = migrations();
    let next = Migration::new(
        latest() + 1,
        "next".into(),
        MigrationType::Simple,
        AssertSqlSafe(next).into_sql_str(),
        false,
    );
    migrator.migrations.to_mut().push(next);
    migrator
}

/// The number of the last migration.
pub(crate) fn latest() -> i64 {
    migrations().iter().map(|one| one.version).max().unwrap()
}

pub(crate) async fn execute(connection: &mut PgConnection, statements: &str) {
    let run = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
    run.execute(connection).await.unwrap();
}

/// The single column of all rows.
pub(crate) async fn texts(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let query = AssertSqlSafe(query.to_owned());
    let asked = sqlx::query_scalar(query).fetch_all(connection);
    asked.await.unwrap()
}

/// The migrations that the database has applied.
pub(crate) async fn applied(connection: &mut PgConnection) -> Vec<String> {
    let query = "select version::text from _sqlx_migrations where success order by version";
    texts(connection, query).await
}

/// The audit finds nothing.
pub(crate) async fn assert_clean(connection: &mut PgConnection) {
    let broken =
        "select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
                  from audit_discrepancies";
    assert_eq!(texts(connection, broken).await, Vec::<String>::new());
}
