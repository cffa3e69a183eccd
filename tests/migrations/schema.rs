//! A database without tables, and what a test asks of it and does to it.
#![expect(
    clippy::disallowed_methods,
    reason = "the schema is another one at each step"
)]

use std::borrow::Cow;

use fairhold_test_kit::TestDatabase;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, SqlSafeStr};

/// A database that nobody has migrated, and a connection to it.
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

/// Those up to `version`.
pub(crate) fn migrations_to(version: i64) -> Migrator {
    let mut migrator = migrations();
    let kept = migrator.iter().filter(|kept| kept.version <= version);
    migrator.migrations = Cow::Owned(kept.cloned().collect());
    migrator
}

/// Those of a version to come, whose next migration is this.
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

/// The only column of all rows.
pub(crate) async fn texts(connection: &mut PgConnection, question: &str) -> Vec<String> {
    let question = AssertSqlSafe(question.to_owned());
    let asked = sqlx::query_scalar(question).fetch_all(connection);
    asked.await.unwrap()
}

/// The numbers of the migrations that the database says it has.
pub(crate) async fn applied(connection: &mut PgConnection) -> Vec<String> {
    let question = "select version::text from _sqlx_migrations where success order by version";
    texts(connection, question).await
}

/// Nothing that the view has to say.
pub(crate) async fn assert_clean(connection: &mut PgConnection) {
    let broken =
        "select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
                  from audit_discrepancies";
    assert_eq!(texts(connection, broken).await, Vec::<String>::new());
}
