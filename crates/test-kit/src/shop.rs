//! A client of a server, with a method for each request.

use reqwest::Client;
use reqwest::header::{self, HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::server::client_builder;

/// A client of one server, with as many connections as it has requests in flight.
#[derive(Debug, Clone)]
pub struct Shop {
    client: Client,
    address: String,
}

impl Shop {
    pub fn at(address: &str) -> Self {
        Self::sending(address, HeaderMap::new())
    }

    /// A client with an API key.
    pub fn bearing(address: &str, key: &str) -> Self {
        let bearer = HeaderValue::try_from(format!("Bearer {key}")).unwrap();
        Self::sending(
            address,
            [(header::AUTHORIZATION, bearer)].into_iter().collect(),
        )
    }

    fn sending(address: &str, headers: HeaderMap) -> Self {
        let client = client_builder().default_headers(headers).build();
        Self {
            client: client.unwrap(),
            address: address.to_owned(),
        }
    }

    /// Fails if no whole answer came.
    pub async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Answer> {
        let url = format!("{}{path}", self.address);
        Answer::read(self.client.post(url).json(body).send().await?).await
    }

    /// Sends an `Idempotency-Key` too.
    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.address);
        let request = self.client.post(url).header("idempotency-key", key);
        Answer::of(request.json(body).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.try_post(path, &body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let url = format!("{}{path}", self.address);
        Answer::of(self.client.get(url).send().await.unwrap()).await
    }

    /// Initializes a SKU with an unlimited waitlist.
    pub async fn stock(&self, sku: &str, quantity: i64) {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/init", body).await.assert_status(201);
    }

    /// Initializes a SKU whose waitlist takes `limit` users.
    pub async fn stock_with_limit(&self, sku: &str, quantity: i64, limit: i64) {
        let body = json!({"sku": sku, "quantity": quantity, "waitlist_limit": limit});
        self.post("/inventory/init", body).await.assert_status(201);
    }

    pub async fn reserve(&self, sku: &str, user: &str) -> Answer {
        self.reserve_units(sku, user, 1).await
    }

    pub async fn reserve_units(&self, sku: &str, user: &str, quantity: i64) -> Answer {
        self.post("/inventory/reserve", order(sku, user, quantity))
            .await
    }

    pub async fn try_reserve(&self, sku: &str, user: &str) -> reqwest::Result<Answer> {
        self.try_post("/inventory/reserve", &order(sku, user, 1))
            .await
    }

    pub async fn restock(&self, sku: &str, quantity: i64) -> Answer {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/restock", body).await
    }

    pub async fn confirm(&self, id: &str) -> Answer {
        self.post("/checkout/confirm", json!({"reservation_id": id}))
            .await
    }

    pub async fn cancel(&self, id: &str) -> Answer {
        self.post("/checkout/cancel", json!({"reservation_id": id}))
            .await
    }

    pub async fn inventory(&self, sku: &str) -> Answer {
        self.get(&format!("/inventory/{sku}")).await
    }

    pub async fn reservation(&self, id: &str) -> Answer {
        self.get(&format!("/reservations/{id}")).await
    }
}

/// The body of a reserve.
pub fn order(sku: &str, user: &str, quantity: i64) -> Value {
    json!({"sku": sku, "user_id": user, "quantity": quantity})
}

/// A whole request to reserve a unit, as it is sent.
pub fn order_bytes(sku: &str, user: &str) -> Vec<u8> {
    let body = order(sku, user, 1).to_string();
    let length = body.len();
    format!(
        "POST /inventory/reserve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
