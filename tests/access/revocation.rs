//! What is made or revoked holds within a second, on every process, and never opens a door.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fairhold_test_kit::{Deployment, Server, eventually};
use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Postgres, Transaction};

/// The claim is a second; the rest is for a machine that does something else.
const SOON: Duration = Duration::from_secs(2);

const PATH: &str = "/analytics/inventory";

async fn status(server: &Server, bearer: &str) -> u16 {
    server.get(PATH, bearer).await.status
}

/// Asserts that it comes to be so soon.
async fn soon(what: &str, so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    eventually(what, so).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_revocation_takes_effect_within_a_second_on_every_process() {
    let site = Deployment::new().await;
    let (lost, kept) = (
        site.key("lost", "read").await,
        site.key("kept", "read").await,
    );
    let servers = [site.serve(&[]).await, site.serve(&[]).await];
    for server in &servers {
        assert_eq!(
            [status(server, &lost).await, status(server, &kept).await],
            [200, 200]
        );
    }
    let id = site.id_of("lost").await;
    assert_eq!(site.run(&["keys", "revoke", &id]).await.code, Some(0));
    for server in &servers {
        soon("it holds", async || status(server, &lost).await == 401).await;
        let refused = server.get(PATH, &lost).await;
        refused.refused(401, "unauthenticated");
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert_eq!(status(server, &kept).await, 200);
    }
}

#[tokio::test]
async fn the_first_key_closes_servers_that_were_open_within_a_second() {
    let site = Deployment::new().await;
    let servers = [
        site.serve(&[]).await,
        site.serve(&["--allow-open-access"]).await,
    ];
    for server in &servers {
        assert_eq!(status(server, "").await, 200);
    }
    let key = site.key("first", "read").await;
    for server in &servers {
        soon("it is closed", async || status(server, "").await == 401).await;
        assert_eq!(status(server, &key).await, 200);
    }
}

#[tokio::test]
async fn a_server_stays_closed_when_its_last_key_is_revoked() {
    let site = Deployment::new().await;
    let key = site.key("last", "admin").await;
    let server = site.serve(&["--allow-open-access"]).await;
    site.revoke("last").await;
    eventually("it holds", async || status(&server, &key).await == 401).await;
    assert_eq!(status(&server, "").await, 401);
    server.end().await;
    let next = site.serve(&["--allow-open-access"]).await;
    assert_eq!(
        [status(&next, &key).await, status(&next, "").await],
        [401, 401]
    );
    let key = site.key("another", "admin").await;
    eventually("it is let in", async || status(&next, &key).await == 200).await;
}

/// Lets nobody connect to the database, and ends those who are.
#[expect(clippy::disallowed_methods, reason = "it concerns databases, not rows")]
async fn connections(site: &Deployment, allowed: bool) {
    let options = site.database.options();
    let name = options.get_database().unwrap().to_owned();
    let mut maintenance = PgConnection::connect_with(&options.clone().database("postgres"))
        .await
        .unwrap();
    let statements = format!(
        "alter database {name} allow_connections {allowed};
         select pg_terminate_backend(pid) from pg_stat_activity
         where datname = '{name}' and not {allowed}"
    );
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(&mut maintenance)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_last_known_keys_stay_valid_while_the_database_is_down() {
    let site = Deployment::new().await;
    let key = site.key("shop", "read").await;
    let server = site.serve(&["--request-timeout-ms=500"]).await;
    connections(&site, false).await;
    eventually("it is noticed", async || {
        server.logged().contains("the refresh of the API keys failed")
    })
    .await;
    let away = server.get(PATH, &key).await;
    away.refused(503, "database-unavailable");
    server.get(PATH, "").await.refused(401, "unauthenticated");
    let forged = format!("fh_{}", "A".repeat(43));
    server
        .get(PATH, &forged)
        .await
        .refused(401, "unauthenticated");
    connections(&site, true).await;
    eventually("it is back", async || status(&server, &key).await == 200).await;
    site.revoke("shop").await;
    eventually("it holds", async || status(&server, &key).await == 401).await;
}

/// Has every statement on the reservations wait until it is dropped.
#[expect(clippy::disallowed_methods, reason = "it concerns a table, not rows")]
async fn hold_reservations_up(site: &Deployment) -> Transaction<'static, Postgres> {
    let mut transaction = site.books().await.begin().await.unwrap();
    sqlx::raw_sql("lock table reservations")
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction
}

#[tokio::test]
async fn jobs_continue_while_all_reader_connections_are_in_use() {
    let site = Deployment::new().await;
    let (lost, kept) = (
        site.key("lost", "read").await,
        site.key("kept", "read").await,
    );
    let server = site.serve(&[]).await;
    let locked = hold_reservations_up(&site).await;
    let over = AtomicBool::new(false);
    let crowd = (0..12).map(async |_| {
        while !over.load(Ordering::SeqCst) {
            server.get("/reservations", &kept).await;
        }
    });
    let look = async {
        eventually("readers have to wait", async || {
            server.get(PATH, &kept).await.status == 503
        })
        .await;
        site.revoke("lost").await;
        // It asks nothing of the database.
        let metrics = async || server.get("/metrics", &lost).await.status == 401;
        soon("it holds", metrics).await;
        server.get("/readyz", "").await.is(200);
        over.store(true, Ordering::SeqCst);
    };
    tokio::join!(join_all(crowd), look);
    locked.rollback().await.unwrap();
}
