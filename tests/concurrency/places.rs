//! Places in a line that many join and leave: every page is of one instant.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, Shop, World};
use futures_util::future::{join, join_all};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

const TIME: Duration = Duration::from_secs(4);

/// Joins the line again and again, and leaves it from wherever it then stands.
async fn come_and_go(shop: &Shop, user: u64, end: Instant) {
    let mut random = StdRng::seed_from_u64(user);
    let mut mine = Vec::new();
    for turn in 0.. {
        if Instant::now() > end {
            return;
        }
        let joined = shop.reserve("LINE", &format!("user-{user}-{turn}")).await;
        joined.assert_status_in(&[201, 202]);
        mine.push(joined.id());
        if mine.len() > 5 {
            let leaver = mine.swap_remove(random.random_range(0..mine.len()));
            let left = shop.cancel(&leaver).await;
            left.assert_status_in(&[200, 410]);
        }
    }
}

/// Serves the line a unit at a time.
async fn deliver(shop: &Shop, end: Instant) {
    while Instant::now() < end {
        shop.restock("LINE", 1).await.assert_status(200);
    }
}

fn place(item: &Value) -> (i64, i64) {
    let number = |name: &str| item["waitlist"][name].as_i64();
    let place = number("sequence").zip(number("position"));
    place.unwrap_or_else(|| panic!("no place: {item}"))
}

fn items(page: &Answer) -> &Vec<Value> {
    page.assert_status(200);
    page.body["items"].as_array().unwrap()
}

/// A page of the waitlist: all wait, in order, one right behind the other.
fn assert_in_line(page: &Answer) {
    let items = items(page);
    assert!(items.iter().all(|item| item["status"] == "WAITLISTED"));
    for pair in items.windows(2) {
        let [(sequence, position), next] = [place(&pair[0]), place(&pair[1])];
        assert!(sequence < next.0, "{pair:#?}");
        assert_eq!(position + 1, next.1, "{pair:#?}");
    }
}

/// A page of reservations: who waits has a place of its own, and nobody else has one.
fn assert_placed(page: &Answer) {
    let (waiting, others): (Vec<_>, Vec<_>) = items(page)
        .iter()
        .partition(|item| item["status"] == "WAITLISTED");
    assert!(others.iter().all(|item| item["waitlist"].is_null()));
    let places: BTreeSet<_> = waiting.iter().map(|item| place(item)).collect();
    let places: Vec<_> = places.into_iter().collect();
    for pair in places.windows(2) {
        let [ahead, behind] = [pair[0], pair[1]];
        let apart = 1..=behind.0 - ahead.0;
        assert!(apart.contains(&(behind.1 - ahead.1)), "{pair:?}");
    }
}

/// Reads the line by its pages, then the newest reservations, and counts those that wait.
async fn look(shop: &Shop, end: Instant) -> usize {
    let mut seen = 0;
    while Instant::now() < end {
        let first = shop.get("/inventory/LINE/waitlist?limit=40").await;
        assert_in_line(&first);
        let head = items(&first).first();
        assert!(head.is_none_or(|head| place(head).1 == 1), "{head:?}");
        if let Some(cursor) = first.body["next_cursor"].as_str() {
            let path = format!("/inventory/LINE/waitlist?limit=40&cursor={cursor}");
            assert_in_line(&shop.get(&path).await);
        }
        for query in ["sku=LINE&limit=200", "status=WAITLISTED", "status=RESERVED"] {
            let page = shop.get(&format!("/reservations?{query}")).await;
            assert_placed(&page);
            seen += items(&page).len();
        }
        if let Some(last) = items(&first).last() {
            let id = last["reservation_id"].as_str().unwrap();
            let one = shop.reservation(id).await;
            let waits = one.text("status") == "WAITLISTED";
            assert_eq!(one.body["waitlist"].is_object(), waits, "{one:?}");
        }
    }
    seen
}

#[tokio::test]
async fn a_page_never_mixes_two_states_of_a_line_that_many_join_and_leave() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    shops[0].stock("LINE", 1).await;
    let end = Instant::now() + TIME;
    let crowd =
        join_all((0..24).map(|user| come_and_go(&shops[usize::from(user % 2 == 0)], user, end)));
    let readers = join_all((0..6).map(|reader| look(&shops[reader % 2], end)));
    let ((_, seen), ()) = join(join(crowd, readers), deliver(&shops[0], end)).await;
    assert!(seen.iter().sum::<usize>() > 100, "{seen:?}");
    let moves = "select count(distinct kind) from ledger
        where kind in ('WAITLISTED', 'PROMOTED') or (kind = 'CANCELLED' and available_delta = 0)";
    assert_eq!(world.books.number(moves).await, 3, "all of it happened");
    world.audit().await;
}
