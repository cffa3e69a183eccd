//! Migrations that are interrupted, or blocked by other sessions.

use std::process::Stdio;
use std::time::{Duration, Instant};

use fairhold::database::apply;
use fairhold_test_kit::{Fairhold, TestDatabase, command::program, eventually, process};
use futures_util::future::join;
use serde_json::json;
use sqlx::{ConnectOptions, PgConnection};
use tokio::process::Child;

use crate::schema::{
    applied, assert_clean, execute, latest, migrations_and, migrations_to, texts, unmigrated,
};

async fn connect(database: &TestDatabase) -> PgConnection {
    database.options().connect().await.unwrap()
}

/// Polls until the query returns a row.
async fn row(connection: &mut PgConnection, query: &str) -> String {
    eventually(query, async || texts(connection, query).await.pop()).await
}

fn migrate(url: &str) -> Child {
    let mut command = program(&["migrate"]);
    command.env("DATABASE_URL", url);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The backend that is running migration 2 and waits for a lock.
const MIGRATING: &str = "
    select pid::text from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%ledger_replay%'";

#[tokio::test]
async fn an_interrupted_migration_is_rolled_back() {
    for cut in ["the process is killed", "its backend is terminated"] {
        let (database, mut connection) = unmigrated().await;
        apply(&migrations_to(1), &mut connection).await.unwrap();
        let mut blocker = connect(&database).await;
        // The last of the tables that the views of migration 2 read.
        let lock = "begin; lock table idempotency_keys in access exclusive mode";
        execute(&mut blocker, lock).await;
        let mut migrating = migrate(&database.url());
        let backend = row(&mut connection, MIGRATING).await;
        if cut == "the process is killed" {
            process::kill(migrating.id().unwrap());
        } else {
            execute(
                &mut connection,
                &format!("select pg_terminate_backend({backend})"),
            )
            .await;
        }
        let ended = migrating.wait().await.unwrap();
        assert!(!ended.success(), "{cut}");
        execute(&mut blocker, "rollback").await;
        let gone = format!(
            "select 'gone' where not exists (select from pg_stat_activity where pid = {backend})"
        );
        row(&mut connection, &gone).await;

        assert_eq!(applied(&mut connection).await, ["1"], "{cut}");
        let views = "select viewname::text from pg_views where viewname like 'ledger_%'";
        assert!(texts(&mut connection, views).await.is_empty(), "{cut}");
        assert!(migrate(&database.url()).wait().await.unwrap().success());
        assert_eq!(
            applied(&mut connection).await.len(),
            usize::try_from(latest()).unwrap()
        );
        assert_clean(&mut connection).await;
    }
}

/// Reserves until `done`. Returns the longest response time and the number of reservations.
async fn sell_until(server: &Fairhold, done: &std::cell::Cell<bool>) -> (Duration, u32) {
    let client = crate::versions::client();
    let (mut longest, mut count) = (Duration::ZERO, 0);
    while !done.get() {
        let order = json!({"sku": "LONG", "user_id": format!("user-{count}"), "quantity": 1});
        let begun = Instant::now();
        let reserve = format!("{}/inventory/reserve", server.address());
        let answer = client.post(reserve).json(&order).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        longest = longest.max(begun.elapsed());
        count += 1;
    }
    (longest, count)
}

/// The migration that waits for a table.
const INTERVAL: Duration = Duration::from_millis(5);
const ATTEMPT: &str = "select 'waits' from pg_stat_activity where datname = current_database()
    and wait_event_type = 'Lock' and query like '%column channel%'";

/// Which share of some seconds the migration waits, and everybody else behind it.
async fn share_of_waiting(connection: &mut PgConnection) -> f64 {
    let (start, mut waiting) = (Instant::now(), Duration::ZERO);
    while start.elapsed() < Duration::from_secs(10) {
        let looked = Instant::now();
        let waits = !texts(connection, ATTEMPT).await.is_empty();
        tokio::time::sleep(INTERVAL).await;
        if waits {
            waiting += looked.elapsed();
        }
    }
    waiting.as_secs_f64() / start.elapsed().as_secs_f64()
}

/// Like an audit of minutes, or a dump, beside a migration of the table that it reads.
#[tokio::test]
async fn a_migration_that_waits_for_a_long_reader_does_not_block_sales() {
    let (database, mut connection) = unmigrated().await;
    let server = Fairhold::start(&database.url(), &["--database-connections", "8"]).await;
    let stock = json!({"sku": "LONG", "quantity": 1_000_000});
    let init = format!("{}/inventory/init", server.address());
    let answer = crate::versions::client().post(init).json(&stock).send();
    assert_eq!(answer.await.unwrap().status(), 201);
    let mut reader = connect(&database).await;
    let read =
        "begin isolation level repeatable read read only; select count(*) from audit_discrepancies";
    execute(&mut reader, read).await;

    let newer = migrations_and("alter table reservations add column channel text");
    let done = std::cell::Cell::new(false);
    let mut watcher = connect(&database).await;
    let reading = async {
        row(&mut watcher, ATTEMPT).await;
        let share = share_of_waiting(&mut watcher).await;
        assert!(share < 0.05, "it blocks others for {share} of the time");
        execute(&mut reader, "commit").await;
    };
    let migrating = async {
        let migrated = join(apply(&newer, &mut connection), reading).await.0;
        done.set(true);
        migrated.unwrap();
    };
    let ((longest, sold), ()) = join(sell_until(&server, &done), migrating).await;
    assert!(sold > 20, "only {sold} were sold");
    assert!(longest < Duration::from_secs(4), "{longest:?}");
    assert_clean(&mut connection).await;
}
