//! `GET /metrics` while commands wait: durations, depths and connections.
#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::time::{Duration, Instant};

use fairhold_test_kit::{World, eventually};
use futures_util::future::{join, join_all, join3};

use crate::metrics::{MetricValues, scrape};

const DEPTH: &str = r#"fairhold_lane_depth{lane="0"}"#;
const FOUND_LOCKED: &str = r#"fairhold_batches_failed_total{cause="locked"}"#;
const REFUSED: &str = "fairhold_overload_refused_total";

/// Waits until so many commands are waiting for the only lane.
async fn depth_is(world: &World, commands: f64) {
    let deep = async || scrape(world).await.of(DEPTH) == commands;
    eventually("the lane is as deep as that", deep).await;
}

/// The total duration `name` grew by at least `least` and at most `most`.
#[track_caller]
fn assert_took(
    before: &MetricValues,
    after: &MetricValues,
    name: &str,
    least: Duration,
    most: Duration,
) {
    let took = after.since(before, name);
    let possible = least.as_secs_f64()..=most.as_secs_f64();
    assert!(possible.contains(&took), "{name}: {took} of {possible:?}");
}

#[tokio::test]
async fn commands_behind_a_locked_row_are_timed_and_become_one_batch() {
    const GATHERED: u32 = 7;
    let world = World::open(1, &["--lanes=1"]).await;
    let shop = &world.shop();
    shop.stock("BEHIND", 50).await;
    let before = scrape(&world).await;
    let began = Instant::now();
    let auditor = world.books.lock("BEHIND").await;
    let first = shop.reserve("BEHIND", "first");
    let others = async {
        let waits = async || world.books.waiting_for(&auditor).await == 1;
        eventually("the first has begun", waits).await;
        let seen = Instant::now();
        let gather = join_all((0..GATHERED).map(async |n| {
            let user = format!("gathered-{n}");
            shop.reserve("BEHIND", &user).await
        }));
        let release = async {
            depth_is(&world, f64::from(GATHERED)).await;
            let waited = seen.elapsed();
            auditor.commit().await;
            waited
        };
        join(gather, release).await
    };
    let (first, (gathered, waited)) = join(first, others).await;
    let whole = began.elapsed();
    for answer in gathered.iter().chain([&first]) {
        answer.assert_status(201);
    }
    let after = scrape(&world).await;
    let commands = GATHERED + 1;
    let grew = |series| after.since(&before, series);
    assert_eq!(grew("fairhold_batch_commands_sum"), f64::from(commands));
    // One and seven; or all at once, if a slow machine let the first one time out.
    assert!((1.0..=2.0).contains(&grew("fairhold_batch_commands_count")));
    assert_eq!(after.of(DEPTH), 0.0);
    for name in [
        "fairhold_lock_wait_duration_seconds_sum",
        "fairhold_transaction_duration_seconds_sum",
    ] {
        assert_took(&before, &after, name, waited, whole * commands);
    }
    let requests = r#"fairhold_http_request_duration_seconds_sum{method="POST",route="/inventory/reserve",status="201"}"#;
    assert_took(&before, &after, requests, waited, whole * commands);
    world.audit().await;
}

#[tokio::test]
async fn a_locked_row_is_reported_for_as_long_as_commands_wait_for_it() {
    const ROUNDS: u32 = 2;
    const COMMANDS: u32 = 5;
    /// `--request-timeout-ms`. At least half of it is left to each command when it is parked.
    const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
    let world = World::open(1, &["--lanes=1", "--request-timeout-ms=2000"]).await;
    let shop = &world.shop();
    shop.stock("KEPT", 50).await;
    shop.stock("SOLD", 50).await;
    let before = scrape(&world).await;
    let began = Instant::now();
    let auditor = world.books.lock("KEPT").await;
    for round in 0..ROUNDS {
        let kept = join_all((0..COMMANDS).map(async |n| {
            let user = format!("kept-{round}-{n}");
            shop.reserve("KEPT", &user).await
        }));
        // All of them, so none is in a transaction.
        let sold = async {
            depth_is(&world, f64::from(COMMANDS)).await;
            let user = format!("sold-{round}");
            shop.reserve("SOLD", &user).await.assert_status(201);
        };
        let looked_at = scrape(&world);
        let (refused, (), earlier) = join3(kept, sold, looked_at).await;
        for answer in &refused {
            answer.assert_problem(503, "overloaded");
        }
        let found = scrape(&world).await.since(&earlier, FOUND_LOCKED);
        let alerted = 2.0 * REQUEST_TIMEOUT.as_secs_f64();
        assert!(
            found > alerted,
            "round {round}: {found} in {REQUEST_TIMEOUT:?}"
        );
    }
    let whole = began.elapsed();
    let after = scrape(&world).await;
    let commands = ROUNDS * COMMANDS;
    assert_eq!(after.since(&before, REFUSED), f64::from(commands));
    let waits = "fairhold_lock_wait_duration_seconds_sum";
    let least = REQUEST_TIMEOUT / 2 * commands;
    assert_took(&before, &after, waits, least, whole * (commands + 1));
    // Each parked command, each that was served, and the first that found the row locked.
    let counted = after.since(&before, "fairhold_lock_wait_duration_seconds_count");
    assert!(counted > f64::from(commands + ROUNDS), "{counted} waits");
    depth_is(&world, 0.0).await;
    auditor.commit().await;
    world.audit().await;
}

#[tokio::test]
async fn connections_for_reads_are_counted_by_state() {
    // Of eight connections, two are for the lanes, one for checkout, two for background jobs, and
    // three for reads.
    let world = World::open(1, &["--lanes=2"]).await;
    let shop = &world.shop();
    shop.stock("POOL", 1).await;
    let connections = async |state: &str| {
        let series = format!("fairhold_pool_connections{{state=\"{state}\"}}");
        scrape(&world).await.of(&series)
    };
    assert_eq!(connections("limit").await, 3.0);
    let mut locked = world.books.lock("POOL").await;
    locked.execute("lock table reservations_history").await;
    let unknown = "/reservations/00000000-0000-7000-8000-000000000000";
    let reads = join_all((0..2).map(|_| shop.get(unknown)));
    let busy = async {
        eventually("both are busy", async || connections("busy").await == 2.0).await;
        locked.commit().await;
    };
    join(reads, busy).await;
    eventually("none is busy", async || connections("busy").await == 0.0).await;
    assert!(connections("idle").await >= 2.0);
    assert_eq!(connections("limit").await, 3.0);
}
