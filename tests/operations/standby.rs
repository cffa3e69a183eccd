//! A standby that takes over: with synchronous replication, nothing that was acknowledged is lost.

use futures_util::future::join;
use rustix::process::Signal;
use serde_json::json;

use crate::books::Books;
use crate::cluster::{Cluster, eventually};
use crate::process::{self, Fairhold};
use crate::sale::{SKU, Sale, assert_proved};
use crate::shop::Shop;
use crate::site::Site;

/// A streaming copy of the primary, which each commit of the primary waits for from now on.
async fn standby_of<'a>(site: &'a Site, primary: &Cluster<'_>) -> Cluster<'a> {
    let standby = Cluster::at(site, "standby");
    let (from, to) = (primary.url("postgres"), standby.data());
    site.run(
        "pg_basebackup",
        &["-d", &from, "-D", &to, "-R", "-c", "fast", "--no-sync"],
    )
    .await;
    standby.start().await;
    let books = primary.books().await;
    books
        .execute("alter system set synchronous_standby_names = 'standby'")
        .await;
    books.execute("select pg_reload_conf()").await;
    until_synchronous(primary).await;
    standby
}

async fn until_synchronous(primary: &Cluster<'_>) {
    let books = primary.books().await;
    eventually("commits wait for the standby", async || {
        let synchronous = "select count(*) from pg_stat_replication where sync_state = 'sync'";
        books.number(synchronous).await == 1
    })
    .await;
}

#[tokio::test]
async fn a_promoted_standby_has_all_that_was_acknowledged_and_sells_on() {
    let Some(site) = Site::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let mut server = Fairhold::start(&primary.url("postgres"), &[]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 200).await;
    let standby = standby_of(&site, &primary).await;
    // Ready beside the standby, which takes no writes yet.
    let mut spare = Fairhold::start(&standby.url("postgres"), &[]).await;
    let next = Shop::at(spare.address());
    next.reserve(SKU, "too-early")
        .await
        .assert_problem(503, "database-unavailable");

    let report = process::audit(&standby.url("postgres")).await;
    assert!(report.status.success(), "{report:?}");

    let (sale, sold) = (Sale::default(), primary.books().await);
    let die = async {
        sale.goes_on_for(1500).await;
        // A moment in which the standby gets nothing: what commits now waits, and is not answered.
        standby.signal(Signal::STOP);
        let waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
        eventually("commits wait", async || sold.number(waiting).await > 0).await;
        primary.kill().await;
        // What it was sent and has not on disk goes with it.
        standby.kill().await;
        sale.end();
        server.kill().await;
    };
    join(sale.run(&shop, "sale"), die).await;
    standby.start().await;
    let data = standby.data();
    site.run("pg_ctl", &["-D", &data, "-w", "promote"]).await;

    let books = standby.books().await;
    sale.assert_kept(&books, sale.answers()).await;
    assert_proved(&standby.url("postgres"), &books).await;
    eventually("the spare sells", async || {
        next.reserve(SKU, "afterwards").await.is_success()
    })
    .await;
    let restocked = next.restock(SKU, 10).await;
    restocked.assert_status(200);
    assert_proved(&standby.url("postgres"), &books).await;
    spare.terminate();
    assert_eq!(spare.ended().await.code(), Some(0));
}

/// Ends the one backend that waits for the standby, once there is one.
async fn cut_short(books: &Books) {
    let waiting = "select pid::text from pg_stat_activity where wait_event = 'SyncRep'";
    eventually("the commit waits", async || {
        !books.texts(waiting).await.is_empty()
    })
    .await;
    let end =
        "select pg_terminate_backend(pid)::text from pg_stat_activity where wait_event = 'SyncRep'";
    assert_eq!(books.texts(end).await, ["true"]);
}

/// The commit is done on the primary and its backend gone, so that it is seen there: it must not be
/// acknowledged for that, since the standby does not have it.
#[tokio::test]
async fn what_only_the_primary_has_is_not_acknowledged() {
    let Some(site) = Site::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let server = Fairhold::start(&primary.url("postgres"), &["--request-timeout-ms", "2000"]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 5).await;
    let standby = standby_of(&site, &primary).await;
    shop.reserve(SKU, "both").await.assert_status(201);
    standby.stop("immediate").await;

    let books = primary.books().await;
    let (answer, ()) = join(shop.reserve(SKU, "one"), cut_short(&books)).await;
    answer.assert_problem(503, "database-unavailable");
    let seen = "select count(*) from reservations where user_id = 'one'";
    assert_eq!(books.number(seen).await, 1, "the primary has it");

    standby.start().await;
    until_synchronous(&primary).await;
    eventually("it is acknowledged", async || {
        let again = shop.reserve(SKU, "one").await;
        again.assert_status_in(&[200, 503]) == 200
    })
    .await;
    primary.kill().await;
    let data = standby.data();
    site.run("pg_ctl", &["-D", &data, "-w", "promote"]).await;
    let books = standby.books().await;
    assert_eq!(books.number(seen).await, 1);
    assert_proved(&standby.url("postgres"), &books).await;
}

/// The same for a SKU that is set up, and set up again: not through a lane.
#[tokio::test]
async fn a_sku_that_only_the_primary_has_is_not_acknowledged() {
    let Some(site) = Site::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let server = Fairhold::start(&primary.url("postgres"), &["--request-timeout-ms", "1000"]).await;
    let shop = Shop::at(server.address());
    let standby = standby_of(&site, &primary).await;
    standby.stop("immediate").await;

    let books = primary.books().await;
    let init = || shop.post("/inventory/init", json!({"sku": SKU, "quantity": 5}));
    let (answer, ()) = join(init(), cut_short(&books)).await;
    answer.assert_status(503);
    let seen = "select count(*) from skus";
    assert_eq!(books.number(seen).await, 1, "the primary has it");
    init().await.assert_status(503);

    standby.start().await;
    until_synchronous(&primary).await;
    eventually("it is acknowledged", async || {
        init().await.assert_status_in(&[200, 503]) == 200
    })
    .await;
    primary.kill().await;
    let data = standby.data();
    site.run("pg_ctl", &["-D", &data, "-w", "promote"]).await;
    let books = standby.books().await;
    assert_eq!(books.number(seen).await, 1);
}
