//! A client whose calls must all succeed.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Deserialize;
use uuid::Uuid;

use crate::client::Client;
use crate::environment::Server;

pub(crate) struct ShopClient {
    client: Client,
    sku: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Reserved {
    pub(crate) reservation_id: Uuid,
    pub(crate) waitlist: Option<WaitlistEntry>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct WaitlistEntry {
    pub(crate) sequence: i64,
}

impl ShopClient {
    pub(crate) async fn connect(server: &Server, sku: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::connect(server.address).await?,
            sku: sku.to_owned(),
        })
    }

    /// Reserves one unit for the user with this number.
    pub(crate) async fn reserve(&mut self, user: u64) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        let body = format!("{{\"sku\":\"{sku}\",\"user_id\":\"{sku}-{user}\",\"quantity\":1}}");
        self.post("/inventory/reserve", &body).await
    }

    /// The reservation in the last response.
    pub(crate) fn reserved(&self) -> anyhow::Result<Reserved> {
        Ok(serde_json::from_slice(self.client.body())?)
    }

    pub(crate) async fn restock(&mut self, quantity: i64) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        let body = format!("{{\"sku\":\"{sku}\",\"quantity\":{quantity}}}");
        self.post("/inventory/restock", &body).await
    }

    pub(crate) async fn confirm(&mut self, id: Uuid) -> anyhow::Result<Duration> {
        let body = format!("{{\"reservation_id\":\"{id}\"}}");
        self.post("/checkout/confirm", &body).await
    }

    pub(crate) async fn cancel(&mut self, id: Uuid) -> anyhow::Result<Duration> {
        let body = format!("{{\"reservation_id\":\"{id}\"}}");
        self.post("/checkout/cancel", &body).await
    }

    pub(crate) async fn show(&mut self, id: Uuid) -> anyhow::Result<Duration> {
        self.get(&format!("/reservations/{id}")).await
    }

    /// Reads a page of the waitlist after `cursor`.
    pub(crate) async fn page(&mut self, cursor: &str) -> anyhow::Result<Duration> {
        let sku = &self.sku;
        self.get(&format!("/inventory/{sku}/waitlist?cursor={cursor}"))
            .await
    }

    async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<Duration> {
        let sent = Instant::now();
        let status = self.client.post(path, "", body).await?;
        let took = sent.elapsed();
        ensure!((200..300).contains(&status), "{path} returned {status}");
        Ok(took)
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<Duration> {
        let sent = Instant::now();
        let status = self.client.get(path).await?;
        let took = sent.elapsed();
        ensure!(status == 200, "{path} returned {status}");
        Ok(took)
    }
}
