//! Migrations that are cut off, or that others stand in the way of.

use std::process::Stdio;
use std::time::{Duration, Instant};

use fairhold::database::apply;
use fairhold_test_kit::command::program;
use fairhold_test_kit::{Fairhold, TestDatabase, eventually, process};
use futures_util::future::join;
use serde_json::json;
use sqlx::{ConnectOptions, PgConnection};
use tokio::process::Child;

use crate::schema::{
    applied, assert_clean, execute, latest, migrations_and, migrations_to, texts, unmigrated,
};

async fn another(database: &TestDatabase) -> PgConnection {
    database.options().connect().await.unwrap()
}

/// The text that the query returns as soon as it returns one.
async fn text(connection: &mut PgConnection, query: &str) -> String {
    eventually(query, async || texts(connection, query).await.pop()).await
}

fn migrate(url: &str) -> Child {
    let mut command = program(&["migrate"]);
    command.env("DATABASE_URL", url);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The backend that is in the middle of migration 2 and waits for a lock.
const MIGRATING: &str = "
    select pid::text from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%ledger_replay%'";

#[tokio::test]
async fn a_migration_that_is_cut_off_leaves_nothing_half_done() {
    for cut in ["the process is killed", "its backend is ended"] {
        let (database, mut connection) = unmigrated().await;
        apply(&migrations_to(1), &mut connection).await.unwrap();
        let mut blocker = another(&database).await;
        // The last of the tables that the views of migration 2 read.
        let lock = "begin; lock table idempotency_keys in access exclusive mode";
        execute(&mut blocker, lock).await;
        let mut migrating = migrate(&database.url());
        let backend = text(&mut connection, MIGRATING).await;
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
        text(&mut connection, &gone).await;

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

/// Reserves for one user after the other until `done`; the longest time that one took.
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

/// An audit of minutes, or a dump, and a migration that needs the table that it reads.
#[tokio::test]
async fn a_migration_that_waits_for_a_long_reader_stops_no_sale() {
    let (database, mut connection) = unmigrated().await;
    let server = Fairhold::start(&database.url(), &["--database-connections", "8"]).await;
    let stock = json!({"sku": "LONG", "quantity": 1_000_000});
    let init = format!("{}/inventory/init", server.address());
    let answer = crate::versions::client().post(init).json(&stock).send();
    assert_eq!(answer.await.unwrap().status(), 201);
    let mut reader = another(&database).await;
    let read =
        "begin isolation level repeatable read read only; select count(*) from audit_discrepancies";
    execute(&mut reader, read).await;

    let newer = migrations_and("alter table reservations add column channel text");
    let done = std::cell::Cell::new(false);
    let mut watcher = another(&database).await;
    let reading = async {
        // Waiting and giving up, twice over.
        for _ in 0..2 {
            let waiting = "select 'waits' from pg_stat_activity where datname = current_database()
                           and wait_event_type = 'Lock' and query like '%column channel%'";
            text(&mut watcher, waiting).await;
            let over = format!("select 'over' where not exists ({waiting})");
            text(&mut watcher, &over).await;
        }
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
