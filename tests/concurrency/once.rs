//! Once: a key, a confirmation, a cancellation takes effect once, wherever it is sent.

use fairhold_test_kit::{Answer, Shop, World, eventually, shop::order};
use futures_util::future::{join, join_all};
use serde_json::json;

/// Sends the same from many connections, to all shops by turns.
async fn many(shops: &[Shop], times: usize, send: impl AsyncFn(&Shop) -> Answer) -> Vec<Answer> {
    join_all((0..times).map(|n| send(&shops[n % shops.len()]))).await
}

/// How many rows of this kind the ledger has.
async fn ledger_rows(world: &World, kind: &str) -> i64 {
    let question = format!("select count(*) from ledger where kind = '{kind}'");
    world.books.number(&question).await
}

#[tokio::test]
async fn a_user_on_many_connections_gets_one_reservation() {
    let world = World::open(2, &[]).await;
    world.shop().stock("ONE", 50).await;
    let answers = many(&world.shops(), 80, async |shop| {
        shop.reserve("ONE", "eager").await
    })
    .await;
    let first: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(first.len(), 1);
    for answer in &answers {
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        assert_eq!(answer.id(), first[0].id());
    }
    assert_eq!(
        world
            .shop()
            .inventory("ONE")
            .await
            .number("reserved_quantity"),
        1
    );
    world.audit().await;
}

#[tokio::test]
async fn a_key_on_many_connections_takes_effect_once_with_one_answer() {
    let world = World::open(2, &[]).await;
    world.shop().stock("KEYED", 50).await;
    let ask = order("KEYED", "careful", 2);
    let reserve = async |shop: &Shop| shop.post_with_key("/inventory/reserve", "k-1", &ask).await;
    let answers = many(&world.shops(), 80, reserve).await;
    assert_eq!(answers.iter().filter(|a| !a.is_replayed()).count(), 1);
    for answer in &answers {
        answer.assert_status(201);
        assert_eq!(answer.body, answers[0].body);
    }
    assert_eq!(ledger_rows(&world, "RESERVED").await, 1);

    let refill = json!({"sku": "KEYED", "quantity": 5, "reason": "delivery"});
    let restock = async |shop: &Shop| {
        shop.post_with_key("/inventory/restock", "k-1", &refill)
            .await
    };
    let answers = many(&world.shops(), 80, restock).await;
    assert_eq!(answers.iter().filter(|a| !a.is_replayed()).count(), 1);
    for answer in &answers {
        answer.assert_status(200);
        assert_eq!(answer.number("total_quantity"), 55);
    }
    assert_eq!(ledger_rows(&world, "RESTOCKED").await, 1);
    world.audit().await;
}

#[tokio::test]
async fn rivals_with_one_key_get_one_reservation_and_refusals() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    world.shop().stock("SHARED", 50).await;
    let asks = (0..60).map(async |n| {
        let ask = order("SHARED", &format!("user-{n}"), 1);
        shops[n % 2]
            .post_with_key("/inventory/reserve", "same", &ask)
            .await
    });
    let answers = join_all(asks).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    for refused in answers.iter().filter(|a| a.status != 201) {
        refused.assert_problem(422, "idempotency-key-reused");
    }
    assert_eq!(ledger_rows(&world, "RESERVED").await, 1);
    world.audit().await;
}

#[tokio::test]
async fn many_confirmations_and_many_cancellations_count_once_each() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    world.shop().stock("CHECKOUT", 2).await;
    let sold = &world.shop().reserve("CHECKOUT", "buyer").await.id();
    let freed = &world.shop().reserve("CHECKOUT", "leaver").await.id();
    let confirmed = many(shops, 60, async |shop| shop.confirm(sold).await);
    let cancelled = many(shops, 60, async |shop| shop.cancel(freed).await);
    let (confirmed, cancelled) = join(confirmed, cancelled).await;
    for (answers, status) in [(confirmed, "CONFIRMED"), (cancelled, "CANCELLED")] {
        for answer in &answers {
            answer.assert_status(200);
            assert_eq!(answer.text("status"), status);
            assert_eq!(answer.body, answers[0].body);
        }
        assert_eq!(ledger_rows(&world, status).await, 1);
    }
    let behavior = world.shop().get("/users/buyer/behavior").await;
    assert!(
        behavior.body.to_string().contains("\"confirmed_count\":1"),
        "{behavior:?}"
    );
    world.audit().await;
}

#[tokio::test]
async fn of_a_confirmation_and_a_cancellation_exactly_one_wins() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    world.shop().stock("DUEL", 40).await;
    let duels = (0..40).map(async |n| {
        let id = &shops[0].reserve("DUEL", &format!("user-{n}")).await.id();
        let confirm = shops[n % 2].confirm(id);
        let cancel = shops[(n + 1) % 2].cancel(id);
        let (confirmed, cancelled) = join(confirm, cancel).await;
        if confirmed.status == 200 {
            cancelled.assert_problem(409, "already-confirmed");
        } else {
            confirmed.assert_problem(409, "not-confirmable");
            cancelled.assert_status(200);
        }
        i64::from(confirmed.status == 200)
    });
    let sold: i64 = join_all(duels).await.into_iter().sum();
    let books = world.shop().inventory("DUEL").await;
    assert_eq!(books.number("sold_quantity"), sold);
    assert_eq!(books.number("available_quantity"), 40 - sold);
    world.audit().await;
}

#[tokio::test]
async fn nobody_confirms_late_while_a_storm_of_holds_ends() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    world.shop().stock("STORM", 100).await;
    let user = |n: usize| format!("user-{n}");
    let holds =
        join_all((0..100).map(async |n| shops[n % 2].reserve("STORM", &user(n)).await)).await;
    let line =
        join_all((100..160).map(async |n| shops[n % 2].reserve("STORM", &user(n)).await)).await;
    assert!(line.iter().all(|answer| answer.status == 202));

    // Each buyer hesitates for an answer or more, so that the ends fall among the confirmations.
    world.books.end_holds("STORM", 400).await;
    let buy = async |n: usize, hold: &Answer| {
        for _ in 0..n % 10 {
            shops[n % 2].reservation(&hold.id()).await;
        }
        shops[n % 2].confirm(&hold.id()).await
    };
    let bought = join_all(holds.iter().enumerate().map(|(n, hold)| buy(n, hold))).await;
    let sold = bought.iter().filter(|answer| answer.status == 200).count();
    for late in bought.iter().filter(|answer| answer.status != 200) {
        late.assert_problem(410, "reservation-expired");
    }
    let ended = 100 - i64::try_from(sold).unwrap();
    let promoted = ended.min(60);
    eventually(
        "all ended holds are swept, and the line is served",
        async || {
            let books = shops[0].inventory("STORM").await;
            let waiting = books.number("waitlist_size");
            books.number("reserved_quantity") == promoted && waiting == 60 - promoted
        },
    )
    .await;
    assert_eq!(ledger_rows(&world, "EXPIRED").await, ended);
    assert_eq!(ledger_rows(&world, "PROMOTED").await, promoted);
    world.audit().await;
}
