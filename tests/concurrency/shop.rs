//! What a shop's client asks of Fairhold, and what it hears.

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A client of one Fairhold, with as many connections as it has requests in flight.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    client: Client,
    address: String,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) kind: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) replayed: bool,
}

impl Answer {
    async fn read(response: Response) -> reqwest::Result<Self> {
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        Ok(Self {
            status: response.status().as_u16(),
            kind: text(header::CONTENT_TYPE.as_str()).unwrap_or_default(),
            retry_after: text(header::RETRY_AFTER.as_str()),
            replayed: text("idempotency-replayed").is_some_and(|value| value == "true"),
            body: response.json().await?,
        })
    }

    /// The reservation that it tells of.
    pub(crate) fn id(&self) -> String {
        self.text("reservation_id")
    }

    pub(crate) fn text(&self, field: &str) -> String {
        let value = self.body[field].as_str();
        value
            .unwrap_or_else(|| panic!("no {field}: {self:?}"))
            .to_owned()
    }

    pub(crate) fn number(&self, field: &str) -> i64 {
        let value = self.body.pointer(&format!("/{field}"));
        let value = value.and_then(Value::as_i64);
        value.unwrap_or_else(|| panic!("no {field}: {self:?}"))
    }

    /// Whether it promises that a reservation stands or waits.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// That its status is one of these; which it is.
    pub(crate) fn assert_status_in(&self, statuses: &[u16]) -> u16 {
        assert!(statuses.contains(&self.status), "{self:?}");
        self.status
    }

    /// That it is a problem document of this code, and shows no cause.
    pub(crate) fn assert_problem(&self, status: u16, code: &str) -> &Self {
        self.assert_status(status);
        assert_eq!(self.kind, "application/problem+json");
        assert_eq!(self.body["code"], code, "{self:?}");
        assert_eq!(self.body["type"], format!("/problems/{code}"));
        if status == 503 {
            assert!(self.retry_after.is_some(), "{self:?}");
        }
        self
    }
}

// Where nobody needs a key, nobody bears one.
const _: () = {
    let _ = Shop::bearing;
};

impl Shop {
    pub(crate) fn at(address: &str) -> Self {
        Self::sending(address, HeaderMap::new())
    }

    /// A client that bears an API key.
    pub(crate) fn bearing(address: &str, key: &str) -> Self {
        let bearer = HeaderValue::try_from(format!("Bearer {key}")).unwrap();
        Self::sending(
            address,
            [(header::AUTHORIZATION, bearer)].into_iter().collect(),
        )
    }

    fn sending(address: &str, headers: HeaderMap) -> Self {
        // A client asks for a provider of cryptography, though it speaks plain HTTP here; that
        // another test has installed it is just as well.
        let provider = rustls::crypto::ring::default_provider();
        provider.install_default().ok();
        let client = Client::builder().no_proxy().default_headers(headers);
        Self {
            client: client.build().unwrap(),
            address: address.to_owned(),
        }
    }

    /// Sends a command; an error means that no whole answer came.
    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Answer> {
        let url = format!("{}{path}", self.address);
        Answer::read(self.client.post(url).json(body).send().await?).await
    }

    /// The same with an `Idempotency-Key`.
    pub(crate) async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.address);
        let request = self.client.post(url).header("idempotency-key", key);
        let response = request.json(body).send().await.unwrap();
        Answer::read(response).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.try_post(path, &body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let url = format!("{}{path}", self.address);
        let response = self.client.get(url).send().await.unwrap();
        Answer::read(response).await.unwrap()
    }

    /// Sets up a SKU with an open waitlist.
    pub(crate) async fn stock(&self, sku: &str, quantity: i64) {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/init", body).await.assert_status(201);
    }

    /// The same, with room for `limit` in the waitlist.
    pub(crate) async fn stock_with_limit(&self, sku: &str, quantity: i64, limit: i64) {
        let body = json!({"sku": sku, "quantity": quantity, "waitlist_limit": limit});
        self.post("/inventory/init", body).await.assert_status(201);
    }

    pub(crate) async fn reserve(&self, sku: &str, user: &str) -> Answer {
        self.reserve_units(sku, user, 1).await
    }

    pub(crate) async fn reserve_units(&self, sku: &str, user: &str, quantity: i64) -> Answer {
        self.post("/inventory/reserve", order(sku, user, quantity))
            .await
    }

    pub(crate) async fn try_reserve(&self, sku: &str, user: &str) -> reqwest::Result<Answer> {
        self.try_post("/inventory/reserve", &order(sku, user, 1))
            .await
    }

    pub(crate) async fn restock(&self, sku: &str, quantity: i64) -> Answer {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/restock", body).await
    }

    pub(crate) async fn confirm(&self, id: &str) -> Answer {
        self.post("/checkout/confirm", json!({"reservation_id": id}))
            .await
    }

    pub(crate) async fn cancel(&self, id: &str) -> Answer {
        self.post("/checkout/cancel", json!({"reservation_id": id}))
            .await
    }

    pub(crate) async fn inventory(&self, sku: &str) -> Answer {
        self.get(&format!("/inventory/{sku}")).await
    }

    pub(crate) async fn reservation(&self, id: &str) -> Answer {
        self.get(&format!("/reservations/{id}")).await
    }
}

/// The body of a reserve.
pub(crate) fn order(sku: &str, user: &str, quantity: i64) -> Value {
    json!({"sku": sku, "user_id": user, "quantity": quantity})
}

/// A whole request to reserve a unit, as it goes over the wire.
pub(crate) fn order_bytes(sku: &str, user: &str) -> Vec<u8> {
    let body = order(sku, user, 1).to_string();
    let length = body.len();
    format!(
        "POST /inventory/reserve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
