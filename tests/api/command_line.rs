//! The commands of the real binary.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Ended, TestDatabase, command::program, command::run};
use futures_util::future::join_all;

/// A command on this database.
pub(crate) async fn run_on(database: &TestDatabase, command: &str) -> Ended {
    let mut command = program(&[command, "--listen=127.0.0.1:0"]);
    command.env("DATABASE_URL", database.url());
    run(command).await
}

#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
async fn empty(database: &TestDatabase) {
    let pool = database.pool().await;
    sqlx::raw_sql("drop schema public cascade; create schema public")
        .execute(&pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn migrate_creates_the_schema_of_an_empty_database() {
    let database = TestDatabase::create().await;
    empty(&database).await;
    for _ in 0..2 {
        let migrated = run_on(&database, "migrate").await;
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        assert!(!migrated.out.is_empty());
    }
    let audited = run_on(&database, "audit").await;
    assert_eq!(audited.code, Some(0), "{audited:?}");
}

#[tokio::test]
async fn an_unmigrated_database_cannot_be_audited() {
    let database = TestDatabase::create().await;
    empty(&database).await;
    let audited = run_on(&database, "audit").await;
    assert_eq!(audited.code, Some(2), "{audited:?}");
    let asks =
        audited.err.contains("is at migration 0") && audited.err.contains("fairhold migrate");
    assert!(asks, "{audited:?}");
}

#[tokio::test]
async fn database_url_prints_the_url_and_nothing_else() {
    let database = TestDatabase::create().await;
    let printed = run_on(&database, "database-url").await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert_eq!(printed.out, format!("{}\n", database.url()));

    let name = format!("fairhold-none-{}", std::process::id());
    let folder = std::env::temp_dir().join(&name);
    let mut command = program(&["database-url"]);
    command.env("FAIRHOLD_DATA_DIR", &folder);
    let printed = run(command).await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(printed.out.starts_with("postgres"), "{printed:?}");
    assert!(printed.out.contains(&name), "{printed:?}");
    assert!(printed.err.contains("is not running"), "{printed:?}");
    assert!(!folder.exists(), "asking made a folder");
}

/// What each command says of this database, with the time that it may wait.
async fn refusals(url: &str, patience: &str) -> [Ended; 3] {
    let told = ["serve", "migrate", "audit"].map(async |task| {
        let mut command = program(&[task, "--listen=127.0.0.1:0", patience]);
        command.env("DATABASE_URL", url);
        let ended = run(command).await;
        // An audit has a code of its own for a broken rule.
        let code = if task == "audit" { 2 } else { 1 };
        assert_eq!(ended.code, Some(code), "{task}: {ended:?}");
        assert!(ended.err.contains("DATABASE_URL"), "{ended:?}");
        assert!(!ended.err.contains("hunter2"), "{ended:?}");
        assert_eq!(ended.out, "");
        ended
    });
    join_all(told).await.try_into().unwrap()
}

#[tokio::test]
async fn a_missing_database_is_reported_at_once_with_its_address() {
    let start = Instant::now();
    let url = "postgres://user:hunter2@127.0.0.1:1/books";
    for told in refusals(url, "--request-timeout-ms=60000").await {
        assert!(told.err.contains("127.0.0.1:1"), "{told:?}");
        assert_eq!(told.err.matches("refused").count(), 1, "{told:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_database_that_refuses_says_why() {
    let database = TestDatabase::create().await;
    let stranger = database.url().replacen("fairhold@", "nobody:hunter2@", 1);
    for told in refusals(&stranger, "--request-timeout-ms=60000").await {
        let reason = "role \"nobody\" does not exist";
        assert_eq!(told.err.matches(reason).count(), 1, "{told:?}");
    }
}

#[tokio::test]
async fn a_silent_database_is_given_up_on() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let url = format!("postgres://user:hunter2@{address}/books");
    for told in refusals(&url, "--request-timeout-ms=300").await {
        let reason = format!("no answer from {address} within 300 ms");
        assert!(told.err.contains(&reason), "{told:?}");
    }
}

/// Takes the latest migration back, so that there is one to apply.
#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
async fn forget_the_audit(database: &TestDatabase) {
    let pool = database.pool().await;
    sqlx::raw_sql(
        "drop view audit_discrepancies, ledger_replay, ledger_lives;
         delete from _sqlx_migrations where version = 2",
    )
    .execute(&pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn notices_of_the_database_are_logged_only_on_request() {
    let database = TestDatabase::create().await;
    for (filter, logged) in [
        ("info", false),
        ("debug", false),
        ("info,sqlx::postgres::notice=info", true),
    ] {
        forget_the_audit(&database).await;
        let mut command = program(&["migrate", "--log", filter]);
        command.env("DATABASE_URL", database.url());
        let migrated = run(command).await;
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        let remarked = migrated.err.contains("already exists");
        assert_eq!(remarked, logged, "{filter}: {migrated:?}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_reported() {
    let database = TestDatabase::create().await;
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = program(&["--listen", &address]);
    command.env("DATABASE_URL", database.url());
    let ended = run(command).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for named in ["--listen", address.as_str(), "FAIRHOLD_LISTEN"] {
        assert!(ended.err.contains(named), "{ended:?}");
    }
    let mut command = program(&["serve"]);
    command.env("PORT", taken.local_addr().unwrap().port().to_string());
    let ended = run(command).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("--port (PORT)"), "{ended:?}");
}
