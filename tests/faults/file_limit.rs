//! Files that may not grow: what a full disk does to the tables, wherever nothing can be mounted.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::disk::sell_out_of_room;
use crate::place::{self, Place};

/// Makes the ledger's file larger than any of the log's, and leaves no row: one limit for all files
/// is to be met by the tables first.
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

/// Nothing may make room in it meanwhile.
const KEEP_SWOLLEN: [&str; 2] = [
    "alter system set autovacuum = off",
    "select pg_reload_conf()",
];

/// All the room that there is still to be in the ledger's file, in bytes.
const ROOM: u64 = 64 * 1024;

/// The largest file of the log.
const SEGMENT: u64 = 16 * 1024 * 1024;

impl Place {
    /// All processes of the database, the first of them, which begins the others, first.
    async fn processes(&self) -> Vec<String> {
        let mut folders = fs::read_dir(&self.folder).unwrap().flatten();
        let file =
            folders.find_map(|entry| fs::read_to_string(entry.path().join("postmaster.pid")).ok());
        let first = file.unwrap().lines().next().unwrap().to_owned();
        let others = "select pid::text from pg_stat_activity";
        [vec![first], self.books.texts(others).await].concat()
    }

    /// How large a file may become that the database writes, as a quota would have it. The account
    /// that runs it may say so, where root may not.
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
async fn files_that_may_not_grow_are_answered_with_503_and_got_over() {
    let folder = place::path("limit");
    let place = Place::take(&folder).await;
    place.shop.stock("DISK", 1_000_000).await;
    for statement in KEEP_SWOLLEN {
        place.books.execute(statement).await;
    }
    place.books.execute(SWELL).await;
    let size = "select pg_relation_size('ledger')";
    let size = u64::try_from(place.books.number(size).await).unwrap();
    assert!(size > SEGMENT, "{size}");
    place.limit_files(&(size + ROOM).to_string()).await;
    sell_out_of_room(&place, async || place.limit_files("unlimited").await).await;
    place.leave().await;
    fs::remove_dir(folder).unwrap();
}
