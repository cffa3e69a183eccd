//! A disk that is full: answers are true or 503, and all is well once there is room again.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use fairhold_test_kit::{eventually, not_tested};
use futures_util::future::join_all;
use rustix::process::geteuid;

use crate::place::{self, Place};

/// Enough for a new database, and some of a sale.
const SIZE: &str = "size=160m";

/// A small disk of its own, gone when dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` where the system lets nobody mount one.
    fn mount(name: &str) -> Option<Self> {
        let path = place::path(name);
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

    /// Takes all room that is left.
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

/// Sells until there is no room, then has some made, and holds the books against what was told.
pub(crate) async fn sell_out_of_room(place: &Place, make_room: impl AsyncFnOnce()) {
    let shop = &place.shop;
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
        assert!(waited < Duration::from_mins(1), "there is still room");
    }
    shop.get("/livez").await.assert_status(200);
    make_room().await;
    let serves = async || shop.reserve("DISK", "afterwards").await.is_success();
    eventually("it serves again", serves).await;
    let ids = "select reservation_id::text from reservations";
    let there = place.books.texts(ids).await;
    for id in &acknowledged {
        assert!(there.contains(id), "{id} was acknowledged");
    }
}

/// Whether this is where changes are judged.
fn is_gate() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// Elsewhere than at the gate, and for whoever may not mount, the limit of files must do.
#[tokio::test]
async fn a_full_disk_is_answered_with_503_and_got_over() {
    let Some(disk) = Disk::mount("disk") else {
        let needed = "a full disk, since no small one can be mounted here: run this as root with \
                      CAP_SYS_ADMIN, such as in a container with --cap-add SYS_ADMIN";
        assert!(!(is_gate() && geteuid().is_root()), "{needed}");
        not_tested(needed);
        return;
    };
    let place = Place::take(&disk.0.join("data")).await;
    place.shop.stock("DISK", 1_000_000).await;
    disk.fill();
    sell_out_of_room(&place, async || disk.free()).await;
    place.leave().await;
}
