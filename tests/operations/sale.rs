//! A sale under load, and the answers that its shoppers got.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use fairhold_test_kit::{Answer, Shop, Tables, assert_sound, eventually};
use futures_util::future::join_all;

pub(crate) const SKU: &str = "SALE";
const SHOPPERS: usize = 24;

/// The acknowledged reservations in the order of the answers: an id and its status at that time.
#[derive(Default)]
pub(crate) struct Sale {
    acknowledged: RefCell<Vec<(String, String)>>,
    over: Cell<bool>,
}

impl Sale {
    pub(crate) fn answers(&self) -> usize {
        self.acknowledged.borrow().len()
    }

    pub(crate) fn end(&self) {
        self.over.set(true);
    }

    /// Returns once this many more answers have arrived.
    pub(crate) async fn goes_on_for(&self, more: usize) {
        let goal = self.answers() + more;
        eventually("the sale goes on", async || self.answers() >= goal).await;
    }

    fn record(&self, answer: &Answer) {
        if answer.is_success() {
            let status = (answer.id(), answer.text("status"));
            self.acknowledged.borrow_mut().push(status);
        }
    }

    /// Reserves for one user after the other, then confirms, cancels or keeps the hold, until the
    /// sale ends or the server is gone.
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
            self.record(&answer);
            if answer.status == 201 {
                let path = ["/checkout/confirm", "/checkout/cancel", "/health"][n % 3];
                let body = serde_json::json!({"reservation_id": answer.id()});
                if n % 3 < 2
                    && let Ok(answer) = shop.try_post(path, &body).await
                {
                    self.record(&answer);
                }
            }
        }
    }

    /// Asserts that the first `answers` answers are true in this database, and that each reservation
    /// exists once.
    pub(crate) async fn assert_kept(&self, books: &Tables, answers: usize) {
        let rows = "select reservation_id || ' ' || status from every_reservation";
        let rows = books.texts(rows).await;
        let there: BTreeMap<_, _> = rows.iter().filter_map(|row| row.split_once(' ')).collect();
        assert_eq!(there.len(), rows.len(), "each exists once");
        assert!(answers > 100, "only {answers} answers");
        for (id, status) in &self.acknowledged.borrow()[..answers] {
            let now = there.get(id.as_str()).copied();
            let is_true = match status.as_str() {
                "WAITLISTED" => now.is_some(),
                "RESERVED" => now.is_some_and(|now| now != "WAITLISTED"),
                ended => now == Some(ended),
            };
            assert!(is_true, "{id} was {status} and is {now:?}");
        }
    }
}

/// Asserts that every rule holds, by the audit command and by its view.
pub(crate) async fn assert_audited(url: &str, books: &Tables) {
    let broken =
        "select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
                  from audit_discrepancies";
    assert_eq!(books.texts(broken).await, Vec::<String>::new());
    assert_sound(url).await;
}
