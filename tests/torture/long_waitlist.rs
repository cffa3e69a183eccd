//! A long waitlist, which deliveries serve while processes are killed and connections are cut.

use std::time::{Duration, Instant};

use fairhold_test_kit::fill_waitlist;
use reqwest::Client;
use serde_json::{Value, json};

use crate::books::gone_by;
use crate::client::reply;
use crate::site::{SERVERS, Site, Street};

/// Those who wait for a unit each: more than one transaction promotes.
const FIRST: i64 = 2_500;

/// Who wait for a unit each behind somebody who can never be served.
const LAST: i64 = 10;

/// What that one wants: more than is ever delivered.
const TOO_MUCH: i64 = 100_000;

/// One try; a server may be gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long it takes to serve everybody, in a debug build.
const SERVING: Duration = Duration::from_secs(5);

pub(crate) struct LongWaitlist<'a> {
    sku: String,
    client: &'a Client,
    street: &'a Street,
}

impl<'a> LongWaitlist<'a> {
    /// Makes a SKU without units, for which many wait.
    pub(crate) async fn open(
        site: &Site,
        client: &'a Client,
        street: &'a Street,
        round: usize,
    ) -> Self {
        let sku = format!("R{round}-LONG");
        let line = Self {
            sku,
            client,
            street,
        };
        let init = json!({"sku": line.sku, "quantity": 0, "hold_ttl_seconds": 86_400});
        line.post(("/inventory/init", "init"), &init).await;
        fill_waitlist(site.tables(), &line.sku, FIRST).await;
        line.reserve("too-much", TOO_MUCH).await;
        for number in 0..LAST {
            line.reserve(&format!("last-{number}"), 1).await;
        }
        line
    }

    /// Delivers a unit for everybody who wants one, in two deliveries.
    pub(crate) async fn deliver(&self) {
        for (key, units) in [("first", FIRST - 100), ("second", LAST + 100)] {
            let body = json!({"sku": self.sku, "quantity": units});
            self.post(("/inventory/restock", key), &body).await;
        }
    }

    async fn reserve(&self, user: &str, quantity: i64) {
        let body = json!({"sku": self.sku, "user_id": user, "quantity": quantity});
        self.post(("/inventory/reserve", user), &body).await;
    }

    /// Sends a request to one server after another, until it is answered as it should be.
    async fn post(&self, (path, key): (&str, &str), body: &Value) {
        for server in (0..SERVERS).cycle() {
            let address = self.street.address(server);
            let request = self.client.post(format!("{address}{path}"));
            let request = request.header("idempotency-key", key).json(body);
            let answer = reply(request.timeout(PATIENCE)).await;
            if answer.is_some_and(|answer| answer.status < 300) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whom the deliveries have not reached, or what they have delivered twice, some time after the
    /// service is `back`.
    pub(crate) async fn breaches(&self, site: &Site, back: Instant) -> Vec<String> {
        let (sku, all) = (&self.sku, FIRST + LAST);
        let question = format!(
            "select format('%s has %s of {all} units on hold, of a total of %s',
                sku, reserved_quantity, total_quantity)
            from skus
            where sku = '{sku}'
                and (reserved_quantity, total_quantity, waitlist_size) <> ({all}, {all}, 1)"
        );
        gone_by(site, &question, back + SERVING).await
    }
}
