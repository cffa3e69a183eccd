//! Everything at once: each answer that was given must be in the books.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, Shop, World};
use futures_util::future::{join, join_all};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const SKUS: [&str; 4] = ["apple", "banana", "cherry", "damson"];
const USERS: u64 = 60;
const TIME: Duration = Duration::from_secs(3);

/// What one user was told of reservations, in order, and of units that it delivered.
#[derive(Default)]
struct Told {
    reservations: Vec<(String, String)>,
    delivered: i64,
    answers: usize,
}

impl Told {
    fn hear(&mut self, answer: &Answer) {
        self.answers += 1;
        if answer.is_success() {
            self.reservations.push((answer.id(), answer.text("status")));
        } else {
            answer.assert_status_in(&[409, 410]);
        }
    }
}

/// A user who does this and that until `end`, with the same seed the same.
async fn shopper(shops: &[Shop], user: u64, end: Instant) -> Told {
    let mut random = StdRng::seed_from_u64(user);
    let mut told = Told::default();
    while Instant::now() < end {
        let shop = &shops[random.random_range(0..shops.len())];
        let sku = SKUS[random.random_range(0..SKUS.len())];
        let known = told.reservations.len();
        let mine = known.checked_sub(1 + random.random_range(0..5));
        let id = mine.map(|index| told.reservations[index].0.clone());
        match (random.random_range(0..10), id) {
            (0, _) => {
                let units = [-2, 1, 2, 3][random.random_range(0..4)];
                let answer = shop.restock(sku, units).await;
                if answer.status == 200 {
                    told.delivered += units;
                } else {
                    answer.assert_problem(409, "insufficient-stock");
                }
            }
            (1..=3, Some(id)) => told.hear(&shop.confirm(&id).await),
            (4..=6, Some(id)) => told.hear(&shop.cancel(&id).await),
            _ => {
                let units = random.random_range(1..4);
                let name = format!("user-{user}");
                told.hear(&shop.reserve_units(sku, &name, units).await);
            }
        }
    }
    told
}

/// Whether a reservation may have gone from one status to the other.
fn may_have_become(from: &str, to: &str) -> bool {
    match from {
        "WAITLISTED" => true,
        "RESERVED" => to != "WAITLISTED",
        ended => ended == to,
    }
}

#[tokio::test]
async fn a_mix_of_all_commands_leaves_books_that_agree_with_every_answer() {
    let world = World::open(2, &["--sweep-interval-ms", "50"]).await;
    let shops = &world.shops();
    join_all(SKUS.map(|sku| shops[0].stock(sku, 20))).await;
    let end = Instant::now() + TIME;
    let shoppers = join_all((0..USERS).map(|user| shopper(shops, user, end)));
    let endings = async {
        while Instant::now() < end {
            for sku in SKUS {
                world.books.end_holds(sku, 300).await;
            }
        }
    };
    let (told, ()) = join(shoppers, endings).await;

    let mut books = std::collections::HashMap::new();
    for row in world
        .books
        .texts("select reservation_id || ' ' || status from reservations")
        .await
    {
        let (id, status) = row.split_once(' ').unwrap();
        books.insert(id.to_owned(), status.to_owned());
    }
    for (id, status) in told.iter().flat_map(|user| &user.reservations) {
        let now = books
            .get(id)
            .unwrap_or_else(|| panic!("{id} was {status} and is gone"));
        assert!(
            may_have_become(status, now),
            "{id} was {status} and is {now}"
        );
    }
    let delivered: i64 = told.iter().map(|user| user.delivered).sum();
    let total = "select (sum(total_quantity) - 80)::bigint from skus";
    assert_eq!(world.books.number(total).await, delivered);
    let kinds = world
        .books
        .number("select count(distinct kind) from ledger")
        .await;
    assert_eq!(kinds, 8, "everything happened");
    let answers: usize = told.iter().map(|user| user.answers).sum();
    assert!(answers > 100, "only {answers} answers");
    world.audit().await;
}
