//! No command fails its neighbors: what the database refuses, or keeps locked, stands alone.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, World};
use futures_util::future::{join, join_all};

/// Sends 100 reserves to a single lane while it is kept busy, so that they share batches. `units`
/// says how many each is for.
async fn reserve_together(world: &World, units: impl Fn(i64) -> i64) -> Vec<Answer> {
    let shop = world.shop();
    shop.stock("SHELF", 60).await;
    let locked = world.books.lock("SHELF").await;
    let asks = join_all((0..100).map(|n| {
        let (shop, user, units) = (shop.clone(), format!("user-{n}"), units(n));
        async move { shop.reserve_units("SHELF", &user, units).await }
    }));
    let release = async {
        let waiting = async || world.books.waiting_for(&locked).await > 0;
        fairhold_test_kit::eventually("the lane is busy", waiting).await;
        locked.commit().await;
    };
    join(asks, release).await.0
}

/// Two units for user 50, one for everybody else.
fn two_for_one(n: i64) -> i64 {
    1 + i64::from(n == 50)
}

/// That user 50 got nothing but an apology, and the others what was there.
async fn assert_only_one_failed(world: &World, answers: &[Answer]) {
    let failed: Vec<_> = answers.iter().filter(|a| a.status == 500).collect();
    assert_eq!(failed.len(), 1);
    failed[0].assert_problem(500, "internal-error");
    assert_eq!(&answers[50], failed[0]);
    let shown = failed[0].body.to_string();
    assert!(
        !shown.contains("poison") && !shown.contains("constraint"),
        "{shown}"
    );
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 60);
    assert_eq!(answers.iter().filter(|a| a.status == 202).count(), 39);
    let rows = "select count(*) from reservations where user_id = 'user-50'";
    assert_eq!(world.books.number(rows).await, 0);
    world.audit().await;
}

#[tokio::test]
async fn a_command_that_a_constraint_refuses_stands_alone() {
    let world = World::open(1, &["--lanes", "1"]).await;
    let poison = "alter table reservations add constraint poison check (quantity <> 2)";
    world.books.execute(poison).await;
    let answers = reserve_together(&world, two_for_one).await;
    assert_only_one_failed(&world, &answers).await;
}

/// A rule that the database only looks at when the transaction commits.
const POISON_AT_COMMIT: &str = "
    create function poison() returns trigger language plpgsql as
        $$ begin raise exception 'poison' using errcode = 'check_violation'; end $$;
    create constraint trigger poison after insert on reservations
        deferrable initially deferred
        for each row when (new.quantity = 2) execute function poison()";

#[tokio::test]
async fn a_command_that_is_refused_only_at_the_commit_stands_alone() {
    let world = World::open(1, &["--lanes", "1"]).await;
    world.books.execute(POISON_AT_COMMIT).await;
    let answers = reserve_together(&world, two_for_one).await;
    assert_only_one_failed(&world, &answers).await;
}

/// A rule that the database takes its time to look at.
const SLOW_POISON: &str = "
    create function poison() returns trigger language plpgsql as
        $$ begin
            perform pg_sleep(0.2);
            raise exception 'poison' using errcode = 'check_violation';
        end $$;
    create trigger poison before insert on reservations
        for each row when (new.quantity = 2) execute function poison()";

#[tokio::test]
async fn the_parts_of_a_refused_batch_share_its_time() {
    let world = World::open(1, &["--lanes", "1", "--request-timeout-ms", "1000"]).await;
    world.books.execute(SLOW_POISON).await;
    let asked = Instant::now();
    let answers = reserve_together(&world, |_| 2).await;
    // Each part by itself would be given up after a second: 200 of them.
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    for answer in &answers {
        match answer.assert_status_in(&[500, 503]) {
            500 => answer.assert_problem(500, "internal-error"),
            _ => answer.assert_problem(503, "overloaded"),
        };
    }
    let shop = world.shop();
    shop.reserve("SHELF", "later").await.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn a_locked_sku_does_not_hold_up_the_others_of_its_lane() {
    let world = World::open(1, &["--lanes", "1", "--request-timeout-ms", "3000"]).await;
    let shop = &world.shop();
    let skus = ["A", "LOCKED", "Z"];
    for sku in skus {
        shop.stock(sku, 500).await;
    }
    let locked = world.books.lock("LOCKED").await;
    // More than a batch for the locked one, so that they could fill the lane.
    let stuck = join_all((0..600).map(|n| {
        let (shop, user) = (shop.clone(), format!("stuck-{n}"));
        async move { shop.reserve("LOCKED", &user).await }
    }));
    let others = async {
        let began = Instant::now();
        let mut slowest = Duration::ZERO;
        let mut round = 0;
        while began.elapsed() < Duration::from_secs(2) {
            round += 1;
            let asks = (0..20).map(async |n| {
                let asked = Instant::now();
                let user = format!("user-{round}-{n}");
                let answer = shop.reserve(skus[n % 2 * 2], &user).await;
                assert!(matches!(answer.status, 201 | 202), "{answer:?}");
                asked.elapsed()
            });
            slowest = join_all(asks)
                .await
                .into_iter()
                .fold(slowest, Duration::max);
        }
        locked.commit().await;
        (round, slowest)
    };
    let (stuck, (rounds, slowest)) = join(stuck, others).await;
    assert!(
        rounds >= 10,
        "{rounds} rounds, the slowest answer took {slowest:?}"
    );
    let mut won = 0;
    for answer in stuck {
        match answer.status {
            503 => assert!(answer.header("retry-after").is_some(), "{answer:?}"),
            _ => won += i64::from(matches!(answer.assert_status_in(&[201, 202]), 201)),
        }
    }
    assert_eq!(
        won,
        shop.inventory("LOCKED").await.number("reserved_quantity")
    );
    shop.reserve("LOCKED", "afterwards")
        .await
        .assert_status_in(&[201, 202]);
    world.audit().await;
}

#[tokio::test]
async fn a_locked_reservation_costs_no_other_confirmation_of_its_batch() {
    let world = World::open(1, &["--lanes", "1"]).await;
    let shop = &world.shop();
    let mut ids = Vec::new();
    for n in 0..40 {
        let sku = format!("SKU-{n}");
        shop.stock(&sku, 1).await;
        ids.push(shop.reserve(&sku, "buyer").await.id());
    }
    shop.stock("SPARE", 1).await;
    let mut outsider = world.books.lock("SPARE").await;
    outsider
        .execute("select from reservations where sku = 'SKU-25' for update")
        .await;
    let asked = Instant::now();
    let confirmed = join_all(ids.iter().map(|id| shop.confirm(id))).await;
    for (n, answer) in confirmed.into_iter().enumerate() {
        answer.assert_status(if n == 25 { 503 } else { 200 });
    }
    // Far less than the time within which a request is answered: the lock is waited for once.
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    outsider.commit().await;
    shop.confirm(&ids[25]).await.assert_status(200);
    world.audit().await;
}
