//! Files that may not grow: the effect of a full disk on tables, without mounting one.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::disk::sell_out_of_room;
use crate::instance::{self, Instance};

/// Makes the ledger's file larger than any WAL segment without leaving a row: one size limit applies
/// to all files, and must stop the tables first.
const SWELL: &str = "
    begin;
    insert into ledger (
        sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta, total_delta,
        recorded_at
    )
    select 'DISK', n, 'RESTOCKED', 1, 1, 0, 0, 1, now()
    from generate_series(1000000, 1250000) as n;
    rollback;
";

/// Keeps the space in that file from being reused.
const KEEP_SWOLLEN: [&str; 2] = [
    "alter system set autovacuum = off",
    "select pg_reload_conf()",
];

/// How many bytes the ledger's file may still grow.
const GROWTH: u64 = 64 * 1024;

/// The size of a WAL segment.
const SEGMENT: u64 = 16 * 1024 * 1024;

impl Instance {
    /// All processes of the database, the postmaster first.
    async fn processes(&self) -> Vec<String> {
        let mut folders = fs::read_dir(&self.folder).unwrap().flatten();
        let file =
            folders.find_map(|entry| fs::read_to_string(entry.path().join("postmaster.pid")).ok());
        let first = file.unwrap().lines().next().unwrap().to_owned();
        let others = "select pid::text from pg_stat_activity";
        [vec![first], self.books.texts(others).await].concat()
    }

    /// Limits the size of files that the database writes. Runs as the database's account, since root
    /// may lack the permission.
    async fn limit_files(&self, bytes: &str) {
        for pid in self.processes().await {
            let Ok(process) = fs::metadata(format!("/proc/{pid}")) else {
                continue;
            };
            let mut limit = Command::new("prlimit");
            limit.args(["--pid", &pid, &format!("--fsize={bytes}:")]);
            let limited = limit.uid(process.uid()).gid(process.gid()).output();
            let limited = limited.unwrap();
            // One may have ended since.
            let ended = !Path::new("/proc").join(&pid).exists();
            assert!(limited.status.success() || ended, "{limited:?}");
        }
    }
}

#[tokio::test]
async fn files_that_may_not_grow_answer_503_until_they_may() {
    let folder = instance::path("limit");
    let instance = Instance::start(&folder).await;
    instance.shop.stock("DISK", 1_000_000).await;
    for statement in KEEP_SWOLLEN {
        instance.books.execute(statement).await;
    }
    instance.books.execute(SWELL).await;
    let size = "select pg_relation_size('ledger')";
    let size = u64::try_from(instance.books.number(size).await).unwrap();
    assert!(size > SEGMENT, "{size}");
    instance.limit_files(&(size + GROWTH).to_string()).await;
    sell_out_of_room(&instance, async || instance.limit_files("unlimited").await).await;
    instance.stop().await;
    fs::remove_dir(folder).unwrap();
}
