//! A sale under load, and what its shoppers were told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use fairhold_test_kit::{Answer, Shop, Tables, assert_sound, eventually};
use futures_util::future::join_all;

pub(crate) const SKU: &str = "SALE";
const SHOPPERS: usize = 24;

/// What was acknowledged, in the order in which the answers came: an id and its status then.
#[derive(Default)]
pub(crate) struct Sale {
    told: RefCell<Vec<(String, String)>>,
    over: Cell<bool>,
}

impl Sale {
    /// How many answers there were.
    pub(crate) fn answers(&self) -> usize {
        self.told.borrow().len()
    }

    pub(crate) fn end(&self) {
        self.over.set(true);
    }

    /// Returns once this many more answers have come.
    pub(crate) async fn goes_on_for(&self, more: usize) {
        let goal = self.answers() + more;
        eventually("the sale goes on", async || self.answers() >= goal).await;
    }

    fn hear(&self, answer: &Answer) {
        if answer.is_success() {
            let told = (answer.id(), answer.text("status"));
            self.told.borrow_mut().push(told);
        }
    }

    /// Reserves for one user after the other, and confirms, cancels or keeps what was got, until
    /// the sale is ended or nobody answers any more.
    pub(crate) async fn run(&self, shop: &Shop, round: &str) {
        join_all((0..SHOPPERS).map(|shopper| self.shop(shop, format!("{round}-{shopper}")))).await;
    }

    async fn shop(&self, shop: &Shop, name: String) {
        for n in 0.. {
            if self.over.get() {
                return;
            }
            let Ok(answer) = shop.try_reserve(SKU, &format!("{name}-{n}")).await else {
                return;
            };
            self.hear(&answer);
            if answer.status == 201 {
                let path = ["/checkout/confirm", "/checkout/cancel", "/health"][n % 3];
                let body = serde_json::json!({"reservation_id": answer.id()});
                if n % 3 < 2
                    && let Ok(answer) = shop.try_post(path, &body).await
                {
                    self.hear(&answer);
                }
            }
        }
    }

    /// That the first so many answers are true in these books, each reservation being there once.
    pub(crate) async fn assert_kept(&self, books: &Tables, answers: usize) {
        let rows = "select reservation_id || ' ' || status from every_reservation";
        let rows = books.texts(rows).await;
        let there: BTreeMap<_, _> = rows.iter().filter_map(|row| row.split_once(' ')).collect();
        assert_eq!(there.len(), rows.len(), "each once");
        assert!(answers > 100, "only {answers} answers");
        for (id, told) in &self.told.borrow()[..answers] {
            let now = there.get(id.as_str()).copied();
            let true_still = match told.as_str() {
                "WAITLISTED" => now.is_some(),
                "RESERVED" => now.is_some_and(|now| now != "WAITLISTED"),
                ended => now == Some(ended),
            };
            assert!(true_still, "{id} was {told} and is {now:?}");
        }
    }
}

/// That every rule holds in the database of `url`, as the command and the view say.
pub(crate) async fn assert_proved(url: &str, books: &Tables) {
    let broken =
        "select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
                  from audit_discrepancies";
    assert_eq!(books.texts(broken).await, Vec::<String>::new());
    assert_sound(url).await;
}
