//! Durability settings that are changed under a running Fairhold: no answer becomes less durable.

use fairhold_test_kit::{Answer, Cluster, Fairhold, PostgresHost, Shop, Tables, eventually};
use futures_util::future::join;
use serde_json::json;

use crate::sale::SKU;
use crate::standby::{standby_of, until_synchronous};

/// A server with a short request timeout, which has sold something.
async fn open(primary: &Cluster<'_>) -> (Fairhold, Shop) {
    let url = primary.url("postgres");
    let server = Fairhold::start(&url, &["--request-timeout-ms", "1000"]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 50).await;
    shop.reserve(SKU, "first").await.assert_status(201);
    (server, shop)
}

/// Changes settings as an operator would.
async fn set(books: &Tables, settings: &[&str]) {
    for setting in settings {
        books.execute(&format!("alter {setting}")).await;
    }
    books.execute("select pg_reload_conf()").await;
}

/// Terminates all other sessions, so that new ones start with the new settings.
async fn end_sessions(books: &Tables) {
    let end = "select pg_terminate_backend(pid)::text from pg_stat_activity
               where backend_type = 'client backend' and pid <> pg_backend_pid()";
    books.texts(end).await;
}

/// The two ways of writing: by a lane, and for the creation of a SKU.
async fn write(shop: &Shop, name: &str) -> [Answer; 2] {
    let init = shop.post("/inventory/init", json!({"sku": name, "quantity": 1}));
    join(shop.reserve(SKU, name), init).await.into()
}

/// Both wait for the standby, and get no success without it.
async fn both_wait(shop: &Shop, books: &Tables, name: &str) {
    let waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
    let wait = eventually("both wait", async || books.number(waiting).await >= 2);
    let (answers, ()) = join(write(shop, name), wait).await;
    for answer in answers {
        answer.assert_problem(503, "database-unavailable");
    }
}

/// Waits until the server says that it is not ready, and says why.
async fn unready(shop: &Shop, reason: &str) {
    eventually("it is not ready", async || {
        shop.get("/readyz").await.status == 503
    })
    .await;
    let answer = shop.get("/readyz").await;
    answer.assert_problem(503, "not-ready");
    assert!(answer.text("detail").contains(reason), "{reason}");
}

#[tokio::test]
async fn a_server_whose_database_is_read_only_is_not_ready() {
    let Some(site) = PostgresHost::having(&["pg_ctl"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let (_server, shop) = open(&primary).await;
    let books = primary.books().await;
    shop.get("/readyz").await.assert_status(200);
    set(&books, &["system set default_transaction_read_only = on"]).await;
    unready(&shop, "read-only").await;
    shop.inventory(SKU).await.assert_status(200);
    set(&books, &["system reset default_transaction_read_only"]).await;
    eventually("it is ready again", async || {
        shop.get("/readyz").await.status == 200
    })
    .await;
}

#[tokio::test]
async fn commits_wait_for_the_standbys_disk_whatever_the_settings_change_to() {
    let Some(site) = PostgresHost::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let (_server, shop) = open(&primary).await;
    let standby = standby_of(&site, &primary).await;
    let books = primary.books().await;
    let less = [
        "system set synchronous_commit = off",
        "database postgres set synchronous_commit = local",
        "role fairhold set synchronous_commit = off",
    ];
    set(&books, &less).await;
    standby.stop("immediate").await;
    both_wait(&shop, &books, "old-sessions").await;
    end_sessions(&books).await;
    both_wait(&shop, &books, "new-sessions").await;

    standby.start().await;
    until_synchronous(&primary).await;
    let more = [
        "system set synchronous_commit = remote_apply",
        "database postgres reset synchronous_commit",
        "role fairhold reset synchronous_commit",
    ];
    set(&books, &more).await;
    end_sessions(&books).await;
    let replica = standby.books().await;
    replica.execute("select pg_wal_replay_pause()").await;
    both_wait(&shop, &books, "replay").await;
    replica.execute("select pg_wal_replay_resume()").await;
    eventually("it is acknowledged", async || {
        let [reserved, made] = write(&shop, "replay").await;
        reserved.is_success() && made.is_success()
    })
    .await;
}

#[tokio::test]
async fn no_write_is_acknowledged_while_a_power_failure_could_lose_it() {
    let Some(site) = PostgresHost::having(&["pg_ctl"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let (_server, shop) = open(&primary).await;
    let books = primary.books().await;
    for setting in ["fsync", "full_page_writes"] {
        set(&books, &[&format!("system set {setting} = off")]).await;
        eventually("writes are rejected", async || {
            let answers = write(&shop, setting).await;
            let refused = |answer: &Answer| answer.status == 503;
            answers.iter().all(refused)
        })
        .await;
        for answer in write(&shop, setting).await {
            answer.assert_problem(503, "database-unavailable");
        }
        shop.inventory(SKU).await.assert_status(200);
        unready(&shop, setting).await;
        set(&books, &[&format!("system reset {setting}")]).await;
        eventually("writes succeed again", async || {
            let answers = write(&shop, setting).await;
            answers.iter().all(Answer::is_success)
        })
        .await;
    }
}
