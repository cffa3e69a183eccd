//! Failover to a synchronous standby loses nothing that was acknowledged.

use fairhold_test_kit::{Cluster, Fairhold, PostgresHost, Shop, assert_sound, eventually};
use futures_util::future::join;
use rustix::process::Signal;

use crate::sale::{SKU, Sale, assert_audited};

/// A streaming standby, which each commit of the primary waits for from now on.
pub(crate) async fn standby_of<'a>(site: &'a PostgresHost, primary: &Cluster<'_>) -> Cluster<'a> {
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

pub(crate) async fn until_synchronous(primary: &Cluster<'_>) {
    let books = primary.books().await;
    eventually("commits wait for the standby", async || {
        let synchronous = "select count(*) from pg_stat_replication where sync_state = 'sync'";
        books.number(synchronous).await == 1
    })
    .await;
}

#[tokio::test]
async fn a_promoted_standby_has_all_acknowledged_reservations_and_keeps_selling() {
    let Some(site) = PostgresHost::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let mut server = Fairhold::start(&primary.url("postgres"), &[]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 200).await;
    let standby = standby_of(&site, &primary).await;
    // A spare server on the standby, which is still read-only.
    let mut spare = Fairhold::start(&standby.url("postgres"), &[]).await;
    let next = Shop::at(spare.address());
    next.get("/readyz").await.assert_problem(503, "not-ready");
    next.reserve(SKU, "too-early")
        .await
        .assert_problem(503, "database-unavailable");

    assert_sound(&standby.url("postgres")).await;

    let (sale, sold) = (Sale::default(), primary.books().await);
    let die = async {
        sale.goes_on_for(1500).await;
        // The standby receives nothing for a moment: commits wait, and get no answer.
        standby.signal(Signal::STOP);
        let waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
        eventually("commits wait", async || sold.number(waiting).await > 0).await;
        primary.kill().await;
        // What the standby received but has not on disk is lost as well.
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
    assert_audited(&standby.url("postgres"), &books).await;
    eventually("the spare sells", async || {
        next.reserve(SKU, "afterwards").await.is_success()
    })
    .await;
    next.get("/readyz").await.assert_status(200);
    let restocked = next.restock(SKU, 10).await;
    restocked.assert_status(200);
    assert_audited(&standby.url("postgres"), &books).await;
    spare.terminate();
    assert_eq!(spare.ended().await.code(), Some(0));
}
