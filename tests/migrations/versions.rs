//! Older and newer versions of Fairhold on one database, in either order.

use std::borrow::Cow;

use fairhold::database::{SchemaError, apply};
use fairhold_test_kit::{
    Fairhold,
    command::{program, run},
    server::client_builder,
};
use futures_util::future::{join, join_all};
use reqwest::Client;
use serde_json::json;

use crate::schema::{
    applied, assert_clean, execute, latest, migrations, migrations_and, migrations_to, unmigrated,
};

/// A migration of the kind that CONTRIBUTING.md asks for: it only adds.
const ADDITIVE: &str = "
    alter table skus add column season text;
    alter table reservations add column channel text;
    alter table ledger add column channel text;
    create index reservations_by_channel on reservations (channel);
    create table campaigns (sku text primary key, began_at timestamptz not null);";

pub(crate) const FEW: [&str; 2] = ["--database-connections", "8"];

pub(crate) fn client() -> Client {
    client_builder().build().unwrap()
}

pub(crate) async fn post(server: &Fairhold, path: &str, body: &serde_json::Value) -> u16 {
    let url = format!("{}{path}", server.address());
    let sent = client().post(url).json(body).send().await;
    sent.unwrap().status().as_u16()
}

pub(crate) async fn reserve(server: &Fairhold, user: &str) -> u16 {
    let order = json!({"sku": "SHARED", "user_id": user, "quantity": 1});
    post(server, "/inventory/reserve", &order).await
}

/// The exit code and the standard error of a command.
async fn run_task(url: &str, task: &str) -> (Option<i32>, String) {
    let mut command = program(&[task, "--listen=127.0.0.1:0"]);
    command.env("DATABASE_URL", url);
    let ended = run(command).await;
    (ended.code, ended.err)
}

async fn assert_rejected(url: &str, parts: &[&str]) {
    for (task, code) in [("serve", 1), ("migrate", 1), ("audit", 2)] {
        let (ended, said) = run_task(url, task).await;
        assert_eq!(ended, Some(code), "{task}: {said}");
        for part in parts {
            assert!(said.contains(part), "{task}: {said}");
        }
    }
}

#[tokio::test]
async fn a_running_older_version_keeps_selling_but_none_starts_on_a_newer_schema() {
    let (database, mut connection) = unmigrated().await;
    let older = Fairhold::start(&database.url(), &FEW).await;
    let stock = json!({"sku": "SHARED", "quantity": 50});
    assert_eq!(post(&older, "/inventory/init", &stock).await, 201);
    assert_eq!(reserve(&older, "before").await, 201);

    let newer = migrations_and(ADDITIVE);
    let shoppers = join_all((0..100).map(async |n| reserve(&older, &format!("during-{n}")).await));
    let (answers, migrated) = join(shoppers, apply(&newer, &mut connection)).await;
    migrated.unwrap();
    for status in answers {
        assert!([201, 202].contains(&status), "{status}");
    }
    assert_eq!(reserve(&older, "after").await, 202);
    assert_clean(&mut connection).await;

    let known = format!("only knows migrations up to {}", latest());
    let found = format!("the database is at migration {}", latest() + 1);
    let own = concat!("Fairhold ", env!("CARGO_PKG_VERSION"));
    assert_rejected(&database.url(), &[&known, &found, own, "a newer version"]).await;
    assert_eq!(
        reserve(&older, "still").await,
        202,
        "the rejected start changes nothing"
    );
    apply(&newer, &mut connection).await.unwrap();
}

#[tokio::test]
async fn a_newer_version_migrates_an_older_schema_and_audits_it_only_then() {
    let (database, mut connection) = unmigrated().await;
    apply(&migrations_to(1), &mut connection).await.unwrap();
    let (code, said) = run_task(&database.url(), "audit").await;
    assert_eq!(code, Some(2), "{said}");
    for part in [
        "is at migration 1,",
        &format!("needs migration {}", latest()),
        "fairhold migrate",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let newer = Fairhold::start(&database.url(), &FEW).await;
    let stock = json!({"sku": "SHARED", "quantity": 1});
    assert_eq!(post(&newer, "/inventory/init", &stock).await, 201);
    assert_clean(&mut connection).await;
}

#[tokio::test]
async fn a_database_of_another_build_is_rejected_with_the_migration_that_differs() {
    let (database, mut connection) = unmigrated().await;
    apply(&migrations(), &mut connection).await.unwrap();
    execute(
        &mut connection,
        "update _sqlx_migrations set checksum = 'x' where version = 2",
    )
    .await;
    assert_rejected(
        &database.url(),
        &["migration 2 in this database", "another build"],
    )
    .await;
}

#[tokio::test]
async fn processes_that_migrate_at_once_migrate_once() {
    let (database, mut connection) = unmigrated().await;
    let url = database.url();
    let migrate = join_all((0..4).map(|_| run_task(&url, "migrate")));
    let serve = join_all((0..2).map(|_| Fairhold::start(&url, &FEW)));
    let (migrated, served) = join(migrate, serve).await;
    for (code, said) in migrated {
        assert_eq!(code, Some(0), "{said}");
    }
    let all: Vec<_> = (1..=latest()).map(|version| version.to_string()).collect();
    assert_eq!(applied(&mut connection).await, all);
    let stock = json!({"sku": "SHARED", "quantity": 1});
    assert_eq!(post(&served[0], "/inventory/init", &stock).await, 201);
    assert_eq!(reserve(&served[1], "first").await, 201);
    assert_clean(&mut connection).await;
}

#[tokio::test]
async fn a_failed_migration_is_named_and_rolled_back() {
    let (_database, mut connection) = unmigrated().await;
    let broken = migrations_and("create table half (); select 1 / 0; create table whole ()");
    let failed = apply(&broken, &mut connection).await.unwrap_err();
    let next = latest() + 1;
    assert!(
        matches!(&failed, SchemaError::Failed { number, .. } if *number == next),
        "{failed:?}"
    );
    let all: Vec<_> = (1..=latest()).map(|version| version.to_string()).collect();
    assert_eq!(applied(&mut connection).await, all);
    let half = "select to_regclass('half')::text where to_regclass('half') is not null";
    assert!(crate::schema::texts(&mut connection, half).await.is_empty());
    let mut mended = migrations();
    mended.migrations = Cow::Owned(migrations_and(ADDITIVE).migrations.into_owned());
    apply(&mended, &mut connection).await.unwrap();
}
