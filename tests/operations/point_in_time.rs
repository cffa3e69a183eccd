//! Point-in-time recovery from a base backup and archived WAL.

use std::fs;

use fairhold_test_kit::{Cluster, Fairhold, PostgresHost, Shop, eventually};
use futures_util::future::join;

use crate::sale::{SKU, Sale, assert_audited};

/// What an operator does by mistake.
const MISHAP: &str = "
    delete from ledger where entry % 2 = 0;
    update reservations set status = 'CANCELLED' where status = 'CONFIRMED'";

/// Switches to a new WAL segment, and returns once the current one is archived.
async fn archive_all(primary: &Cluster<'_>) {
    let books = primary.books().await;
    let current = books.texts("select pg_walfile_name(pg_switch_wal())").await;
    eventually("the WAL is archived", async || {
        let archived = "select coalesce(last_archived_wal, '') from pg_stat_archiver";
        books.texts(archived).await[0] >= current[0]
    })
    .await;
}

/// The cluster of a base backup, recovered to an instant.
async fn recovered<'a>(site: &'a PostgresHost, archive: &str, instant: &str) -> Cluster<'a> {
    let restored = Cluster::at(site, "restored");
    fs::rename(site.folder.join("base"), restored.data()).unwrap();
    fs::write(format!("{}/recovery.signal", restored.data()), "").unwrap();
    site.hand_over(restored.data().as_ref());
    restored.set(&format!(
        "
archive_mode = off
restore_command = 'cp {archive}/%f %p'
recovery_target_time = '{instant}'
recovery_target_action = 'promote'
"
    ));
    restored.start().await;
    let books = restored.books().await;
    eventually("the recovery has ended", async || {
        let recovering = "select pg_is_in_recovery()::int::bigint";
        books.number(recovering).await == 0
    })
    .await;
    restored
}

#[tokio::test]
async fn a_base_backup_and_archived_wal_restore_any_instant() {
    let Some(site) = PostgresHost::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let archive = site.folder.join("archive");
    fs::create_dir(&archive).unwrap();
    site.hand_over(&archive);
    let archive = archive.display().to_string();
    let keep = format!(
        "archive_mode = on\narchive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'\n"
    );
    let primary = site.cluster("primary", &keep).await;
    let server = Fairhold::start(&primary.url("postgres"), &[]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 200).await;

    let (sale, books) = (Sale::default(), primary.books().await);
    let back_up = async {
        sale.goes_on_for(300).await;
        let (from, to) = (
            primary.url("postgres"),
            site.folder.join("base").display().to_string(),
        );
        site.run(
            "pg_basebackup",
            &["-d", &from, "-D", &to, "-c", "fast", "--no-sync"],
        )
        .await;
        sale.goes_on_for(500).await;
        let kept = sale.answers();
        let instant = books.texts("select clock_timestamp()::text").await;
        sale.goes_on_for(500).await;
        books.execute(MISHAP).await;
        sale.goes_on_for(100).await;
        sale.end();
        (kept, instant)
    };
    let ((), (kept, instant)) = join(sale.run(&shop, "sale"), back_up).await;
    archive_all(&primary).await;
    drop(server);
    primary.kill().await;

    let restored = recovered(&site, &archive, &instant[0]).await;
    let (books, url) = (restored.books().await, restored.url("postgres"));
    sale.assert_kept(&books, kept).await;
    let later = format!(
        "select count(*) from ledger where recorded_at > '{}'",
        instant[0]
    );
    assert_eq!(books.number(&later).await, 0, "nothing later is restored");
    assert_audited(&url, &books).await;

    let server = Fairhold::start(&url, &[]).await;
    let shop = Shop::at(server.address());
    shop.reserve(SKU, "afterwards")
        .await
        .assert_status_in(&[201, 202]);
    assert_audited(&url, &books).await;
}
