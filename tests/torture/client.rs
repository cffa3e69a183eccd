//! A client over HTTP, which loses its patience now and then.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fairhold_test_kit::{
    history::Ask, history::Counter, history::Micros, history::Reply, server::client_builder,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::{Client, RequestBuilder};
use serde_json::json;

use crate::site::{SERVERS, Street};

/// Longer than the server may take for a true answer.
const PATIENCE: Duration = Duration::from_secs(6);

#[derive(Debug)]
pub(crate) struct Customer {
    client: Client,
    street: Street,
    random: Mutex<StdRng>,
    /// The share of calls that it hangs up on.
    haste: f64,
}

impl Customer {
    pub(crate) fn new(client: &Client, street: &Street, seed: u64, haste: f64) -> Self {
        Self {
            client: client.clone(),
            street: street.clone(),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            haste,
        }
    }

    fn request(&self, server: usize, sku: &str, ask: &Ask) -> RequestBuilder {
        let site = self.street.address(server);
        let post = |path: &str| self.client.post(format!("{site}{path}"));
        let get = |path: &str| self.client.get(format!("{site}{path}"));
        let keyed = |request: RequestBuilder, key: &Option<String>| match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        match ask {
            Ask::Reserve { user, units, key } => {
                let body = json!({"sku": sku, "user_id": user, "quantity": units});
                keyed(post("/inventory/reserve"), key).json(&body)
            }
            Ask::Restock { units, key } => {
                let body = json!({"sku": sku, "quantity": units});
                keyed(post("/inventory/restock"), key).json(&body)
            }
            Ask::Confirm(id) => post("/checkout/confirm").json(&json!({"reservation_id": id})),
            Ask::Cancel(id) => post("/checkout/cancel").json(&json!({"reservation_id": id})),
            Ask::Stock => get(&format!("/inventory/{sku}")),
            Ask::Status(id) => get(&format!("/reservations/{id}")),
            Ask::List => get(&format!("/reservations?sku={sku}&limit=200")),
        }
    }
}

impl Counter for Customer {
    fn clock(&self) -> Micros {
        wall_clock()
    }

    async fn ask(&self, sku: &str, ask: &Ask) -> Option<Reply> {
        let (server, patience) = {
            let mut random = self.random.lock().unwrap();
            let hasty = random.random_bool(self.haste);
            let moment = Duration::from_micros(random.random_range(200..20_000));
            let patience = if hasty { moment } else { PATIENCE };
            (random.random_range(0..SERVERS), patience)
        };
        reply(self.request(server, sku, ask).timeout(patience)).await
    }
}

/// The machine's clock, by which its database tells instants too.
#[expect(
    clippy::disallowed_methods,
    reason = "the database's instants are held against the clock that it reads"
)]
pub(crate) fn wall_clock() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Micros::try_from(since.as_micros()).unwrap()
}

/// The reply, if a whole one comes.
pub(crate) async fn reply(request: RequestBuilder) -> Option<Reply> {
    let response = request.send().await.ok()?;
    Some(Reply {
        status: response.status().as_u16(),
        replayed: response.headers().contains_key("idempotency-replayed"),
        body: response.json().await.ok()?,
    })
}

pub(crate) fn client() -> Client {
    client_builder().build().unwrap()
}
