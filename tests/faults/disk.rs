//! A full disk: each response is true or 503, and the service recovers once there is space.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use fairhold_test_kit::{eventually, not_tested};
use futures_util::future::join_all;
use rustix::process::geteuid;

use crate::instance::{self, Instance};

/// Enough for a new database and part of a sale.
const SIZE: &str = "size=160m";

/// A small file system, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` where mounting is not permitted.
    fn mount(name: &str) -> Option<Self> {
        let path = instance::path(name);
        DirBuilder::new().create(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(&path)
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(path));
        }
        fs::remove_dir(&path).unwrap();
        None
    }

    /// Takes all the free space.
    fn fill(&self) {
        let mut filler = File::create(self.0.join("filler")).unwrap();
        for piece in [1 << 20, 1 << 12] {
            while filler.write_all(&vec![1; piece]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// Sells until the disk is full, frees space, and compares the tables with the responses.
pub(crate) async fn sell_out_of_room(instance: &Instance, make_room: impl AsyncFnOnce()) {
    let shop = &instance.shop;
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    let began = Instant::now();
    for round in 0.. {
        let asks = (0..100).map(async |n| shop.reserve("DISK", &format!("{round}-{n}")).await);
        for answer in join_all(asks).await {
            if answer.assert_status_in(&[201, 503]) == 201 {
                acknowledged.push(answer.id());
            } else {
                assert_eq!(answer.kind(), "application/problem+json");
                refused += 1;
            }
        }
        if refused > 0 {
            break;
        }
        let waited = began.elapsed();
        assert!(waited < Duration::from_mins(1), "there is still space");
    }
    shop.get("/livez").await.assert_status(200);
    make_room().await;
    let serves = async || shop.reserve("DISK", "afterwards").await.is_success();
    eventually("it serves again", serves).await;
    let ids = "select reservation_id::text from reservations";
    let there = instance.books.texts(ids).await;
    for id in &acknowledged {
        assert!(there.contains(id), "{id} was acknowledged");
    }
}

/// Whether this is where changes are judged.
fn is_gate() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// Where mounting is not permitted, `file_limit.rs` covers the same failure.
#[tokio::test]
async fn a_full_disk_answers_503_until_there_is_space() {
    let Some(disk) = Disk::mount("disk") else {
        let needed = "a full disk, since no small one can be mounted here: run this as root with \
                      CAP_SYS_ADMIN, such as in a container with --cap-add SYS_ADMIN";
        assert!(!(is_gate() && geteuid().is_root()), "{needed}");
        not_tested(needed);
        return;
    };
    let instance = Instance::start(&disk.0.join("data")).await;
    instance.shop.stock("DISK", 1_000_000).await;
    disk.fill();
    sell_out_of_room(&instance, async || disk.free()).await;
    instance.stop().await;
}
