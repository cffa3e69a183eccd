//! Backpressure: a full lane refuses at once, and who hangs up leaves no trace.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Weather, World, eventually, shop::order_bytes};
use futures_util::future::{join, join_all};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const NARROW: [&str; 6] = ["--lanes", "1", "--queue-limit", "4", "--batch-limit", "2"];

#[tokio::test]
async fn a_full_lane_refuses_at_once_and_changes_nothing() {
    let (world, proxy) = World::open_behind_proxy(&NARROW).await;
    let shop = &world.shop();
    shop.stock("TIGHT", 100).await;
    shop.reserve("TIGHT", "warm-up").await.assert_status(201);
    proxy.set(Weather::Frozen);
    let asks = (0..60).map(async |n| shop.reserve("TIGHT", &format!("user-{n}")).await);
    let mut answers: FuturesUnordered<_> = asks.collect();

    // At most two are in the transaction and four wait: the others hear so while it is stuck.
    let began = Instant::now();
    for _ in 0..60 - 6 {
        let refused = answers.next().await.unwrap();
        refused.assert_problem(503, "overloaded");
    }
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    proxy.set(Weather::Fair);
    let mut won = 1;
    while let Some(answer) = answers.next().await {
        match answer.assert_status_in(&[201, 503]) {
            201 => won += 1,
            _ => drop(answer.assert_problem(503, "overloaded")),
        }
    }
    assert_eq!(
        shop.inventory("TIGHT").await.number("reserved_quantity"),
        won
    );
    shop.reserve("TIGHT", "afterwards").await.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn under_a_storm_each_answer_of_a_narrow_lane_is_true() {
    let world = World::open(2, &NARROW).await;
    let shops = &world.shops();
    shops[0].stock("NARROW", 100).await;
    let locked = world.books.lock("NARROW").await;
    let asks = join_all((0..300).map(async |n| {
        let answer = shops[n % 2].reserve("NARROW", &format!("user-{n}")).await;
        if answer.status == 503 {
            answer.assert_problem(503, "overloaded");
        }
        i64::from(answer.assert_status_in(&[201, 202, 503]) != 503)
    }));
    let release = async {
        let waiting = async || world.books.waiting_for(&locked).await > 0;
        eventually("a lane is busy", waiting).await;
        locked.commit().await;
    };
    let (granted, ()) = join(asks, release).await;
    let rows = world
        .books
        .number("select count(*) from reservations")
        .await;
    assert_eq!(granted.into_iter().sum::<i64>(), rows);
    world.audit().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn clients_that_hang_up_before_their_turn_leave_no_trace() {
    // Nobody is answered before anybody has left.
    let flags = ["--lanes", "1", "--request-timeout-ms", "60000"];
    let (world, proxy) = World::open_behind_proxy(&flags).await;
    let shop = &world.shop();
    shop.stock("PATIENT", 100).await;
    shop.reserve("PATIENT", "warm-up").await.assert_status(201);
    let server = world.servers[0].pid();
    proxy.set(Weather::Frozen);
    let first = shop.reserve("PATIENT", "first");
    let others = async {
        let stuck = proxy.held_back();
        stuck.await;
        let before = sockets(server);
        // Each sends all of its request, so that it is the command that waits, not its bytes.
        let asks = join_all((0..40).map(async |n| {
            let address = world.servers[0].address().strip_prefix("http://").unwrap();
            let mut impatient = TcpStream::connect(address).await.unwrap();
            let request = order_bytes("PATIENT", &format!("gone-{n}"));
            impatient.write_all(&request).await.unwrap();
            impatient
        }));
        let asked = asks.await;
        let come = async || sockets(server) >= before + 40;
        eventually("all have come", come).await;
        drop(asked);
        eventually("all have gone", async || sockets(server) <= before).await;
        proxy.set(Weather::Fair);
    };
    let (first, ()) = join(first, others).await;
    first.assert_status(201);
    shop.reserve("PATIENT", "afterwards")
        .await
        .assert_status(201);
    let users = world
        .books
        .texts("select user_id from reservations order by 1")
        .await;
    assert_eq!(users, ["afterwards", "first", "warm-up"]);
    world.audit().await;
}

/// How many sockets a process has open.
#[cfg(target_os = "linux")]
fn sockets(pid: u32) -> usize {
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let targets = descriptors
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}
