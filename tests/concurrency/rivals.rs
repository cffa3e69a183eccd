//! Hundreds of users at once for few units: exact winners, exact order.

use fairhold_test_kit::{Answer, Shop, World};
use futures_util::future::{join, join_all};

const RIVALS: usize = 300;
const UNITS: usize = 7;

/// Each rival asks one of `shops` for a unit, all at the same time.
async fn storm(shops: &[Shop]) -> Vec<Answer> {
    let asks = (0..RIVALS).map(|n| async move {
        let shop = &shops[n % shops.len()];
        shop.reserve("DROP", &format!("rival-{n}")).await
    });
    join_all(asks).await
}

fn with_status(answers: &[Answer], status: u16) -> Vec<&Answer> {
    answers.iter().filter(|a| a.status == status).collect()
}

/// That the waiting have the sequences 1, 2, 3 … once each, and stand where these say.
fn assert_whole_line(waiting: &[&Answer], length: usize) {
    let mut places: Vec<_> = waiting
        .iter()
        .map(|a| (a.number("waitlist/sequence"), a.number("waitlist/position")))
        .collect();
    places.sort_unstable();
    let whole = 1..=i64::try_from(length).unwrap();
    assert!(
        places.into_iter().eq(whole.map(|n| (n, n))),
        "the line has gaps"
    );
}

async fn the_first_win_and_the_others_wait(processes: usize) {
    let world = World::open(processes, &[]).await;
    world.shop().stock("DROP", 7).await;
    let answers = storm(&world.shops()).await;
    assert_eq!(with_status(&answers, 201).len(), UNITS);
    assert_whole_line(&with_status(&answers, 202), RIVALS - UNITS);
    let books = world.shop().inventory("DROP").await;
    assert_eq!(books.number("available_quantity"), 0);
    assert_eq!(books.number("reserved_quantity"), 7);
    assert_eq!(books.number("waitlist_size"), 293);
    world.audit().await;
}

#[tokio::test]
async fn rivals_never_oversell_one_process() {
    the_first_win_and_the_others_wait(1).await;
}

#[tokio::test]
async fn rivals_never_oversell_two_processes_on_one_database() {
    the_first_win_and_the_others_wait(2).await;
}

async fn a_limited_waitlist(limit: usize) {
    let world = World::open(2, &[]).await;
    let limit_field = i64::try_from(limit).unwrap();
    world.shop().stock_with_limit("DROP", 7, limit_field).await;
    let answers = storm(&world.shops()).await;
    assert_eq!(with_status(&answers, 201).len(), UNITS);
    assert_whole_line(&with_status(&answers, 202), limit);
    let refused = with_status(&answers, 409);
    assert_eq!(refused.len(), RIVALS - UNITS - limit);
    for answer in refused {
        answer.assert_problem(409, "sold-out");
    }
    world.audit().await;
}

#[tokio::test]
async fn a_closed_waitlist_turns_all_but_the_winners_away() {
    a_limited_waitlist(0).await;
}

#[tokio::test]
async fn a_waitlist_for_twenty_takes_exactly_twenty() {
    a_limited_waitlist(20).await;
}

#[tokio::test]
async fn rivals_with_mixed_quantities_are_served_strictly_in_order() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    world.shop().stock("MIXED", 100).await;
    let asks = (0..200).map(async |n| {
        let shop = &shops[n % 2];
        let quantity = i64::try_from(1 + n % 5).unwrap();
        shop.reserve_units("MIXED", &format!("rival-{n}"), quantity)
            .await
    });
    let answers = join_all(asks).await;
    let winners = with_status(&answers, 201);
    let waiting = with_status(&answers, 202);
    assert_eq!(winners.len() + waiting.len(), 200);
    assert_whole_line(&waiting, waiting.len());
    let won: i64 = winners.iter().map(|a| a.number("quantity")).sum();
    let head = waiting.iter().min_by_key(|a| a.number("waitlist/sequence"));
    assert!(won <= 100);
    assert!(
        won + head.unwrap().number("quantity") > 100,
        "the head would fit"
    );

    // Whoever gives up is followed by the head of the line, as often as there is somebody.
    join_all(
        winners
            .iter()
            .map(async |won| shops[1].cancel(&won.id()).await.assert_status(200).status),
    )
    .await;
    let promoted = world
        .books
        .texts(
            "select r.sequence::text from ledger l join reservations r using (sku, reservation_id)
                where l.kind = 'PROMOTED' order by l.entry",
        )
        .await;
    let expected: Vec<_> = (1..=promoted.len()).map(|n| n.to_string()).collect();
    assert_eq!(promoted, expected);
    world.audit().await;
}

#[tokio::test]
async fn restocks_that_race_with_rivals_lose_no_unit() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    world.shop().stock("REFILL", 1).await;
    let asks = join_all((0..150).map(async |n| {
        let shop = &shops[n % 2];
        shop.reserve("REFILL", &format!("rival-{n}")).await
    }));
    let restocks = join_all((0..10).map(async |n| shops[n % 2].restock("REFILL", 5).await));
    let (answers, restocked) = join(asks, restocks).await;
    let at_once = i64::try_from(with_status(&answers, 201).len()).unwrap();
    let waited = with_status(&answers, 202).len();
    let promoted: i64 = restocked.iter().map(|a| a.number("promoted")).sum();
    assert_eq!(answers.len(), waited + usize::try_from(at_once).unwrap());
    assert_eq!(at_once + promoted, 51, "all units are held");
    let books = world.shop().inventory("REFILL").await;
    assert_eq!(books.number("total_quantity"), 51);
    assert_eq!(books.number("reserved_quantity"), 51);
    assert_eq!(books.number("waitlist_size"), 99);
    world.audit().await;
}
